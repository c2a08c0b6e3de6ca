import type { Channel } from "../message/destination.ts";

export interface Route {
  readonly name: string;
  readonly carrier: string;
  readonly channels: readonly Channel[];
}

/** The first route that serves the channel, in the configured order; null means REJECTED_ROUTE_NOT_AVAILABLE. */
export function chooseRoute(routes: readonly Route[], channel: Channel): Route | null {
  return routes.find((route) => route.channels.includes(channel)) ?? null;
}
