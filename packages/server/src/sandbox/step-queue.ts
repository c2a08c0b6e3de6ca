import type { Clock, Timer } from "../kernel/clock.ts";
import type { OutboundMessage } from "../store/store.ts";
import type { Outcome } from "./magic-destinations.ts";
import { PHONE_MESSAGES_MAX } from "./phones.ts";

/** Steps handed over at once: one commit's worth of receipts. */
const STEPS_PER_BATCH_MAX = 500;
/** When the store could not take receipts: like an SMSC, keep them and try again. */
const RETRY_MS = 1_000;

/** Something that will happen to a message that the sandbox took. */
export interface PendingStep {
  readonly carrierMessageId: string;
  readonly dueAt: number;
  readonly receipt: Outcome | null;
  /** Its user reads it then. */
  readonly isSeen: boolean;
  /** Where it reaches the phone: the message, until it has. */
  message: OutboundMessage | null;
}

export interface StepQueueOptions {
  readonly clock: Clock;
  /** Rejects when the steps must be handed over again. */
  readonly handOver: (due: readonly PendingStep[]) => Promise<void>;
  /** There are fewer than there were. */
  readonly onRoom: () => void;
}

/** Steps that all have the same delay, so that they come due in the order in which they were added. */
export class StepQueue {
  readonly #options: StepQueueOptions;
  #pending: PendingStep[] = [];
  readonly #ids = new Set<string>();
  #timer: Timer | null = null;
  #isHandingOver = false;

  constructor(options: StepQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#pending.length;
  }

  has(carrierMessageId: string): boolean {
    return this.#ids.has(carrierMessageId);
  }

  /** Not scheduled yet: `schedule` once after a batch. */
  add(step: PendingStep) {
    this.#pending.push(step);
    // So many come behind it that its phone would have forgotten it: under load, messages must not fill the memory.
    const crowdedOut = this.#pending[this.#pending.length - 1 - PHONE_MESSAGES_MAX];
    if (crowdedOut !== undefined) crowdedOut.message = null;
    this.#ids.add(step.carrierMessageId);
  }

  schedule() {
    const first = this.#pending[0];
    if (first === undefined || this.#timer !== null || this.#isHandingOver) return;
    this.#handOverAfter(first.dueAt - this.#options.clock.now());
  }

  stop() {
    this.#timer?.cancel();
  }

  #handOverAfter(delayMs: number) {
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#timer = null;
      void this.#handOverDue();
    });
  }

  /** Never rejects: what was not taken is kept and offered again. */
  async #handOverDue() {
    this.#isHandingOver = true;
    const now = this.#options.clock.now();
    let count = 0;
    while (count < STEPS_PER_BATCH_MAX && (this.#pending[count]?.dueAt ?? Number.POSITIVE_INFINITY) <= now) count += 1;
    const due = this.#pending.slice(0, count);
    try {
      if (count > 0) await this.#options.handOver(due);
      this.#pending = this.#pending.slice(count);
      for (const { carrierMessageId } of due) this.#ids.delete(carrierMessageId);
      if (count > 0) this.#options.onRoom();
      this.#isHandingOver = false;
      this.schedule();
    } catch {
      // report/ has logged it.
      this.#isHandingOver = false;
      this.#handOverAfter(RETRY_MS);
    }
  }
}
