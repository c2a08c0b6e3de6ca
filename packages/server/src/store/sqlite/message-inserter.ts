import type { ClaimRequest, InsertOptions, InsertResult, NewMessage } from "../store.ts";
import type { ClaimsUnderWay } from "./claims-under-way.ts";
import type { InsertClaims } from "./insert-claims.ts";
import type { MessageWriter } from "./message-writer.ts";
import type { RequestWriter } from "./request-writer.ts";
import type { ShortLinkWriter } from "./short-link-writer.ts";
import { rowsAtOnce } from "./statements/alike-rows.ts";
import { isFinal } from "../../message/state.ts";

export interface MessageInserterParts {
  readonly messages: MessageWriter;
  readonly requests: RequestWriter;
  readonly shortLinks: ShortLinkWriter;
  readonly underWay: ClaimsUnderWay;
}

/** What came of the messages of one call. */
interface Inserted {
  readonly messages: readonly NewMessage[];
  /** 0: it was not inserted. */
  readonly seqs: number[];
  /** Of those that were claimed as they were inserted. */
  readonly claimed: (number | null)[];
}

/** The part of the writer that inserts messages with what comes with them: keys of requests, short links, claims. */
export class MessageInserter {
  readonly #parts: MessageInserterParts;

  constructor(parts: MessageInserterParts) {
    this.#parts = parts;
  }

  insert(messages: readonly NewMessage[], options: InsertOptions): Omit<InsertResult, "openCount"> {
    const { requests = [], duplicateLookBackMs = null, shortLinks = [], claims } = options;
    const open = claims === undefined ? null : this.#parts.messages.claimsOf(claims);
    const result: Inserted = { messages, seqs: messages.map(() => 0), claimed: messages.map(() => null) };
    // The keys first: the messages of a request whose key is taken are not even tried.
    const ids = requests.map((request) => this.#parts.requests.insert(request));
    const barred = requests.filter((_, nth) => ids[nth] === null);
    const isBarred = (index: number) => barred.some(({ from, until }) => index >= from && index < until);
    let alikeUntil = 0;
    let singlyUntil = barred.length === 0 ? 0 : messages.length;
    for (let index = 0; index < messages.length; ) {
      if (isBarred(index)) {
        index += 1;
        continue;
      }
      if (index >= alikeUntil) alikeUntil = endOfAlike(messages, index);
      const claim = open?.claimFor(messages[index] as NewMessage) ?? null;
      const room = claim === null ? Number.POSITIVE_INFINITY : (open?.leftOf(claim) ?? 0);
      const count = index < singlyUntil ? 1 : rowsAtOnce(Math.min(alikeUntil - index, room));
      if (count > 1 && this.#insertAlike(result, index, count, claim)) {
        if (claim !== null) this.#noteClaims(result, index, count, open, claim);
        index += count;
        continue;
      }
      // One of them has an id that is taken: it is not to be met again by each of them.
      if (count > 1) singlyUntil = index + count;
      this.#insertOne(result, index, claim, duplicateLookBackMs);
      if (claim !== null && result.seqs[index] !== 0) this.#noteClaims(result, index, 1, open, claim);
      index += 1;
    }
    const inserted = result.seqs.map((seq) => seq !== 0);
    for (const link of shortLinks) {
      const seq = result.seqs[link.message] ?? 0;
      if (seq !== 0) this.#parts.shortLinks.insert(link, seq);
    }
    for (const [nth, request] of requests.entries()) {
      const id = ids[nth] ?? null;
      if (id !== null) this.#parts.requests.settle(id, request, inserted);
    }
    return {
      inserted,
      ...(open === null ? {} : { claimed: result.claimed }),
      ...(requests.length === 0 ? {} : { keysFree: ids.map((id) => id !== null) }),
    };
  }

  /** False: none of them is inserted. */
  #insertAlike(result: Inserted, index: number, count: number, claim: ClaimRequest | null): boolean {
    const alike = result.messages.slice(index, index + count);
    if (!this.#parts.messages.insertAlike(alike, claim)) return false;
    const first = this.#parts.messages.lastSeq - count + 1;
    for (let nth = 0; nth < count; nth += 1) result.seqs[index + nth] = first + nth;
    return true;
  }

  #insertOne(result: Inserted, index: number, claim: ClaimRequest | null, lookBackMs: number | null) {
    const { messages } = this.#parts;
    const message = result.messages[index] as NewMessage;
    if (!messages.insert(message, claim) && !messages.insertAfter(message, lookBackMs, claim)) return;
    result.seqs[index] = messages.lastSeq;
  }

  #noteClaims(result: Inserted, index: number, count: number, open: InsertClaims | null, claim: ClaimRequest) {
    open?.used(claim, count);
    const claimed = result.messages.slice(index, index + count).map(({ destination }, nth) => {
      const seq = result.seqs[index + nth] as number;
      result.claimed[index + nth] = seq;
      return { seq, destination };
    });
    this.#parts.underWay.note(claimed);
  }
}

/** The first after this one that differs from it in more than its id and destination; what has ended is by itself. */
function endOfAlike(messages: readonly NewMessage[], from: number): number {
  const first = messages[from] as NewMessage;
  let index = from + 1;
  if (isFinal(first.state)) return index;
  for (; index < messages.length; index += 1) {
    const { common, state, statusId, errorId, dueAt } = messages[index] as NewMessage;
    if (common !== first.common || state !== first.state || dueAt !== first.dueAt) break;
    if (statusId !== first.statusId || errorId !== first.errorId) break;
  }
  return index;
}
