import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { Store } from "../store/store.ts";

const DOUBTS_INTERVAL_MS = 5_000;
const RECEIPTS_PER_ROUND_MAX = 1_000;

export interface DoubtsOptions {
  readonly store: Pick<Store, "rematchReceipts">;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest that an answer may be under way. */
  readonly leaseMs: number;
  /** Reports were born: whoever pushes them should look. */
  readonly onReports: () => void;
}

/**
 * A message whose answer was lost, and that must not be sent again, waits for a receipt that names none of our ids. Such
 * a receipt was kept when it came; here it ends the doubt, once no answer that was under way then can claim it. So do
 * receipts that an older message of the same id would have taken: what no answer has claimed goes to it.
 */
export function startDoubts({ store, clock, log, leaseMs, onReports }: DoubtsOptions): WorkLoop {
  let after = 0;
  return startWorkLoop({
    name: "doubts",
    clock,
    log,
    pollIntervalMs: DOUBTS_INTERVAL_MS,
    round: async () => {
      const now = clock.now();
      const { matched, next } = await store.rematchReceipts({
        now,
        limit: RECEIPTS_PER_ROUND_MAX,
        after,
        isForDoubtOnly: true,
        settledBefore: now - leaseMs,
      });
      after = next ?? 0;
      if (matched > 0) {
        log.info({ event: "report.doubts_ended", count: matched }, "kept receipts found their messages");
        onReports();
      }
      return next !== null;
    },
  });
}
