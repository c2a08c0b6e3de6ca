/**
 * How a carrier's receipts have the ids that its answers had. Few carriers say so; each receipt is offered in every
 * reading until enough have been matched by the same one.
 */
import type { MessageForm } from "./form.ts";
import { type IdReading, idsOfReceipt } from "./message-ids.ts";

/** So many matches in a row that only one reading explains decide. */
const MATCHES_MIN = 20;
/** So many in a row that are matched by nothing put it in question again. */
const MISSES_MAX = 20;

/** The ids of a receipt, the likeliest first. */
export interface OfferedIds {
  readonly carrierMessageId: string;
  readonly otherIds?: readonly string[];
}

/** Learns from what receipts were matched by. Pure. */
export class NotationLearner {
  readonly #notations: MessageForm["messageIds"];
  #learned: IdReading | null = null;
  #candidate: IdReading | null = null;
  #matches = 0;
  #misses = 0;

  constructor(notations: MessageForm["messageIds"]) {
    this.#notations = notations;
  }

  /** Null: nobody knows yet. */
  get learned(): IdReading | null {
    return this.#learned;
  }

  /** Null where the receipt has to be taken as it is. */
  offer(rawIds: readonly string[]): OfferedIds | null {
    const learned = this.#learned;
    if (learned === null) return null;
    const candidates = rawIds.flatMap((id) => idsOfReceipt(id, this.#notations));
    const fitting = candidates.filter(({ reading }) => reading === learned);
    // An id that cannot be read so is another kind of id.
    if (fitting.length === 0) return null;
    const [carrierMessageId = "", ...otherIds] = new Set(fitting.map(({ id }) => id));
    return { carrierMessageId, ...(otherIds.length > 0 ? { otherIds } : {}) };
  }

  /** What came of an offer: the id that matched, or null. */
  matched(rawIds: readonly string[], matchedId: string | null) {
    if (matchedId === null) {
      this.#misses += 1;
      if (this.#misses >= MISSES_MAX) this.#forget();
      return;
    }
    this.#misses = 0;
    // What was offered in the one reading has been matched in it.
    if (this.#learned !== null) return;
    const candidates = rawIds.flatMap((rawId) => idsOfReceipt(rawId, this.#notations));
    // An id that reads the same in every way says nothing.
    if (new Set(candidates.map(({ id }) => id)).size < 2) return;
    const reading = candidates.find(({ id }) => id === matchedId)?.reading;
    if (reading === undefined) return;
    this.#matches = reading === this.#candidate ? this.#matches + 1 : 1;
    this.#candidate = reading;
    if (this.#matches >= MATCHES_MIN) this.#learned = reading;
  }

  #forget() {
    this.#learned = null;
    this.#candidate = null;
    this.#matches = 0;
    this.#misses = 0;
  }
}
