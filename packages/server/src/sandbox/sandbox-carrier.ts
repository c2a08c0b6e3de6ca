import { ERROR, STATUS } from "@posthorn/contract";
import type { Carrier, CarrierEvents, CarrierReceipt, SubmittedMessage, UncertainPolicy } from "../carrier/carrier.ts";
import type { Clock, Timer } from "../kernel/clock.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import type { OutboundMessage } from "../store/store.ts";
import type { SandboxJournal } from "./sandbox-journal.ts";

export const SANDBOX = "sandbox";

/** Messages between submission and receipt. More are not taken; they wait in the store, on disk. */
const DELIVERIES_PENDING_MAX = 20_000;
/** Receipts handed over at once: one commit's worth. */
const RECEIPTS_PER_BATCH_MAX = 500;
/** When the store could not take receipts: like an SMSC, keep them and try again. */
const RECEIPT_RETRY_MS = 1_000;

export interface SandboxOptions {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly deliveryDelayMs: number;
  readonly windowSize: number;
  readonly isPaused: boolean;
  readonly uncertainPolicy: UncertainPolicy;
  readonly journal: SandboxJournal | null;
}

interface PendingDelivery {
  readonly carrierMessageId: string;
  readonly deliverAt: number;
}

/**
 * The carrier that every installation has: virtual phones that receive whatever is sent to any number, after a delay.
 * Its receipts take the same way as a real carrier's. It has no disk of its own: what a crash made it forget, it
 * answers when it is asked (`query`), from the time of submission alone.
 */
export class SandboxCarrier implements Carrier {
  readonly name = SANDBOX;
  readonly uncertainPolicy: UncertainPolicy;
  readonly #options: SandboxOptions;
  /** In the order of delivery: the delay is the same for all. */
  #pending: PendingDelivery[] = [];
  readonly #pendingIds = new Set<string>();
  #events: CarrierEvents | null = null;
  #timer: Timer | null = null;
  #isDelivering = false;
  #isPaused: boolean;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.uncertainPolicy = options.uncertainPolicy;
    this.#isPaused = options.isPaused;
  }

  capacity(): number {
    if (this.#isPaused || this.#events === null) return 0;
    return Math.min(this.#options.windowSize, DELIVERIES_PENDING_MAX - this.#pendingIds.size);
  }

  async submit(messages: readonly OutboundMessage[]) {
    const { clock, ids, journal, deliveryDelayMs } = this.#options;
    const now = clock.now();
    const submitted = messages.map((message) => ({ message, carrierMessageId: ids.next() }));
    journal?.append(submitted, now);
    for (const { carrierMessageId } of submitted) this.#expect(carrierMessageId, now + deliveryDelayMs);
    this.#schedule();
    return submitted.map(({ carrierMessageId }) => ({ outcome: "submitted" as const, carrierMessageId }));
  }

  async query(messages: readonly SubmittedMessage[]): Promise<readonly (CarrierReceipt | null)[]> {
    const now = this.#options.clock.now();
    return messages.map(({ carrierMessageId, submittedAt }) => {
      if (this.#pendingIds.has(carrierMessageId)) return null;
      const deliverAt = submittedAt + this.#options.deliveryDelayMs;
      return deliverAt <= now ? deliveredAt(carrierMessageId, deliverAt) : null;
    });
  }

  async start(events: CarrierEvents) {
    this.#events = events;
  }

  async stop() {
    this.#timer?.cancel();
    this.#events = null;
    this.#options.journal?.close();
  }

  /** As if the carrier were down: nothing more is taken; what was taken is still delivered. */
  pause() {
    this.#isPaused = true;
  }

  resume() {
    this.#isPaused = false;
    this.#events?.ready();
  }

  #expect(carrierMessageId: string, deliverAt: number) {
    this.#pending.push({ carrierMessageId, deliverAt });
    this.#pendingIds.add(carrierMessageId);
  }

  #schedule() {
    const first = this.#pending[0];
    if (first === undefined || this.#timer !== null || this.#isDelivering) return;
    this.#timer = this.#options.clock.after(first.deliverAt - this.#options.clock.now(), () => {
      this.#timer = null;
      void this.#deliverDue();
    });
  }

  /** Never rejects: a receipt that the store did not take is kept and offered again. */
  async #deliverDue() {
    this.#isDelivering = true;
    const now = this.#options.clock.now();
    let count = 0;
    while (count < RECEIPTS_PER_BATCH_MAX && (this.#pending[count]?.deliverAt ?? Number.POSITIVE_INFINITY) <= now)
      count += 1;
    const due = this.#pending.slice(0, count);
    try {
      if (due.length > 0) {
        await this.#events?.receipts(due.map((delivery) => deliveredAt(delivery.carrierMessageId, delivery.deliverAt)));
        this.#pending = this.#pending.slice(count);
        for (const { carrierMessageId } of due) this.#pendingIds.delete(carrierMessageId);
        this.#events?.ready();
      }
      this.#isDelivering = false;
      this.#schedule();
    } catch {
      // report/ has logged it.
      this.#isDelivering = false;
      this.#timer = this.#options.clock.after(RECEIPT_RETRY_MS, () => {
        this.#timer = null;
        void this.#deliverDue();
      });
    }
  }
}

function deliveredAt(carrierMessageId: string, doneAt: number): CarrierReceipt {
  return {
    carrierMessageId,
    state: "delivered",
    statusId: STATUS.DELIVERED_TO_HANDSET,
    errorId: ERROR.NO_ERROR,
    doneAt,
  };
}
