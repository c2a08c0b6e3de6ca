import type { DatabaseSync, StatementSync } from "node:sqlite";
import { canMove, isFinal, type MessageState } from "../../message/state.ts";
import {
  type ApiKeyRecord,
  type ClaimRequest,
  type DocumentChange,
  type DocumentsChanged,
  type DueWebhook,
  type InsertOptions,
  type InsertResult,
  type MessageRecord,
  type Move,
  type NewEvent,
  type OutboundMessage,
  type PurgeRequest,
  type Receipt,
  type ReceiptOutcome,
  type ReportFilter,
  type RouteChange,
  RECEIPT_CLOCK_STEP_MS,
  RECEIPT_GRACE_MS,
  type WebhookClaim,
  type WebhookResult,
} from "../store.ts";
import type { PackedMessage } from "./packed-message.ts";
import { LedgerDelta } from "./ledger-delta.ts";
import { saveApiKey } from "./statements/api-keys.ts";
import { claimDue } from "./statements/claim-due.ts";
import { countTakenOver } from "./statements/count-taken-over.ts";
import { dropParkedReceipts } from "./statements/drop-parked-receipts.ts";
import { endMessage, findReportTarget } from "./statements/end-message.ts";
import { expireLeases } from "./statements/expire-leases.ts";
import { findByCarrierId } from "./statements/find-by-carrier-id.ts";
import { findClaim } from "./statements/find-claim.ts";
import { insertMessage } from "./statements/insert-message.ts";
import { ledgerCounters } from "./statements/ledger.ts";
import { keepOpen } from "./statements/keep-open.ts";
import { countParkedReceipts, parkReceipt } from "./statements/park-receipt.ts";
import { purgeMessages, purgeParkedReceipts, purgeWebhooks } from "./statements/purge.ts";
import { lastMessage, lastWebhook, messageAtOrAfter, webhookAtOrAfter } from "./statements/rows-by-age.ts";
import { findCarrierOf, moveToRoute } from "./statements/move-to-route.ts";
import { supersedeMessage } from "./statements/supersede-message.ts";
import { takeParkedReceipts } from "./statements/take-parked-receipts.ts";
import { takeReports } from "./statements/take-reports.ts";
import { DocumentWriter } from "./document-writer.ts";
import { RequestWriter } from "./request-writer.ts";
import { Sweep } from "./sweep.ts";
import { WebhookWriter } from "./webhook-writer.ts";

interface ReportTarget {
  readonly accountId: number;
  readonly channel: string;
  readonly carrier: string;
  readonly webhookUrl: string | null;
  readonly webhookKind: string;
  readonly wantsReport: number;
}

interface CarriedRow extends ReportTarget {
  readonly seq: number;
  readonly state: MessageState;
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly submittedAt: number;
}

/**
 * The operations that write, on the store's thread. Each runs inside a transaction that its caller (group-commit.ts)
 * opens and commits, in a savepoint of its own.
 */
export class SqliteWriter {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  /** The ledger's changes of the operation that runs now. */
  #delta = new LedgerDelta();
  #openCount: number;
  #parkedCount: number;
  readonly #webhooks: WebhookWriter;
  readonly #requests: RequestWriter;
  readonly #documents: DocumentWriter;
  readonly #messageSweep: Sweep;
  readonly #webhookSweep: Sweep;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
    this.#webhooks = new WebhookWriter(database);
    this.#requests = new RequestWriter(database);
    this.#documents = new DocumentWriter(database);
    this.#messageSweep = new Sweep(database, { atOrAfter: messageAtOrAfter, last: lastMessage, remove: purgeMessages });
    this.#webhookSweep = new Sweep(database, { atOrAfter: webhookAtOrAfter, last: lastWebhook, remove: purgeWebhooks });
    this.#openCount = this.#countOpenFromLedger();
    this.#parkedCount = Number(database.prepare(countParkedReceipts).get()?.["count"] ?? 0);
  }

  /** Runs one operation in its savepoint: it is done whole, or it leaves nothing behind. */
  runInSavepoint<Result>(operation: () => Result): Result {
    const parkedCount = this.#parkedCount;
    const openCount = this.#openCount;
    this.#delta = new LedgerDelta();
    this.#database.exec("savepoint operation");
    try {
      const result = operation();
      this.#delta.write(this.#statements.addToLedger);
      this.#database.exec("release operation");
      return result;
    } catch (error) {
      this.#parkedCount = parkedCount;
      this.#openCount = openCount;
      // A full disk may have ended the whole transaction already; then there is no savepoint to go back to.
      if (this.#database.isTransaction) this.#database.exec("rollback to operation; release operation");
      throw error;
    }
  }

  /** After a transaction that could not be committed: what was counted in memory did not happen. */
  recount() {
    this.#openCount = this.#countOpenFromLedger();
    this.#parkedCount = Number(this.#database.prepare(countParkedReceipts).get()?.["count"] ?? 0);
  }

  /** The port's `insertMessages`, with the messages packed for their way between the threads. */
  insertMessages(messages: readonly PackedMessage[], options: InsertOptions = {}): InsertResult {
    const { requests = [], duplicateLookBackMs = null } = options;
    // The keys first: the messages of a request whose key is taken are not even tried.
    const ids = requests.map((request) => this.#requests.insert(request));
    const isBarred = (index: number) =>
      requests.some(({ from, until }, nth) => ids[nth] === null && index >= from && index < until);
    const hasBarred = ids.includes(null);
    const inserted = messages.map((message, index) => {
      if (hasBarred && isBarred(index)) return false;
      return this.#insertMessage(message) || this.#insertAfter(message, duplicateLookBackMs);
    });
    for (const [nth, request] of requests.entries()) {
      const id = ids[nth] ?? null;
      if (id !== null) this.#requests.settle(id, request, inserted);
    }
    this.#openCount += this.#delta.open;
    const result = { inserted, openCount: this.#openCount };
    return requests.length === 0 ? result : { ...result, keysFree: ids.map((id) => id !== null) };
  }

  #insertMessage({ common: c, messageId, destination, state, statusId, errorId, dueAt }: PackedMessage): boolean {
    const isEnded = isFinal(state);
    const { changes, lastInsertRowid } = this.#statements.insertMessage.run(
      c.accountId,
      messageId,
      c.bulkId,
      c.channel,
      c.sender,
      destination,
      c.text,
      c.encoding,
      c.partCount,
      c.optionsJson,
      state,
      statusId,
      errorId,
      c.route,
      c.carrier,
      c.acceptedAt,
      state === "held" ? dueAt : c.acceptedAt,
      isEnded ? c.acceptedAt : null,
      c.expiresAt,
      isEnded ? null : dueAt,
      isEnded ? null : c.expiresAt,
      isEnded && c.wantsReport && c.webhookUrl === null ? c.acceptedAt : null,
      c.callbackData,
      c.applicationId,
      c.entityId,
      c.campaignReferenceId,
      c.webhookUrl,
      c.webhookKind,
      c.wantsReport ? 1 : 0,
    );
    if (changes === 0) return false;
    this.#delta.accepted(c.channel, c.carrier, state);
    if (isEnded && c.wantsReport && c.webhookUrl !== null) {
      const outcome = { state, statusId, errorId, doneAt: c.acceptedAt };
      this.#webhooks.insert(c.accountId, Number(lastInsertRowid), c.webhookUrl, c.webhookKind, outcome, c.acceptedAt);
    }
    return true;
  }

  /** The id was taken. Tries again when the message that has it is older than what is looked back at. */
  #insertAfter(message: PackedMessage, lookBackMs: number | null): boolean {
    if (lookBackMs === null) return false;
    const { accountId, acceptedAt } = message.common;
    const { changes } = this.#statements.supersedeMessage.run(accountId, message.messageId, acceptedAt - lookBackMs);
    return changes === 1 && this.#insertMessage(message);
  }

  claimDue(request: ClaimRequest): readonly OutboundMessage[] {
    const { leaseUntil: _, ...due } = request;
    for (const row of this.#statements.countTakenOver.all(due)) {
      const { channel, carrier, count } = row as { channel: string; carrier: string; count: number };
      this.#delta.takenOver(channel, carrier, request.carrier, count);
    }
    const rows = this.#statements.claimDue.all({ ...request }) as unknown as (Omit<
      OutboundMessage,
      "possibleDuplicate"
    > & { possibleDuplicate: number })[];
    // `returning` gives no order.
    rows.sort((a, b) => a.seq - b.seq);
    return rows.map((row) => ({ ...row, possibleDuplicate: row.possibleDuplicate === 1 }));
  }

  moveMessages(moves: readonly Move[]): readonly boolean[] {
    const moved = moves.map((move) => {
      if (!this.#move(move)) return false;
      if (move.carrierMessageId !== undefined && this.#parkedCount > 0) this.#matchParked(move);
      return true;
    });
    this.#openCount += this.#delta.open;
    return moved;
  }

  #move(move: Move): boolean {
    // The same state again only sets a new time to look at it. Anything else that the table forbids is a bug of ours.
    if (move.from !== move.to && !canMove(move.from, move.to))
      throw new Error(`no move from ${move.from} to ${move.to}`);
    if (!isFinal(move.to)) return this.#keepOpen(move);
    const target = this.#statements.findReportTarget.get(move.seq) as ReportTarget | undefined;
    return target !== undefined && this.#end(move, target);
  }

  #keepOpen(move: Move): boolean {
    const isWaiting = move.to === "queued" || move.to === "held";
    const { changes } = this.#statements.keepOpen.run(
      move.to,
      move.statusId,
      move.errorId,
      isWaiting ? (move.dueAt ?? (move.from === move.to ? null : move.at)) : null,
      move.checkAt ?? null,
      move.carrierMessageId ?? null,
      move.submittedAt ?? null,
      move.doubt ?? null,
      move.seq,
      move.from,
      move.attempts,
    );
    return changes === 1;
  }

  #end(move: Move, target: ReportTarget): boolean {
    const doneAt = move.doneAt ?? move.at;
    const { changes } = this.#statements.endMessage.run(
      move.to,
      move.statusId,
      move.errorId,
      doneAt,
      move.at,
      move.carrierMessageId ?? null,
      move.submittedAt ?? null,
      move.doubt ?? null,
      move.seq,
      move.from,
      move.attempts,
    );
    if (changes === 0) return false;
    this.#delta.moved(target.channel, target.carrier, move.from, move.to);
    if (target.wantsReport === 1 && target.webhookUrl !== null) {
      const outcome = { state: move.to, statusId: move.statusId, errorId: move.errorId, doneAt };
      this.#webhooks.insert(target.accountId, move.seq, target.webhookUrl, target.webhookKind, outcome, move.at);
    }
    return true;
  }

  moveToRoutes(changes: readonly RouteChange[]): number {
    let moved = 0;
    for (const { seq, from, route, carrier } of changes) {
      const before = this.#statements.findCarrierOf.get(seq) as { channel: string; carrier: string } | undefined;
      if (before === undefined || this.#statements.moveToRoute.run({ seq, from, route, carrier }).changes === 0)
        continue;
      moved += 1;
      if (before.carrier !== carrier) this.#delta.takenOver(before.channel, before.carrier, carrier, 1);
    }
    return moved;
  }

  applyReceipts(receipts: readonly Receipt[], now: number, parkedMax: number): readonly ReceiptOutcome[] {
    const outcomes = receipts.map((receipt) => {
      const outcome = this.#applyReceipt(receipt, now);
      if (outcome === "parked") this.#park(receipt, now);
      return outcome;
    });
    if (this.#parkedCount > parkedMax) {
      const { changes } = this.#statements.dropParkedReceipts.run(this.#parkedCount - parkedMax);
      this.#parkedCount -= Number(changes);
    }
    this.#openCount += this.#delta.open;
    return outcomes;
  }

  #applyReceipt(receipt: Receipt, now: number): ReceiptOutcome {
    const found = this.#findSubmittedLast(receipt, now);
    if (found === undefined) return "parked";
    if (!canMove(found.state, receipt.state)) return "ignored";
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
    };
    this.#end(move, found);
    return "applied";
  }

  #findSubmittedLast(receipt: Receipt, now: number): CarriedRow | undefined {
    const rows = this.#statements.findByCarrierId.all(
      receipt.carrierMessageId,
      receipt.carrier,
      now - RECEIPT_GRACE_MS,
    ) as unknown as CarriedRow[];
    // The newest come first, so the newest of equals stays.
    return rows.reduce<CarriedRow | undefined>(
      (last, row) => (last === undefined || row.submittedAt > last.submittedAt ? row : last),
      undefined,
    );
  }

  #park(receipt: Receipt, now: number) {
    this.#statements.parkReceipt.run(
      receipt.carrier,
      receipt.carrierMessageId,
      receipt.state,
      receipt.statusId,
      receipt.errorId,
      receipt.doneAt,
      now,
    );
    this.#parkedCount += 1;
  }

  #matchParked(move: Move) {
    const message = this.#statements.findClaim.get(move.seq) as { carrier: string; acceptedAt: number };
    const parked = this.#statements.takeParkedReceipts.all(
      move.carrierMessageId ?? "",
      message.carrier,
      message.acceptedAt - RECEIPT_CLOCK_STEP_MS,
    ) as unknown as (Receipt & {
      id: number;
    })[];
    this.#parkedCount -= parked.length;
    parked.sort((a, b) => a.id - b.id);
    for (const receipt of parked) this.#applyReceipt(receipt, move.at);
  }

  expireLeases(now: number): number {
    this.#webhooks.expireLeases(now);
    return Number(this.#statements.expireLeases.run({ now }).changes);
  }

  takeReports(filter: ReportFilter): readonly MessageRecord[] {
    const rows = this.#statements.takeReports.all({
      accountId: filter.accountId,
      channel: filter.channel,
      since: filter.since,
      limit: filter.limit,
      bulkId: filter.bulkId ?? null,
      messageId: filter.messageId ?? null,
      applicationId: filter.applicationId ?? null,
      entityId: filter.entityId ?? null,
      campaignReferenceId: filter.campaignReferenceId ?? null,
    }) as unknown as MessageRecord[];
    return rows.sort((a, b) => (a.doneAt ?? 0) - (b.doneAt ?? 0) || a.seq - b.seq);
  }

  claimWebhooks(claim: WebhookClaim): readonly DueWebhook[] {
    return this.#webhooks.claim(claim);
  }

  settleWebhooks(results: readonly WebhookResult[]) {
    this.#webhooks.settle(results);
  }

  saveApiKey(key: ApiKeyRecord) {
    this.#statements.saveApiKey.run({ ...key, scopes: JSON.stringify(key.scopes) });
  }

  insertEvents(events: readonly NewEvent[]) {
    for (const event of events) this.#webhooks.insertEvent(event);
  }

  changeDocuments(changes: readonly DocumentChange[]): DocumentsChanged {
    return this.#documents.change(changes);
  }

  purge(request: PurgeRequest): number {
    // Webhooks first: they hold their messages.
    const removed = this.#webhookSweep.run(request) + this.#messageSweep.run(request);
    const parked = Number(
      this.#statements.purgeParkedReceipts.run({ before: request.before, limit: request.limit }).changes,
    );
    this.#parkedCount -= parked;
    const requests = this.#requests.purge(request.requestsBefore ?? request.before, request.limit);
    return removed + parked + requests;
  }

  #countOpenFromLedger(): number {
    const rows = this.#database.prepare(ledgerCounters).all();
    return rows.reduce(
      (open, row) =>
        open +
        Number(row["accepted"]) -
        Number(row["delivered"]) -
        Number(row["undeliverable"]) -
        Number(row["expired"]) -
        Number(row["rejected"]) -
        Number(row["canceled"]),
      0,
    );
  }
}

function prepareAll(database: DatabaseSync) {
  const prepare = (text: string): StatementSync => database.prepare(text);
  return {
    insertMessage: prepare(insertMessage),
    supersedeMessage: prepare(supersedeMessage),
    claimDue: prepare(claimDue),
    keepOpen: prepare(keepOpen),
    endMessage: prepare(endMessage),
    findReportTarget: prepare(findReportTarget),
    countTakenOver: prepare(countTakenOver),
    findClaim: prepare(findClaim),
    findCarrierOf: prepare(findCarrierOf),
    moveToRoute: prepare(moveToRoute),
    dropParkedReceipts: prepare(dropParkedReceipts),
    findByCarrierId: prepare(findByCarrierId),
    parkReceipt: prepare(parkReceipt),
    takeParkedReceipts: prepare(takeParkedReceipts),
    expireLeases: prepare(expireLeases),
    takeReports: prepare(takeReports),
    saveApiKey: prepare(saveApiKey),
    purgeParkedReceipts: prepare(purgeParkedReceipts),
    addToLedger: LedgerDelta.prepare(database),
  };
}
