/**
 * How a carrier's receipts have the ids that its answers had. Few carriers say so; each receipt is offered in every
 * reading until enough have been matched by the same one.
 */
import type { MessageForm } from "./form.ts";
import { idAsRead, type IdReading, idsOfReceipt } from "./message-ids.ts";

/** So many matches in a row that only one reading explains decide. */
const MATCHES_MIN = 20;
/** So many in a row that are matched by nothing put it in question again. */
const MISSES_MAX = 20;

/** The ids of a receipt, the likeliest first. */
export interface OfferedIds {
  readonly carrierMessageId: string;
  readonly otherIds?: readonly string[];
}

/** First every id as it most probably was, then the less probable readings. Null where there is none. */
export function everyReading(rawIds: readonly string[], notations: MessageForm["messageIds"]): OfferedIds | null {
  const readings = rawIds.map((id) => idsOfReceipt(id, notations).map((candidate) => candidate.id));
  const deepest = Math.max(0, ...readings.map((ids) => ids.length));
  return offerOf(Array.from({ length: deepest }, (_, depth) => readings.flatMap((ids) => ids[depth] ?? [])).flat());
}

function offerOf(ids: readonly string[]): OfferedIds | null {
  const [carrierMessageId, ...otherIds] = new Set(ids.filter((id) => id !== ""));
  if (carrierMessageId === undefined) return null;
  return otherIds.length === 0 ? { carrierMessageId } : { carrierMessageId, otherIds };
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

  /** Where it is known how the carrier writes ids, no other reading may match by chance. Null where there is none. */
  read(rawIds: readonly string[]): OfferedIds | null {
    // An id that cannot be read as it was learned is another kind of id.
    return this.offer(rawIds) ?? everyReading(rawIds, this.#notations);
  }

  /** Null where the receipt has to be taken as it is. */
  offer(rawIds: readonly string[]): OfferedIds | null {
    const learned = this.#learned;
    if (learned === null) return null;
    const [only] = rawIds;
    if (only !== undefined && rawIds.length === 1) {
      const carrierMessageId = idAsRead(only, learned, this.#notations);
      return carrierMessageId === null || carrierMessageId === "" ? null : { carrierMessageId };
    }
    return offerOf(rawIds.flatMap((id) => idAsRead(id, learned, this.#notations) ?? []));
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
