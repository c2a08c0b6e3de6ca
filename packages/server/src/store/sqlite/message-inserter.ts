import type { ClaimRequest, InsertOptions, InsertResult, NewMessage } from "../store.ts";
import type { ClaimsUnderWay } from "./claims-under-way.ts";
import type { InsertClaims } from "./insert-claims.ts";
import type { MessageWriter } from "./message-writer.ts";
import type { RequestWriter } from "./request-writer.ts";
import type { ShortLinkWriter } from "./short-link-writer.ts";
import { ROWS_TOGETHER } from "./statements/alike-rows.ts";
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
    let alikeFrom = 0;
    for (let index = 0; index < messages.length; ) {
      if (isBarred(index)) {
        index += 1;
        continue;
      }
      const isAlike = barred.length === 0 && index >= alikeFrom && areAlike(messages, index);
      if (isAlike && this.#insertAlike(result, index, open)) {
        index += ROWS_TOGETHER;
        continue;
      }
      // One of them has an id that is taken: it is not to be met again by each of them.
      if (isAlike) alikeFrom = index + ROWS_TOGETHER;
      this.#insertOne(result, index, open, duplicateLookBackMs);
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
  #insertAlike(result: Inserted, index: number, open: InsertClaims | null): boolean {
    const alike = result.messages.slice(index, index + ROWS_TOGETHER);
    const claim = open?.claimFor(alike[0] as NewMessage) ?? null;
    // The last room is given one by one.
    if (claim !== null && (open?.leftOf(claim) ?? 0) < alike.length) return false;
    if (!this.#parts.messages.insertAlike(alike, claim)) return false;
    const first = this.#parts.messages.lastSeq - alike.length + 1;
    for (const nth of alike.keys()) result.seqs[index + nth] = first + nth;
    if (claim !== null) this.#noteClaims(result, index, alike.length, open, claim);
    return true;
  }

  #insertOne(result: Inserted, index: number, open: InsertClaims | null, lookBackMs: number | null) {
    const { messages } = this.#parts;
    const message = result.messages[index] as NewMessage;
    const claim = open?.claimFor(message) ?? null;
    if (!messages.insert(message, claim) && !messages.insertAfter(message, lookBackMs, claim)) return;
    result.seqs[index] = messages.lastSeq;
    if (claim !== null) this.#noteClaims(result, index, 1, open, claim);
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

/** Whether so many from this one on only differ in their ids and destinations, and none has ended. */
function areAlike(messages: readonly NewMessage[], from: number): boolean {
  const first = messages[from] as NewMessage;
  if (isFinal(first.state) || from + ROWS_TOGETHER > messages.length) return false;
  for (let index = from + 1; index < from + ROWS_TOGETHER; index += 1) {
    const { common, state, statusId, errorId, dueAt } = messages[index] as NewMessage;
    if (common !== first.common || state !== first.state || dueAt !== first.dueAt) return false;
    if (statusId !== first.statusId || errorId !== first.errorId) return false;
  }
  return true;
}
