import type { DatabaseSync } from "node:sqlite";
import { isSamePhone, phoneDigitsOf, phoneTailOf } from "../../message/same-phone.ts";
import type { OutboundMessage } from "../store.ts";
import { findClaimed, findUncertainTo, listClaimed } from "./statements/find-under-way.ts";

/** Messages in doubt that are compared with a receipt's phone. */
const UNCERTAIN_MAX = 16;

/**
 * To which phones messages are under way: claimed, and not answered. An index of them would cost every message two
 * changes of it, and hardly any receipt asks. So nothing is kept until one does; from then on they are kept in memory, as
 * many as the carriers have taken. What is here is a hint: each is looked at in the table before it counts.
 */
export class ClaimsUnderWay {
  readonly #statements: ReturnType<typeof prepareAll>;
  /** By the end of their phone's number. Null: nobody has asked yet. */
  #seqsByTail: Map<string, Set<number>> | null = null;
  readonly #tailBySeq = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
  }

  note(messages: readonly Pick<OutboundMessage, "seq" | "destination">[]) {
    if (this.#seqsByTail === null) return;
    for (const { seq, destination } of messages) this.#add(this.#seqsByTail, seq, destination);
  }

  release(seq: number) {
    if (this.#seqsByTail === null) return;
    const tail = this.#tailBySeq.get(seq);
    if (tail === undefined) return;
    this.#tailBySeq.delete(seq);
    const seqs = this.#seqsByTail.get(tail);
    seqs?.delete(seq);
    if (seqs?.size === 0) this.#seqsByTail.delete(tail);
  }

  /** After what was noted or released did not happen. */
  forget() {
    this.#seqsByTail = null;
    this.#tailBySeq.clear();
  }

  /**
   * Whether a message is under way to one of the phones, or in doubt without a known id.
   *
   * @param phones digits as `phoneDigitsOf` gives them, several with a space between
   * @param exceptSeq one that does not count
   * @param acceptedUntil messages that were accepted after it do not count
   */
  isAnyTo(phones: string, carrier: string, exceptSeq: number, acceptedUntil: number): boolean {
    const until = Math.min(acceptedUntil, Number.MAX_SAFE_INTEGER);
    this.#seqsByTail ??= this.#load();
    for (const phone of phones.split(" ")) {
      const tail = phoneTailOf(phone);
      const isMeant = (row: Record<string, unknown> | undefined) =>
        row !== undefined && isSamePhone(phoneDigitsOf(String(row["destination"])) ?? "", phone);
      for (const seq of this.#seqsByTail.get(tail) ?? []) {
        if (seq !== exceptSeq && isMeant(this.#statements.findClaimed.get(seq, carrier, until))) return true;
      }
      if (this.#statements.findUncertainTo.all(carrier, tail, until, UNCERTAIN_MAX).some(isMeant)) return true;
    }
    return false;
  }

  #load(): Map<string, Set<number>> {
    const seqsByTail = new Map<string, Set<number>>();
    for (const row of this.#statements.listClaimed.all()) {
      this.#add(seqsByTail, Number(row["seq"]), String(row["destination"]));
    }
    return seqsByTail;
  }

  #add(seqsByTail: Map<string, Set<number>>, seq: number, destination: string) {
    const tail = phoneTailOf(destination);
    this.#tailBySeq.set(seq, tail);
    const seqs = seqsByTail.get(tail);
    if (seqs === undefined) seqsByTail.set(tail, new Set([seq]));
    else seqs.add(seq);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    listClaimed: database.prepare(listClaimed),
    findClaimed: database.prepare(findClaimed),
    findUncertainTo: database.prepare(findUncertainTo),
  };
}
