import { type Clock, sleep } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { isFinal } from "../message/state.ts";
import type { Move, Store } from "../store/store.ts";

/** While the store cannot write, results wait in memory: see `Submissions.roomlessCount` for how many. */
const RETRY_MS = 1_000;

export interface ResultWriterOptions {
  readonly store: Pick<Store, "moveMessages">;
  readonly clock: Clock;
  readonly log: Log;
  /** Intermediate reports were born: whoever pushes them should look. */
  readonly onReports?: () => void;
  /** Some are queued again, and due at once. */
  readonly onDue: () => void;
}

/** Writes what became of messages, also when the store cannot do it at the moment. */
export class ResultWriter {
  readonly #options: ResultWriterOptions;
  #isStopped = false;

  constructor(options: ResultWriterOptions) {
    this.#options = options;
  }

  /** What cannot be written is not tried again. */
  stop() {
    this.#isStopped = true;
  }

  /**
   * Tries until the lease is over: after that the checks have declared the messages uncertain, which they are. Never
   * rejects.
   */
  async write(moves: readonly Move[], until: number) {
    const { store, clock, log } = this.#options;
    for (;;) {
      try {
        this.#tell(moves, await store.moveMessages(moves));
        return;
      } catch (error) {
        log.error({ event: "dispatch.record_failed", err: error, count: moves.length }, "results could not be written");
        if (this.#isStopped || clock.now() >= until) return;
        await sleep(clock, RETRY_MS);
      }
    }
  }

  #tell(moves: readonly Move[], moved: readonly boolean[]) {
    const { log, onReports, onDue } = this.#options;
    const late = moved.reduce((count, wasMoved) => (wasMoved ? count : count + 1), 0);
    if (late > 0) log.warn({ event: "dispatch.late_results", count: late }, "results came after the lease was over");
    if (moves.some(({ to, dueAt = 0, at }) => to === "queued" && dueAt <= at)) onDue();
    if (moves.some(({ intermediateReport, to }) => intermediateReport === true || isFinal(to))) onReports?.();
  }
}
