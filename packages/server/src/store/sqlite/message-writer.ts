import type { DatabaseSync, StatementSync } from "node:sqlite";
import { canMove, isFinal, type MessageState } from "../../message/state.ts";
import type { ClaimRequest, Move, NewMessage, OutboundMessage } from "../store.ts";
import type { BulkWriter } from "./bulk-writer.ts";
import type { FailoverWriter } from "./failover-writer.ts";
import { InsertClaims } from "./insert-claims.ts";
import type { LedgerDelta } from "./ledger-delta.ts";
import { prepareForArrays } from "./prepare-for-arrays.ts";
import type { ReportTarget } from "./carried-row.ts";
import { NOBODY, type ReportAudience } from "./report-audience.ts";
import type { SmppDeliveryWriter } from "./smpp-delivery-writer.ts";
import { spansOf } from "./spans.ts";
import { anyDue } from "./statements/any-due.ts";
import { claimMessages, findDue } from "./statements/claim-due.ts";
import { endMessage, endNamedMessage, endSubmitted, findReportTarget } from "./statements/end-message.ts";
import { AnsweredEnds } from "./answered-ends.ts";
import { prepareAlike } from "./statements/alike-rows.ts";
import { insertMessages, takeMessagesBack } from "./statements/insert-message.ts";
import { extendMessage, keepOpen, spellMessage } from "./statements/keep-open.ts";
import { supersedeMessage } from "./statements/supersede-message.ts";
import type { Subscriber } from "./subscription-index.ts";
import type { WebhookWriter } from "./webhook-writer.ts";

/** What follows from a message's change, in the same commit. */
export interface MessageWriterParts {
  /** The ledger's changes of the operation that runs now. */
  readonly delta: () => LedgerDelta;
  readonly audience: ReportAudience;
  readonly webhooks: WebhookWriter;
  readonly smpp: SmppDeliveryWriter;
  readonly bulks: BulkWriter;
  readonly failovers: FailoverWriter;
}

/** A message's row from its insertion to its end, with what is born of it. Part of writer.ts. */
export class MessageWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #parts: MessageWriterParts;
  readonly ends: AnsweredEnds;
  #lastSeq = 0;

  constructor(database: DatabaseSync, parts: MessageWriterParts) {
    this.ends = new AnsweredEnds(database);
    this.#statements = prepareAll(database);
    this.#parts = parts;
  }

  /** Of the message inserted last. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** For the messages that are inserted next; it holds for one operation. */
  claimsOf(claims: readonly ClaimRequest[]): InsertClaims {
    return new InsertClaims(
      claims,
      ({ route, now }) => this.#statements.anyDue.get(route, now, now) !== undefined,
      (accountId, bulkId) => this.#parts.bulks.isPaused(accountId, bulkId),
    );
  }

  /**
   * False: the account has a message of this id.
   *
   * @param claim that it is inserted with: its row is as after `claimDue`
   */
  insert(message: NewMessage, claim: ClaimRequest | null = null): boolean {
    const { common: c, messageId, destination, state, statusId, errorId } = message;
    const isEnded = isFinal(state);
    const told =
      isEnded && c.wantsReport ? this.#parts.audience.of(c.webhookUrl, c, { ...c, resource: c.sender }) : NOBODY;
    const shared = sharedValues(message, claim, isEnded && c.wantsReport && told.length === 0 ? c.acceptedAt : null);
    const { changes, lastInsertRowid } = this.#statements.insertMessages(1).run(...shared, messageId, destination);
    if (changes === 0) return false;
    this.#lastSeq = Number(lastInsertRowid);
    this.#parts.delta().accepted(c.channel, claim?.carrier ?? c.carrier, state, 1);
    if (isEnded && c.channel === "WHATSAPP") this.#parts.failovers.noticeEnd(this.#lastSeq, null, state, c.acceptedAt);
    if (!isEnded && claim === null) this.#parts.bulks.joinPause(this.#lastSeq, c.accountId, c.bulkId, c.acceptedAt);
    for (const to of told) {
      // Whoever submits by SMPP hears of a refusal at once, and a receipt for it would be one too many.
      if (c.webhookKind === "SMPP") break;
      const outcome = { state, statusId, errorId, doneAt: c.acceptedAt };
      this.#parts.webhooks.insert(c.accountId, this.#lastSeq, to, c.webhookKind, outcome, c.acceptedAt);
    }
    return true;
  }

  /**
   * The same for open messages that only differ in their ids and destinations, as many as `rowsAtOnce` gives.
   *
   * @returns false: the account has a message of one of the ids, and none of them is inserted
   */
  insertAlike(messages: readonly NewMessage[], claim: ClaimRequest | null): boolean {
    const [message] = messages;
    if (message === undefined) return false;
    const values = sharedValues(message, claim, null);
    for (const { messageId, destination } of messages) values.push(messageId, destination);
    const result = this.#statements.insertMessages(messages.length).run(...values);
    const [changes, last] = [Number(result.changes), Number(result.lastInsertRowid)];
    // Each seq is one more than that before it.
    const first = last - changes + 1;
    if (changes < messages.length) {
      if (changes > 0) this.#statements.takeBack.run(first, last);
      return false;
    }
    this.#lastSeq = last;
    const { channel, carrier, accountId, bulkId, acceptedAt } = message.common;
    this.#parts.delta().accepted(channel, claim?.carrier ?? carrier, message.state, changes);
    if (claim !== null) return true;
    for (let seq = first; seq <= last; seq += 1) this.#parts.bulks.joinPause(seq, accountId, bulkId, acceptedAt);
    return true;
  }

  /** The id was taken. Tries again when the message that has it is older than what is looked back at. */
  insertAfter(message: NewMessage, lookBackMs: number | null, claim: ClaimRequest | null = null): boolean {
    if (lookBackMs === null) return false;
    const { accountId, acceptedAt } = message.common;
    const { changes } = this.#statements.supersedeMessage.run(accountId, message.messageId, acceptedAt - lookBackMs);
    return changes === 1 && this.insert(message, claim);
  }

  claimDue({ route, carrier, now, leaseUntil, limit }: ClaimRequest): readonly OutboundMessage[] {
    const rows = this.#statements.findDue.all(route, now, now, limit) as unknown as readonly DueRow[];
    const claimed = rows.map((row) => {
      const message = claimedOf(row);
      const before = row[DUE_CARRIER];
      if (before !== carrier) this.#parts.delta().takenOver(message.channel, before, carrier, 1);
      return message;
    });
    claimed.sort((a, b) => a.seq - b.seq);
    for (const { first, last } of spansOf(claimed)) {
      this.#statements.claimMessages.run(carrier, leaseUntil, first, last);
    }
    return claimed;
  }

  /** @throws Error for a move that the table of states forbids */
  move(move: Move): boolean {
    // The same state again only sets a new time to look at it. Anything else that the table forbids is a bug of ours.
    if (move.from !== move.to && !canMove(move.from, move.to))
      throw new Error(`no move from ${move.from} to ${move.to}`);
    if (!isFinal(move.to)) return this.#keepOpen(move);
    const target = this.#statements.findReportTarget.get(move.seq) as ReportTarget | undefined;
    return target !== undefined && this.end(move, target);
  }

  #keepOpen(move: Move): boolean {
    // Asked before the update: it must be told what is new only.
    const target =
      move.intermediateReport === true
        ? (this.#statements.findReportTarget.get(move.seq) as (ReportTarget & { statusId: number }) | undefined)
        : undefined;
    const { changes } = this.#statements.keepOpen.run(
      move.to,
      move.statusId,
      move.errorId,
      isWaiting(move.to) ? (move.dueAt ?? (move.from === move.to ? null : move.at)) : null,
      move.checkAt ?? null,
      move.carrierMessageId ?? null,
      move.submittedAt ?? null,
      move.doubt ?? null,
      move.seq,
      move.from,
      move.attempts,
    );
    if (changes === 1 && move.expiresAt !== undefined) {
      this.#statements.extendMessage.run(move.expiresAt, move.checkAt ?? null, move.seq);
    }
    if (changes === 1 && move.spelledIds !== undefined) {
      this.#statements.spellMessage.run(move.spelledIds[0] ?? null, move.seq);
    }
    if (changes === 1 && target !== undefined && target.statusId !== move.statusId) {
      const told = target.wantsReport === 1 ? this.#parts.audience.of(target.webhookUrl, target, move.seq) : NOBODY;
      this.#bearWebhooks(move, target, told, move.at);
    }
    return changes === 1;
  }

  #bearWebhooks(move: Move, target: ReportTarget, told: readonly (string | Subscriber)[], doneAt: number) {
    if (target.webhookKind === "SMPP") {
      this.#parts.smpp.insertReceipt(target, move, doneAt);
      return this.#parts.webhooks.noticeWaiting();
    }
    const outcome = { state: move.to, statusId: move.statusId, errorId: move.errorId, doneAt };
    for (const [nth, to] of told.entries()) {
      // What was read with the message holds for the first word on its end; the next ones come after that.
      const reported = nth === 0 ? target.reported : undefined;
      this.#parts.webhooks.insert(target.accountId, move.seq, to, target.webhookKind, outcome, move.at, reported);
    }
  }

  /** False: it is not where the move begins, or has ended. */
  end(move: Move, target: ReportTarget): boolean {
    const doneAt = move.doneAt ?? move.at;
    const told = target.wantsReport === 1 ? this.#parts.audience.of(target.webhookUrl, target, move.seq) : NOBODY;
    if (!this.#endRow(move, target, doneAt, told.length === 0 ? move.at : null)) return false;
    this.#parts.delta().moved(target.channel, target.carrier, move.from, move.to);
    this.#bearWebhooks(move, target, told, doneAt);
    if (target.channel === "WHATSAPP") this.#parts.failovers.noticeEnd(move.seq, move.from, move.to, move.at);
    return true;
  }

  #endRow(move: Move, { wantsReport, webhookUrl }: ReportTarget, doneAt: number, reportAt: number | null): boolean {
    const { to, statusId, errorId, doubt, seq, from, attempts, carrierMessageId, submittedAt } = move;
    const { endSubmitted, endMessage, endNamedMessage } = this.#statements;
    const isNamed = carrierMessageId !== undefined || submittedAt !== undefined;
    const isPlain = doubt === undefined && (wantsReport === 0 || webhookUrl !== null);
    if (isPlain && from === "submitted" && !isNamed) {
      return endSubmitted.run(to, statusId, errorId, doneAt, seq, attempts).changes === 1;
    }
    if (isPlain && from === "claimed" && carrierMessageId !== undefined && submittedAt !== undefined) {
      return this.ends.add({ seq, attempts, to, statusId, errorId, doneAt, carrierMessageId, submittedAt });
    }
    const { changes } = !isNamed
      ? endMessage.run(to, statusId, errorId, doneAt, reportAt, doubt ?? null, seq, from, attempts)
      : endNamedMessage.run(
          to,
          statusId,
          errorId,
          doneAt,
          reportAt,
          doubt ?? null,
          seq,
          from,
          attempts,
          carrierMessageId ?? null,
          submittedAt ?? null,
        );
    return changes === 1;
  }
}

/** What a message's row begins with, but for its id and destination, in the order of `insertMessages`. */
function sharedValues(
  { common: c, state, statusId, errorId, dueAt }: NewMessage,
  claim: ClaimRequest | null,
  reportAt: number | null,
): (string | number | null)[] {
  const isEnded = isFinal(state);
  return [
    c.accountId,
    c.bulkId,
    c.channel,
    c.sender,
    c.text,
    c.encoding,
    c.partCount,
    c.options,
    claim === null ? state : "claimed",
    statusId,
    errorId,
    c.route,
    claim?.carrier ?? c.carrier,
    c.acceptedAt,
    state === "held" ? dueAt : c.acceptedAt,
    isEnded ? c.acceptedAt : null,
    c.expiresAt,
    isEnded || claim !== null ? null : dueAt,
    isEnded ? null : (claim?.leaseUntil ?? c.expiresAt),
    reportAt,
    c.callbackData,
    c.applicationId,
    c.entityId,
    c.campaignReferenceId,
    c.webhookUrl,
    c.webhookKind,
    c.wantsReport ? 1 : 0,
    claim === null ? 0 : 1,
  ];
}

/** What `findDue` gives, in its order. */
type DueRow = readonly [
  seq: number,
  accountId: number,
  attempts: number,
  messageId: string,
  channel: OutboundMessage["channel"],
  sender: string,
  destination: string,
  text: string,
  encoding: string,
  partCount: number,
  options: string | null,
  expiresAt: number,
  possibleDuplicate: number,
  carrier: string,
];

const DUE_CARRIER = 13;

/** As it is after its claim. */
function claimedOf(row: DueRow): OutboundMessage {
  return {
    seq: row[0],
    accountId: row[1],
    attempts: row[2] + 1,
    messageId: row[3],
    channel: row[4],
    sender: row[5],
    destination: row[6],
    text: row[7],
    encoding: row[8],
    partCount: row[9],
    options: row[10],
    expiresAt: row[11],
    possibleDuplicate: row[12] === 1,
  };
}

/** Nobody has it, and it may be claimed when its time comes. */
export function isWaiting(state: MessageState): boolean {
  return state === "queued" || state === "held";
}

function prepareAll(database: DatabaseSync) {
  const prepare = (text: string): StatementSync => database.prepare(text);
  return {
    insertMessages: prepareAlike(database, insertMessages),
    takeBack: prepare(takeMessagesBack),
    supersedeMessage: prepare(supersedeMessage),
    anyDue: prepare(anyDue),
    findDue: prepareForArrays(database, findDue),
    claimMessages: prepare(claimMessages),
    keepOpen: prepare(keepOpen),
    spellMessage: prepare(spellMessage),
    extendMessage: prepare(extendMessage),
    endSubmitted: prepare(endSubmitted),
    endMessage: prepare(endMessage),
    endNamedMessage: prepare(endNamedMessage),
    findReportTarget: prepare(findReportTarget),
  };
}
