import type { Log } from "../kernel/log.ts";
import type { RouteChooser } from "../route/choose-route.ts";
import type { Lane } from "../route/lanes.ts";
import type { Store } from "../store/store.ts";

/** Messages moved in one call. */
const PAGE_SIZE = 500;

export interface RerouteOptions {
  readonly store: Pick<Store, "waitingRoutes" | "findWaiting" | "moveToRoutes">;
  readonly chooser: RouteChooser;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly log: Log;
}

/**
 * Messages that wait on a lane which the configuration does not know any more get the one that they would get now, with
 * the time at which they are due. Those that no rule has a route for wait where they are, until one has.
 *
 * @returns the lanes that have got messages
 */
export async function rerouteOrphans(options: RerouteOptions): Promise<ReadonlySet<string>> {
  const filled = new Set<string>();
  for (const route of await options.store.waitingRoutes()) {
    if (!options.lanes.has(route)) await rerouteAll(options, route, filled);
  }
  return filled;
}

async function rerouteAll({ store, chooser, log }: RerouteOptions, from: string, filled: Set<string>) {
  let moved = 0;
  let left = 0;
  let after: { dueAt: number; seq: number } | undefined;
  for (;;) {
    const page = await store.findWaiting({ route: from, limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) });
    const last = page.at(-1);
    if (last === undefined) break;
    after = { dueAt: last.dueAt, seq: last.seq };
    const changes = page.flatMap((message) => {
      const lane = chooser.choose(message, message.destination);
      if (lane === null) return [];
      filled.add(lane.name);
      return [{ seq: message.seq, from, route: lane.name, carrier: lane.carrier }];
    });
    left += page.length - changes.length;
    if (changes.length > 0) moved += await store.moveToRoutes(changes);
  }
  if (moved > 0) log.info({ event: "route.moved", route: from, count: moved }, "messages got another route");
  if (left > 0)
    log.warn({ event: "route.stranded", route: from, count: left }, "no rule has a route for these messages");
}
