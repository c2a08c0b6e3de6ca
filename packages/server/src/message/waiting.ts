/**
 * The rules for messages that wait: when they may leave, and until when they are tried, after they were held up. They
 * work on the options as they are stored, one JSON text, and read it only where it speaks of the matter.
 */
import { type DeliveryTimeWindow, nextOpening } from "./schedule.ts";
import type { SpeedLimit } from "./spread.ts";

interface Timing {
  readonly deliveryTimeWindow?: DeliveryTimeWindow;
  readonly sendingSpeedLimit?: SpeedLimit;
}

/**
 * Inside a JSON text a quote is written with a backslash, so neither name can be found in a text that a customer wrote.
 * In a flow's data a customer may have a member of that name: then the options are parsed, and it is not found in them.
 */
const WINDOW_NAME = '"deliveryTimeWindow":';
const SPEED_LIMIT_NAME = '"sendingSpeedLimit":';

/** @param options a message's options as they are stored */
export function timingOf(options: string | null): Timing {
  if (options === null || !(options.includes(WINDOW_NAME) || options.includes(SPEED_LIMIT_NAME))) return {};
  return JSON.parse(options) as Timing;
}

export interface Times {
  readonly dueAt: number;
  readonly expiresAt: number;
}

/**
 * When a message that should be tried at `at` may leave by its window. Waiting for its hour does not use up its
 * time: its validity ends as much later. `at` itself where it has no window, or it is open then.
 */
export function timesInWindow(options: string | null, at: number, expiresAt: number): Times {
  const { deliveryTimeWindow } = timingOf(options);
  const dueAt = deliveryTimeWindow === undefined ? at : nextOpening(deliveryTimeWindow, at);
  return { dueAt, expiresAt: expiresAt + dueAt - at };
}

/**
 * When a message expires that could have left at `couldLeaveAt` (which is past when it was waiting in the queue) and
 * from `since` on was held up until `dueAt`. Only the time in which it could have left counts.
 */
export function expiryAfterWaiting(message: Times, since: number, dueAt: number): number {
  return message.expiresAt + dueAt - Math.max(message.dueAt, since);
}
