import { ERROR, STATUS } from "@posthorn/contract";
import type {
  Carrier,
  CarrierContactMessage,
  CarrierEvents,
  CarrierInbound,
  CarrierReceipt,
  InboundOutcome,
  SeenMark,
  SubmitResult,
  SubmittedMessage,
  UncertainPolicy,
} from "../../src/carrier/carrier.ts";
import type { OutboundMessage } from "../../src/store/store.ts";

/**
 * What the carrier does with a message; `nth` counts from 1 how often it was handed this messageId. Throwing breaks
 * the whole batch; a promise that never resolves never answers it.
 */
export type Answer = (message: OutboundMessage, nth: number) => SubmitResult | Promise<SubmitResult>;

export interface FakeCarrierOptions {
  readonly name?: string;
  readonly uncertainPolicy?: UncertainPolicy;
  readonly windowSize?: number;
  readonly answer?: Answer;
  readonly query?: NonNullable<Carrier["query"]>;
  /** What its start fails with. */
  readonly startError?: Error;
}

/** A carrier whose every word the test chooses. It takes each message as `carrierIdOf(messageId, nth)` unless told otherwise. */
export class FakeCarrier implements Carrier {
  readonly name: string;
  readonly uncertainPolicy: UncertainPolicy;
  windowSize: number;
  answer: Answer;
  readonly query?: (messages: readonly SubmittedMessage[]) => Promise<readonly (CarrierReceipt | null)[]>;
  /** Every message that was handed over, in order, as often as it was. */
  readonly handed: OutboundMessage[] = [];
  inFlight = 0;
  inFlightMax = 0;
  #events: CarrierEvents | null = null;
  readonly #startError: Error | null;

  constructor(options: FakeCarrierOptions = {}) {
    this.name = options.name ?? "fake";
    this.uncertainPolicy = options.uncertainPolicy ?? "resend";
    this.windowSize = options.windowSize ?? 1_000;
    this.answer = options.answer ?? submitted;
    this.#startError = options.startError ?? null;
    if (options.query !== undefined) this.query = options.query;
  }

  capacity(): number {
    return this.windowSize;
  }

  async submit(messages: readonly OutboundMessage[]): Promise<readonly SubmitResult[]> {
    this.inFlight += messages.length;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    try {
      const answers = messages.map((message) => {
        this.handed.push(message);
        return Promise.resolve(this.answer(message, this.timesHanded(message.messageId)));
      });
      return await Promise.all(answers);
    } finally {
      this.inFlight -= messages.length;
    }
  }

  async start(events: CarrierEvents) {
    if (this.#startError !== null) throw this.#startError;
    this.#events = events;
  }

  async stop() {
    this.#events = null;
  }

  timesHanded(messageId: string): number {
    return this.handed.filter((message) => message.messageId === messageId).length;
  }

  /** Emits receipts; resolves when they are on disk, with the ids that they were matched by. */
  async emit(...receipts: readonly CarrierReceipt[]): Promise<readonly (string | null)[]> {
    if (this.#events === null) throw new Error("the carrier is not started");
    return this.#events.receipts(receipts);
  }

  /** Hands over what phones wrote; resolves when it is on disk. */
  async hand(...messages: readonly (CarrierInbound | CarrierContactMessage)[]): Promise<readonly InboundOutcome[]> {
    if (this.#events === null) throw new Error("the carrier is not started");
    return this.#events.inbound(messages);
  }

  /** Says that users have read messages; resolves when it is on disk. */
  async see(...marks: readonly SeenMark[]) {
    if (this.#events === null) throw new Error("the carrier is not started");
    await this.#events.seen(marks);
  }

  ready() {
    this.#events?.ready();
  }
}

export function carrierIdOf(messageId: string, nth = 1): string {
  return `${messageId}/${nth}`;
}

export function submitted(message: OutboundMessage, nth: number): SubmitResult {
  return { outcome: "submitted", carrierMessageId: carrierIdOf(message.messageId, nth) };
}

export const temporary: SubmitResult = { outcome: "temporary", errorId: ERROR.EC_UNKNOWN_ERROR };
export const uncertain: SubmitResult = { outcome: "uncertain", reason: "the connection broke" };

export function never(): Promise<SubmitResult> {
  return new Promise(() => undefined);
}

const STATUS_OF = {
  delivered: STATUS.DELIVERED_TO_HANDSET,
  undeliverable: STATUS.UNDELIVERABLE_NOT_DELIVERED,
  expired: STATUS.EXPIRED_EXPIRED,
  rejected: STATUS.REJECTED,
} as const;

export function receiptOf(carrierMessageId: string, state: keyof typeof STATUS_OF, doneAt: number): CarrierReceipt {
  const errorId = state === "delivered" ? ERROR.NO_ERROR : ERROR.EC_UNKNOWN_ERROR;
  return { carrierMessageId, state, statusId: STATUS_OF[state], errorId, doneAt };
}
