import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { Store } from "../store/store.ts";

const RETENTION_INTERVAL_MS = 60_000;
/** Rows of each kind in one transaction: short enough not to be felt by requests that wait for theirs. */
const ROWS_PER_ROUND_MAX = 500;
const HOUR_MS = 3_600_000;
/** The log of number lookups reaches back no further. */
const LOOKUP_HOURS = 48;

export interface RetentionOptions {
  readonly store: Pick<Store, "purge">;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionHours: number;
  /** For requests that had an `Idempotency-Key`. */
  readonly idempotencyHours: number;
}

/** The file has a limit in time: what has ended long ago goes, a little at a time. */
export function startRetention({ store, clock, log, ...hours }: RetentionOptions): WorkLoop {
  return startWorkLoop({
    name: "retention",
    clock,
    log,
    pollIntervalMs: RETENTION_INTERVAL_MS,
    round: async () => {
      const now = clock.now();
      const before = now - hours.retentionHours * HOUR_MS;
      const requestsBefore = now - hours.idempotencyHours * HOUR_MS;
      const lookupsBefore = now - LOOKUP_HOURS * HOUR_MS;
      const removed = await store.purge({ before, requestsBefore, lookupsBefore, limit: ROWS_PER_ROUND_MAX });
      return removed >= ROWS_PER_ROUND_MAX;
    },
  });
}
