import type { CarrierReceipt, SubmitResult } from "../carrier/carrier.ts";
import type { OutboundMessage } from "../store/store.ts";
import { asksForIntermediateReports } from "./intermediate-reports.ts";

/** Messages given to a carrier that answers each by itself. */
export interface HandedOver {
  /** Those without an answer. */
  readonly pending: Set<OutboundMessage>;
  readonly submittedAt: number;
  /** Those whose result is not on disk. */
  unrecorded: number;
  readonly end: () => void;
}

/** A carrier's answer about one message. */
export interface Answered {
  readonly handedOver: HandedOver;
  readonly message: OutboundMessage;
  readonly result: SubmitResult;
}

/**
 * Answers that are not written yet, in their order. A carrier may send the receipt right behind its answer, and then
 * the receipt is known to belong to it: before anybody looks on the disk, where an older message may have had that id.
 */
export class AnswerQueue {
  #answers = new Set<Answered>();
  /** Those whose receipt may take them along, by the carrier's id; null: several have it. */
  #byId = new Map<string, Answered | null>();
  /** Those that a hand-over of receipts has met. */
  #old = new Set<Answered>();

  get count(): number {
    return this.#answers.size;
  }

  add(answered: Answered) {
    this.#answers.add(answered);
    const { message, result } = answered;
    if (result.outcome !== "submitted") return;
    // A message of several parts ends with the last of their receipts; a spelling is kept to ask for what never comes.
    if (result.partIds !== undefined || result.spelledIds !== undefined) return;
    if (asksForIntermediateReports(message.options)) return;
    const { carrierMessageId } = result;
    this.#byId.set(carrierMessageId, this.#byId.has(carrierMessageId) ? null : answered);
  }

  takeAll(): readonly Answered[] {
    if (this.#answers.size === 0) return [];
    const all = [...this.#answers];
    this.#answers = new Set();
    this.#byId = new Map();
    this.#old = new Set();
    return all;
  }

  /**
   * Those that were here when this was asked the last time: receipts have come since, and none was theirs. The younger
   * ones may still be told of by the receipts that come next.
   */
  takeOld(): readonly Answered[] {
    const old = [...this.#old].filter((answered) => this.#answers.delete(answered));
    for (const answered of old) this.#forgetId(answered);
    this.#old = new Set(this.#answers);
    return old;
  }

  /** An id that several had stays nobody's as long as one of them is here. */
  #forgetId(answered: Answered) {
    const id = idOf(answered);
    if (id === null) return;
    const known = this.#byId.get(id);
    const isFree = known === null && ![...this.#answers].some((other) => idOf(other) === id);
    if (known === answered || isFree) this.#byId.delete(id);
  }

  /** The answer that the receipt is about, and by which of its ids; null: none that is here, as far as can be told. */
  take(receipt: CarrierReceipt): { readonly answered: Answered; readonly carrierMessageId: string } | null {
    if (this.#byId.size === 0 || receipt.state === "submitted" || receipt.seenAt !== undefined) return null;
    for (const id of [receipt.carrierMessageId, ...(receipt.otherIds ?? [])]) {
      const answered = this.#byId.get(id);
      if (answered === undefined || answered === null || !isFor(answered.message, receipt)) continue;
      this.#byId.delete(id);
      this.#answers.delete(answered);
      return { answered, carrierMessageId: id };
    }
    return null;
  }
}

const idOf = ({ result }: Answered) => (result.outcome === "submitted" ? result.carrierMessageId : null);

/** Where the receipt's phone is written otherwise, the store compares them. */
function isFor({ destination }: OutboundMessage, receipt: CarrierReceipt): boolean {
  return receipt.destination === undefined || destination === receipt.destination;
}
