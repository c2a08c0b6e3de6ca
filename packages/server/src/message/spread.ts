import { type DeliveryTimeWindow, nextOpening } from "./schedule.ts";

const UNIT_MS = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;

/** At most `amount` messages in each `timeUnit`; MINUTE when absent. */
export interface SpeedLimit {
  readonly amount: number;
  readonly timeUnit?: keyof typeof UNIT_MS | undefined;
}

interface Run {
  /** Where the count of this run began. */
  anchorMs: number;
  count: number;
}

/**
 * Gives the messages of a bulk their times, evenly: the first at the time asked for, each further one the limit's
 * distance after the one before. Where a delivery window closes in between, the next opening begins the count anew, so
 * that an opening does not let out at once what had gathered before it. Messages with other windows are counted apart:
 * one that waits for Friday does not hold up those that may go today.
 */
export class Spread {
  readonly #limit: SpeedLimit;
  readonly #runs = new Map<string, Run>();

  constructor(limit: SpeedLimit) {
    this.#limit = limit;
  }

  /** The next message's time, at or after `fromMs`. */
  next(window: DeliveryTimeWindow | null, fromMs: number): number {
    const key = window === null ? "" : JSON.stringify(window);
    let run = this.#runs.get(key);
    if (run === undefined) {
      run = { anchorMs: fromMs, count: 0 };
      this.#runs.set(key, run);
    }
    const { amount, timeUnit = "MINUTE" } = this.#limit;
    // From the anchor and not from the message before: rounding does not add up, and each unit holds its amount.
    const slotMs = run.anchorMs + Math.floor((run.count * UNIT_MS[timeUnit]) / amount);
    const earliestMs = Math.max(slotMs, fromMs);
    const atMs = window === null ? earliestMs : nextOpening(window, earliestMs);
    if (atMs > slotMs) {
      run.anchorMs = atMs;
      run.count = 0;
    }
    run.count += 1;
    return atMs;
  }
}
