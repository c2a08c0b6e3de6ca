import type { DatabaseSync } from "node:sqlite";
import { otherNotationsOf } from "../../message/id-notation.ts";
import { isSamePhone, phoneTailOf } from "../../message/same-phone.ts";
import { canMove, isFinal } from "../../message/state.ts";
import {
  type AppliedReceipts,
  type Move,
  type Receipt,
  RECEIPT_CLOCK_STEP_MS,
  RECEIPT_GRACE_MS,
  type ReceiptOutcome,
} from "../store.ts";
import type { Rematch, Rematched, UnmatchedReceipt } from "../unmatched-receipts.ts";
import type { AnsweredEnds } from "./answered-ends.ts";
import type { ClaimsUnderWay } from "./claims-under-way.ts";
import { otherIdsOf, ParkedReceipts } from "./parked-receipts.ts";
import {
  carriedOf,
  type CarriedRow,
  HAS_OTHERS,
  SEQ,
  hasOneNotation,
  isAfter,
  isRenamed,
  isTo,
  type FoundRow,
  phonesOf,
  receiptOf,
  type ReportTarget,
  spelledOf,
} from "./carried-row.ts";
import { PartWriter } from "./part-writer.ts";
import { spansOf } from "./spans.ts";
import { prepareForArrays } from "./prepare-for-arrays.ts";
import type { SeenWriter } from "./seen-writer.ts";
import {
  findAnswered,
  findAnsweredSpan,
  findByCarrierId,
  findByPartId,
  findInDoubt,
  findLastByCarrierId,
} from "./statements/find-by-carrier-id.ts";
import { findClaim } from "./statements/find-claim.ts";
import { renameMessage } from "./statements/rename-message.ts";

/** What came of a receipt, and by which of its ids. */
interface Match {
  readonly outcome: ReceiptOutcome;
  readonly matchedId: string | null;
}

/** What a receipt says of its message beside how it ended. */
type Names = Pick<Move, "carrierMessageId" | "submittedAt">;

/** Which messages a receipt may be about, and whether it can still wait for a better one. */
interface Terms {
  readonly now: number;
  /** Messages that were accepted after it are not meant. */
  readonly acceptedUntil: number;
  /** False: whom it fits now, it is about. */
  readonly canWait: boolean;
}

const UNMATCHED: Match = { outcome: "parked", matchedId: null };
/** Carriers report within moments; what comes later may be about a younger message that was given the same id. */
const PROMPT_MS = 60_000;
/** Of a message's seq, in user_message_reference. */
const REFERENCE_MASK = 0xffff;
/** Receipts whose messages are read together: enough to share a query, few enough to be gone before they grow old. */
const READ_AHEAD_MAX = 100;
/** Messages in doubt that are compared with a receipt; with more of them nobody can know which is meant. */
const DOUBTS_MAX = 16;

/** The part of the writer that matches receipts with their messages, and parks those that nobody answers to. */
export class ReceiptWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #move: (move: Move, target: ReportTarget) => boolean;
  readonly #parked: ParkedReceipts;
  readonly #parts: PartWriter;
  readonly #seen: SeenWriter;
  readonly #claims: ClaimsUnderWay;
  readonly #ends: AnsweredEnds;
  /** Messages of the receipts that are applied now, as they were when that began: none of them has been moved since. */
  readonly #ahead = new Map<number, CarriedRow>();

  /** @param move moves a message to its next state, and tells whoever is to be told */
  constructor(
    database: DatabaseSync,
    move: (move: Move, target: ReportTarget) => boolean,
    { seen, claims, ends }: { seen: SeenWriter; claims: ClaimsUnderWay; ends: AnsweredEnds },
  ) {
    this.#statements = prepareAll(database);
    this.#move = move;
    this.#parked = new ParkedReceipts(database);
    this.#parts = new PartWriter(database);
    this.#seen = seen;
    this.#claims = claims;
    this.#ends = ends;
  }

  get parkedCount(): number {
    return this.#parked.count;
  }

  /** After an operation that left nothing behind: the count as it was before. */
  restore(parkedCount: number) {
    this.#parked.restore(parkedCount);
  }

  recount() {
    this.#parked.recount();
    this.#parts.recount();
  }

  apply(receipts: readonly Receipt[], now: number, parkedMax: number): AppliedReceipts {
    const matches: Match[] = [];
    for (let from = 0; from < receipts.length; from += READ_AHEAD_MAX) {
      const next = receipts.slice(from, from + READ_AHEAD_MAX);
      this.#readAhead(next);
      for (const receipt of next) {
        this.#ends.gather(this.#isPlain(receipt));
        matches.push(this.#matchAnswered(receipt, now) ?? this.#find(receipt, now, parkedMax));
      }
    }
    this.#ends.gather(false);
    this.#parked.dropBeyond(parkedMax);
    return {
      outcomes: matches.map(({ outcome }) => outcome),
      matchedIds: matches.map(({ matchedId }) => matchedId),
    };
  }

  /** Its message has been read, and after that none is read for it: so its end, and those before it, may be written later. */
  #isPlain({ answered, seenAt, carrier }: Receipt): boolean {
    if (answered === undefined || seenAt !== undefined || this.#parked.count > 0 || this.#parts.hasAny) return false;
    const ahead = this.#ahead.get(answered.seq);
    return ahead?.state === "claimed" && ahead.attempts === answered.attempts && ahead.carrier === carrier;
  }

  #find(receipt: Receipt, now: number, parkedMax: number): Match {
    const phone = phonesOf(receipt);
    const canWait = this.#parked.count < parkedMax;
    const match = this.#match(receipt, phone, { now, acceptedUntil: Number.POSITIVE_INFINITY, canWait });
    if (match.outcome === "parked") this.#parked.add(receipt, phone, now, match.matchedId !== null);
    return match;
  }

  /**
   * By its ids, one after the other; by none of them, by the reference of a message that is in doubt.
   *
   * @param phone as `phonesOf` gives it
   */
  #match(receipt: Receipt, phone: string | null, terms: Terms): Match {
    const first = this.#findSubmittedLast(receipt.carrierMessageId, receipt, phone, terms);
    if (first !== undefined) return this.#matchTo(first, receipt.carrierMessageId, receipt, phone, terms);
    for (const id of otherIdsOf(receipt)) {
      const found = this.#findSubmittedLast(id, receipt, phone, terms);
      if (found === undefined) continue;
      if (isRenamed(found)) this.#statements.rename.run(receipt.carrierMessageId, found.seq);
      return this.#matchTo(found, id, receipt, phone, terms);
    }
    return receipt.reference === undefined ? UNMATCHED : this.#matchDoubt(receipt, phone, terms);
  }

  /**
   * A carrier may have given the id again, to a message whose answer is still under way or was lost: a receipt that tells
   * the one that was found nothing, or tells it late, waits until that is known.
   */
  #matchTo(found: CarriedRow, id: string, receipt: Receipt, phone: string | null, terms: Terms): Match {
    const { now, canWait } = terms;
    const isLate = isFinal(found.state) || now - (found.submittedAt ?? now) >= PROMPT_MS;
    if (isLate && canWait && this.#isStray(found, receipt, phone, terms)) return this.#keep(id, receipt, phone, terms);
    const outcome = this.#applyTo(found, receipt, now);
    const isPartAgain = found.partNumber !== null && outcome === "ignored" && !isLate;
    if (isPartAgain && canWait && this.#isStray(found, receipt, phone, terms)) {
      return this.#keep(id, receipt, phone, terms);
    }
    return { outcome, matchedId: id };
  }

  #isStray(found: CarriedRow, receipt: Receipt, phone: string | null, { acceptedUntil }: Terms): boolean {
    // WhatsApp never gives an id again.
    if (phone === null || receipt.seenAt !== undefined || hasOneNotation(found)) return false;
    if (receipt.reference === (found.seq & REFERENCE_MASK)) return false;
    return this.#claims.isAnyTo(phone, receipt.carrier, found.seq, acceptedUntil);
  }

  #keep(id: string, receipt: Receipt, phone: string | null, terms: Terms): Match {
    const match = receipt.reference === undefined ? UNMATCHED : this.#matchDoubt(receipt, phone, terms);
    return match.outcome === "parked" ? { outcome: "parked", matchedId: id } : match;
  }

  /** Of messages that lie side by side, as a bulk's do, all are read at once: that costs two thirds. */
  #readAhead(receipts: readonly Receipt[]) {
    this.#ahead.clear();
    const seqs = receipts.flatMap(({ answered }) => (answered === undefined ? [] : [answered]));
    for (const { first, last } of spansOf(seqs.toSorted((one, other) => one.seq - other.seq))) {
      if (first === last) continue;
      const rows = this.#statements.findAnsweredSpan.all(first, last) as unknown as readonly FoundRow[];
      for (const row of rows) this.#ahead.set(row[SEQ], carriedOf(row));
    }
  }

  #findAnswered({ seq, attempts }: NonNullable<Receipt["answered"]>, carrier: string): CarriedRow | undefined {
    const ahead = this.#ahead.get(seq);
    if (ahead !== undefined) return ahead.attempts === attempts && ahead.carrier === carrier ? ahead : undefined;
    const found = this.#statements.findAnswered.get(seq, attempts, carrier) as unknown as FoundRow | undefined;
    return found === undefined ? undefined : carriedOf(found);
  }

  /** By the answer that it came with: nothing needs to be looked for. Null where there is none, or it came too late. */
  #matchAnswered(receipt: Receipt, now: number): Match | null {
    const { answered, carrierMessageId, carrier } = receipt;
    if (answered === undefined) return null;
    const { seq, attempts, submittedAt } = answered;
    const row = this.#findAnswered(answered, carrier);
    if (row === undefined || (row.state !== "claimed" && row.state !== "uncertain")) return null;
    this.#claims.release(seq);
    const outcome = this.#moveBy(row, receipt, now, { carrierMessageId, submittedAt });
    this.submitted({ seq, attempts, from: row.state, carrierMessageId, at: now });
    return { outcome, matchedId: carrierMessageId };
  }

  /** Only where exactly one message can be meant. It takes the receipt's id, so that what follows finds it. */
  #matchDoubt(receipt: Receipt, phones: string | null, { now, acceptedUntil }: Terms): Match {
    if (phones === null) return UNMATCHED;
    // Without an id the phone is all that tells messages apart, so only the likelier one will do.
    const phone = phones.slice(phones.lastIndexOf(" ") + 1);
    const rows = this.#statements.findInDoubt.all({
      carrier: receipt.carrier,
      phoneTail: phoneTailOf(phone),
      acceptedUntil: Math.min(acceptedUntil, Number.MAX_SAFE_INTEGER),
      reference: receipt.reference ?? null,
      limit: DOUBTS_MAX,
    }) as unknown as CarriedRow[];
    const meant = rows.filter(({ destination }) => isSamePhone(destination, phone));
    const [only] = meant;
    if (only === undefined || meant.length > 1 || rows.length === DOUBTS_MAX) return UNMATCHED;
    const { carrierMessageId } = receipt;
    return { outcome: this.#moveBy(only, receipt, now, { carrierMessageId }), matchedId: null };
  }

  #applyTo(found: CarriedRow, receipt: Receipt, now: number): ReceiptOutcome {
    if (found.partNumber === null) return this.#moveBy(found, receipt, now);
    if (receipt.state === "submitted") return "ignored";
    const whole = this.#parts.record(found.seq, found.partNumber, receipt);
    if (whole === "noted") return whole;
    if (whole === "ignored") return this.#seeDelivered(found, receipt, now);
    // The message may have failed by another part already: what this part says is kept with it.
    return this.#moveBy(found, whole, now) === "applied" ? "applied" : "noted";
  }

  #moveBy(found: CarriedRow, receipt: Receipt, now: number, names: Names = {}): ReceiptOutcome {
    this.#ahead.delete(found.seq);
    if (receipt.state === "submitted") return this.#noteTaken(found, receipt, now, names);
    if (!canMove(found.state, receipt.state)) return this.#seeDelivered(found, receipt, now);
    const move: Move = {
      seq: found.seq,
      from: found.state,
      attempts: found.attempts,
      to: receipt.state,
      statusId: receipt.statusId,
      errorId: receipt.errorId,
      // The carrier's clock may be wrong by days: nothing ends before it was accepted, or in time to come. The report's
      // own age is counted on ours.
      at: now,
      doneAt: Math.min(Math.max(receipt.doneAt, found.acceptedAt), now),
      ...names,
    };
    this.#move(move, found);
    this.#applySeen(found, receipt, now);
    return "applied";
  }

  /** As the answer would have that was lost. To a message that is queued again it says nothing about that try. */
  #noteTaken(found: CarriedRow, receipt: Receipt, now: number, names: Names): ReceiptOutcome {
    if (found.state !== "uncertain") return "ignored";
    const { seq, state: from, attempts, submittedAt, acceptedAt } = found;
    const { state: to, statusId, errorId, doneAt } = receipt;
    const taken = submittedAt ?? Math.min(Math.max(doneAt, acceptedAt), now);
    this.#move({ seq, from, attempts, to, statusId, errorId, at: now, submittedAt: taken, ...names }, found);
    return "applied";
  }

  /** What else a receipt may say of a message that was delivered before it came. */
  #seeDelivered(found: CarriedRow, receipt: Receipt, now: number): ReceiptOutcome {
    return found.state === "delivered" && this.#applySeen(found, receipt, now) ? "applied" : "ignored";
  }

  /** After the end, so that its report goes first. */
  #applySeen(found: CarriedRow, { seenAt }: Receipt, now: number): boolean {
    if (seenAt === undefined) return false;
    return this.#seen.see(found.seq, found, Math.min(Math.max(seenAt, found.acceptedAt), now), now);
  }

  #findSubmittedLast(
    id: string,
    { carrier, seenAt }: Receipt,
    phone: string | null,
    { now, acceptedUntil }: Terms,
  ): CarriedRow | undefined {
    // Users read after weeks, and WhatsApp's ids are never used again.
    const since = seenAt === undefined ? now - RECEIPT_GRACE_MS : 0;
    const rows = this.#findCarried(id, carrier, since);
    let last: CarriedRow | undefined;
    for (const row of rows) {
      if (row.acceptedAt > acceptedUntil || !isTo(row, phone)) continue;
      if (last === undefined || isAfter(row, last)) last = row;
    }
    return last;
  }

  /** One row is asked for with `get`, which costs a third less than a list of one. */
  #findCarried(id: string, carrier: string, since: number): readonly CarriedRow[] {
    if (this.#parts.hasAny) return this.#statements.findByPartId.all(id, carrier, since) as unknown as CarriedRow[];
    const last = this.#statements.findLastByCarrierId.get(id, carrier, since) as unknown as FoundRow | undefined;
    if (last === undefined) return [];
    if (last[HAS_OTHERS] === 0) return [carriedOf(last)];
    return this.#statements.findByCarrierId.all(id, carrier, since) as unknown as CarriedRow[];
  }

  /** A carrier has a message: keeps the ids of its parts, and gives it its parked receipts. */
  submitted(move: Pick<Move, "seq" | "attempts" | "from" | "carrierMessageId" | "partIds" | "spelledIds" | "at">) {
    const ids = [...new Set(move.partIds ?? [])];
    if (ids.length > 1) this.#parts.keep(move.seq, ids, spelledOf(move));
    else if (this.#parts.hasAny && (move.attempts > 1 || move.from !== "claimed")) this.#parts.forget(move.seq);
    if (this.#parked.count === 0) return;
    const message = this.#statements.findClaim.get(move.seq) as {
      channel: string;
      carrier: string;
      acceptedAt: number;
      destination: string;
    };
    const since = message.acceptedAt - RECEIPT_CLOCK_STEP_MS;
    const found = new Map<number, Receipt>();
    for (const id of ids.length > 1 ? ids : [move.carrierMessageId ?? ""]) {
      for (const parked of this.#parked.find(id, message.carrier, since)) {
        if (!isTo(message, parked.destination)) continue;
        // Its own first id is what the message is to be called.
        const names = hasOneNotation(message) ? {} : { carrierMessageId: id };
        found.set(parked.id, { ...receiptOf(parked), ...names });
      }
    }
    const terms: Terms = { now: move.at, acceptedUntil: Number.POSITIVE_INFINITY, canWait: false };
    // In the order they came, so that the last word of a carrier stays the last word.
    for (const [id, receipt] of [...found].toSorted(([one], [other]) => one - other)) {
      this.#parked.remove(id);
      this.#match(receipt, receipt.destination ?? null, terms);
    }
  }

  rematch(rematch: Rematch): Rematched {
    const page = this.#parked.count === 0 ? [] : this.#parked.page(rematch);
    let matched = 0;
    for (const parked of page) {
      if (!this.#matchAgain(parked, rematch)) continue;
      this.#parked.remove(parked.id);
      matched += 1;
    }
    const last = page.length === rematch.limit ? page.at(-1) : undefined;
    return { looked: page.length, matched, next: last?.id ?? null };
  }

  #matchAgain(parked: UnmatchedReceipt, { now, settledBefore, isForDoubtOnly }: Rematch): boolean {
    // Another notation of an id is often somebody else's id: the phone must agree, too.
    const isGuessed = !isForDoubtOnly && parked.destination !== null;
    const guesses = isGuessed ? otherNotationsOf(parked.carrierMessageId) : [];
    const receipt = { ...receiptOf(parked), otherIds: [...parked.otherIds, ...guesses] };
    const isSettled = parked.receivedAt < settledBefore;
    const terms: Terms = { now, acceptedUntil: parked.receivedAt + RECEIPT_CLOCK_STEP_MS, canWait: !isSettled };
    if (this.#match(receipt, parked.destination, terms).outcome !== "parked") return true;
    if (parked.reference !== null || !isSettled) return false;
    return this.#matchDoubt(receipt, parked.destination, terms).outcome !== "parked";
  }

  purge(before: number, limit: number): number {
    return this.#parked.purge(before, limit);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    findClaim: database.prepare(findClaim),
    findAnswered: prepareForArrays(database, findAnswered),
    findAnsweredSpan: prepareForArrays(database, findAnsweredSpan),
    rename: database.prepare(renameMessage),
    findByCarrierId: database.prepare(findByCarrierId),
    findLastByCarrierId: prepareForArrays(database, findLastByCarrierId),
    findByPartId: database.prepare(findByPartId),
    findInDoubt: database.prepare(findInDoubt),
  };
}
