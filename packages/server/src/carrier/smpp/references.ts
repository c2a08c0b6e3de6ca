import type { OutboundMessage } from "../../store/store.ts";

/** Pairs of sender and phone whose last reference is known. */
const PAIRS_MAX = 10_000;

/**
 * What the parts of one message have in common. Phones tell messages of one sender apart by it while parts are missing,
 * so each pair of sender and phone counts for itself: 256 messages pass until an octet comes round.
 */
export class References {
  readonly #lastOf = new Map<string, number>();

  /** A number of which the lower 8 or 16 bits are used. */
  next({ seq, sender, destination, partCount }: OutboundMessage): number {
    if (partCount <= 1) return seq;
    const pair = `${destination}/${sender}`;
    const last = this.#lastOf.get(pair);
    const next = last === undefined ? seq : last + 1;
    // Deleted first, so that the pair that was not used for longest is the first one.
    this.#lastOf.delete(pair);
    this.#lastOf.set(pair, next);
    if (this.#lastOf.size > PAIRS_MAX) this.#lastOf.delete(this.#lastOf.keys().next().value as string);
    return next;
  }
}
