import type { DatabaseSync, StatementSync } from "node:sqlite";
import { canMove, isFinal, type MessageState } from "../../message/state.ts";
import {
  type ApiKeyRecord,
  type AppliedReceipts,
  type BulkChanged,
  type BulkReschedule,
  type BulkStatusChange,
  type BlocklistEntry,
  type BlocklistRemoval,
  type ClaimRequest,
  type DocumentChange,
  type DocumentsChanged,
  type DueWebhook,
  type InsertOptions,
  type InsertResult,
  type MessageRecord,
  type Move,
  type NewEvent,
  type NumberLookup,
  type OutboundMessage,
  type PurgeRequest,
  type Receipt,
  type ReportFilter,
  type ReceiverState,
  type ShortLinkClick,
  type RouteChange,
  type WebhookClaim,
  type WebhookReplay,
  type WebhookResult,
} from "../store.ts";
import type { Inbox, InboxFilter, InboundResult, KeepPartsOptions, NewInboundPart, PartOutcome } from "../inbound.ts";
import type { SmppDelivery, SmppDeliveryClaim, SmppDeliveryResult } from "../smpp-deliveries.ts";
import type { Rematch, Rematched } from "../unmatched-receipts.ts";
import type { PackedFailover, PackedInbound, PackedMessage } from "./packed-message.ts";
import { countOpen, LedgerDelta } from "./ledger-delta.ts";
import { saveApiKey } from "./statements/api-keys.ts";
import { claimDue } from "./statements/claim-due.ts";
import { countTakenOver } from "./statements/count-taken-over.ts";
import { endMessage, findReportTarget } from "./statements/end-message.ts";
import { expireLeases } from "./statements/expire-leases.ts";
import { insertMessage } from "./statements/insert-message.ts";
import { extendMessage, keepOpen } from "./statements/keep-open.ts";
import { purgeMessages, purgeWebhooks } from "./statements/purge.ts";
import { lastMessage, lastWebhook, messageAtOrAfter, webhookAtOrAfter } from "./statements/rows-by-age.ts";
import { convertMessage } from "./statements/convert-message.ts";
import { supersedeMessage } from "./statements/supersede-message.ts";
import { takeReports } from "./statements/take-reports.ts";
import { BlocklistWriter } from "./blocklist-writer.ts";
import { BulkWriter } from "./bulk-writer.ts";
import { DocumentWriter } from "./document-writer.ts";
import { FailoverWriter } from "./failover-writer.ts";
import { InboundWriter } from "./inbound-writer.ts";
import { LookupWriter } from "./lookup-writer.ts";
import { ReceiptWriter, type ReportTarget } from "./receipt-writer.ts";
import { NOBODY, ReportAudience } from "./report-audience.ts";
import { RequestWriter } from "./request-writer.ts";
import { RouteWriter } from "./route-writer.ts";
import { type SeenBy, SeenWriter } from "./seen-writer.ts";
import { ShortLinkWriter } from "./short-link-writer.ts";
import { type Subscriber, SubscriptionIndex } from "./subscription-index.ts";
import { SmppDeliveryWriter } from "./smpp-delivery-writer.ts";
import { Sweep } from "./sweep.ts";
import { WebhookWriter } from "./webhook-writer.ts";

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
  readonly #webhooks: WebhookWriter;
  readonly #requests: RequestWriter;
  readonly #receipts: ReceiptWriter;
  readonly #routes: RouteWriter;
  readonly #documents: DocumentWriter;
  readonly #bulks: BulkWriter;
  readonly #shortLinks: ShortLinkWriter;
  /** Of the message inserted last. */
  #lastSeq = 0;
  readonly #inbound: InboundWriter;
  readonly #blocklist: BlocklistWriter;
  readonly #lookups: LookupWriter;
  readonly #smpp: SmppDeliveryWriter;
  readonly #failovers: FailoverWriter;
  readonly #subscriptions: SubscriptionIndex;
  readonly #audience: ReportAudience;
  readonly #messageSweep: Sweep;
  readonly #webhookSweep: Sweep;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
    this.#webhooks = new WebhookWriter(database);
    this.#requests = new RequestWriter(database);
    this.#documents = new DocumentWriter(database);
    this.#bulks = new BulkWriter(database, (move) => this.#move(move));
    this.#shortLinks = new ShortLinkWriter(database);
    this.#smpp = new SmppDeliveryWriter(database);
    this.#failovers = new FailoverWriter(database, (sms) => (this.#insertMessage(sms) ? this.#lastSeq : null));
    this.#inbound = new InboundWriter(database, {
      insertEvent: (event) => this.#insertEvent(event),
      insertSmppDelivery: (message) => this.#smpp.insertInbound(message),
      insertMessages: (messages) => void this.insertMessages(messages),
      openCount: () => this.#openCount,
    });
    this.#blocklist = new BlocklistWriter(database);
    this.#lookups = new LookupWriter(database);
    this.#subscriptions = new SubscriptionIndex(database);
    this.#audience = new ReportAudience(database, this.#subscriptions);
    this.#messageSweep = new Sweep(database, { atOrAfter: messageAtOrAfter, last: lastMessage, remove: purgeMessages });
    this.#webhookSweep = new Sweep(database, { atOrAfter: webhookAtOrAfter, last: lastWebhook, remove: purgeWebhooks });
    this.#openCount = countOpen(this.#database);
    this.#routes = new RouteWriter(database, (channel, from, to) => this.#delta.takenOver(channel, from, to, 1));
    const seenBy: SeenBy = (target, seq) => this.#audience.of(target.webhookUrl, target, seq, "SEEN");
    const seen = new SeenWriter(database, this.#webhooks, seenBy);
    this.#receipts = new ReceiptWriter(database, (move, target) => this.#end(move, target), seen);
  }

  /** Runs one operation in its savepoint: it is done whole, or it leaves nothing behind. */
  runInSavepoint<Result>(operation: () => Result): Result {
    const { parkedCount } = this.#receipts;
    const openCount = this.#openCount;
    const subscriptionChanges = this.#subscriptions.changes;
    this.#delta = new LedgerDelta();
    this.#database.exec("savepoint operation");
    try {
      const result = operation();
      this.#delta.write(this.#statements.addToLedger);
      this.#database.exec("release operation");
      return result;
    } catch (error) {
      this.#receipts.restore(parkedCount);
      this.#openCount = openCount;
      // A full disk may have ended the whole transaction already; then there is no savepoint to go back to.
      if (this.#database.isTransaction) this.#database.exec("rollback to operation; release operation");
      this.#bulks.recount();
      this.#webhooks.forget();
      if (this.#subscriptions.changes !== subscriptionChanges) this.#subscriptions.reload();
      throw error;
    }
  }

  /** After a transaction that could not be committed: what was counted in memory did not happen. */
  recount() {
    this.#openCount = countOpen(this.#database);
    this.#receipts.recount();
    this.#bulks.recount();
    this.#webhooks.forget();
    this.#subscriptions.reload();
  }

  /** The port's `insertMessages`, with the messages packed for their way between the threads. */
  insertMessages(messages: readonly PackedMessage[], options: InsertOptions = {}): InsertResult {
    const { requests = [], duplicateLookBackMs = null, shortLinks = [] } = options;
    const seqs = shortLinks.length === 0 ? null : new Map<number, number>();
    // The keys first: the messages of a request whose key is taken are not even tried.
    const ids = requests.map((request) => this.#requests.insert(request));
    const isBarred = (index: number) =>
      requests.some(({ from, until }, nth) => ids[nth] === null && index >= from && index < until);
    const hasBarred = ids.includes(null);
    const inserted = messages.map((message, index) => {
      if (hasBarred && isBarred(index)) return false;
      const isInserted = this.#insertMessage(message) || this.#insertAfter(message, duplicateLookBackMs);
      if (seqs !== null && isInserted) seqs.set(index, this.#lastSeq);
      return isInserted;
    });
    for (const link of shortLinks) {
      const seq = seqs?.get(link.message);
      if (seq !== undefined) this.#shortLinks.insert(link, seq);
    }
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
    const told = isEnded && c.wantsReport ? this.#audience.of(c.webhookUrl, c, { ...c, resource: c.sender }) : NOBODY;
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
      isEnded && c.wantsReport && told.length === 0 ? c.acceptedAt : null,
      c.callbackData,
      c.applicationId,
      c.entityId,
      c.campaignReferenceId,
      c.webhookUrl,
      c.webhookKind,
      c.wantsReport ? 1 : 0,
    );
    if (changes === 0) return false;
    this.#lastSeq = Number(lastInsertRowid);
    this.#delta.accepted(c.channel, c.carrier, state);
    if (isEnded && c.channel === "WHATSAPP") this.#failovers.noticeEnd(this.#lastSeq, null, state, c.acceptedAt);
    if (!isEnded) this.#bulks.joinPause(this.#lastSeq, c.accountId, c.bulkId, c.acceptedAt);
    for (const to of told) {
      // Whoever submits by SMPP hears of a refusal at once, and a receipt for it would be one too many.
      if (c.webhookKind === "SMPP") break;
      const outcome = { state, statusId, errorId, doneAt: c.acceptedAt };
      this.#webhooks.insert(c.accountId, this.#lastSeq, to, c.webhookKind, outcome, c.acceptedAt);
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
    const moved = moves.map((asked) => {
      const isReturning = isWaiting(asked.to) && !isWaiting(asked.from);
      const move = isReturning ? this.#bulks.returning(asked) : asked;
      if (!this.#move(move)) return false;
      if (move.carrierMessageId !== undefined) this.#receipts.submitted(move);
      if (isReturning && isWaiting(move.to)) this.#bulks.rejoin(move);
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
    if (changes === 1 && target !== undefined && target.statusId !== move.statusId) {
      const told = target.wantsReport === 1 ? this.#audience.of(target.webhookUrl, target, move.seq) : NOBODY;
      this.#bearWebhooks(move, target, told, move.at);
    }
    return changes === 1;
  }

  #bearWebhooks(move: Move, target: ReportTarget, told: readonly (string | Subscriber)[], doneAt: number) {
    if (target.webhookKind === "SMPP") return this.#smpp.insertReceipt(target, move, doneAt);
    for (const to of told) {
      const outcome = { state: move.to, statusId: move.statusId, errorId: move.errorId, doneAt };
      this.#webhooks.insert(target.accountId, move.seq, to, target.webhookKind, outcome, move.at);
    }
  }

  #end(move: Move, target: ReportTarget): boolean {
    const doneAt = move.doneAt ?? move.at;
    const told = target.wantsReport === 1 ? this.#audience.of(target.webhookUrl, target, move.seq) : NOBODY;
    const { changes } = this.#statements.endMessage.run(
      move.to,
      move.statusId,
      move.errorId,
      doneAt,
      told.length === 0 ? move.at : null,
      move.carrierMessageId ?? null,
      move.submittedAt ?? null,
      move.doubt ?? null,
      move.seq,
      move.from,
      move.attempts,
    );
    if (changes === 0) return false;
    this.#delta.moved(target.channel, target.carrier, move.from, move.to);
    this.#bearWebhooks(move, target, told, doneAt);
    if (target.channel === "WHATSAPP") this.#failovers.noticeEnd(move.seq, move.from, move.to, move.at);
    return true;
  }

  makeFailovers(failovers: readonly PackedFailover[]): readonly boolean[] {
    const made = this.#failovers.make(failovers);
    this.#openCount += this.#delta.open;
    return made;
  }

  moveToRoutes(changes: readonly RouteChange[]): number {
    return this.#routes.move(changes);
  }

  applyReceipts(receipts: readonly Receipt[], now: number, parkedMax: number): AppliedReceipts {
    const applied = this.#receipts.apply(receipts, now, parkedMax);
    this.#openCount += this.#delta.open;
    return applied;
  }

  rematchReceipts(rematch: Rematch): Rematched {
    const result = this.#receipts.rematch(rematch);
    this.#openCount += this.#delta.open;
    return result;
  }

  expireLeases(now: number): number {
    this.#webhooks.expireLeases(now);
    this.#smpp.expireLeases(now);
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

  settleWebhooks(results: readonly WebhookResult[], receiver?: ReceiverState) {
    this.#webhooks.settle(results, receiver);
  }

  claimSmppDeliveries(claim: SmppDeliveryClaim): readonly SmppDelivery[] {
    return this.#smpp.claim(claim);
  }

  settleSmppDeliveries(results: readonly SmppDeliveryResult[]) {
    this.#smpp.settle(results);
  }

  replayWebhooks(replay: WebhookReplay): number {
    return this.#webhooks.replay(replay);
  }

  saveApiKey(key: ApiKeyRecord) {
    const limits = key.limits === undefined ? null : JSON.stringify(key.limits);
    this.#statements.saveApiKey.run({ ...key, scopes: JSON.stringify(key.scopes), limits });
  }

  insertEvents(events: readonly NewEvent[]): readonly number[] {
    return events.map((event) => this.#insertEvent(event));
  }

  /** @returns to how many it is told */
  #insertEvent(event: NewEvent): number {
    const told = event.url === null ? this.#subscriptions.match(event) : [event.url];
    for (const to of told) this.#webhooks.insertEvent(event, to);
    return told.length;
  }

  recordClicks(clicks: readonly ShortLinkClick[]) {
    for (const click of clicks) {
      if (this.#shortLinks.countClick(click) && click.event !== null) this.insertEvents([click.event]);
    }
  }

  changeDocuments(changes: readonly DocumentChange[], events: readonly NewEvent[] = []): DocumentsChanged {
    const result = this.#documents.change(changes);
    if (!result.isDone) return result;
    this.#subscriptions.apply(changes);
    this.insertEvents(events);
    return result;
  }

  changeBulkStatus(change: BulkStatusChange): BulkChanged {
    const changed = this.#bulks.changeStatus(change);
    this.#openCount += this.#delta.open;
    return changed;
  }

  rescheduleBulk(change: BulkReschedule): BulkChanged {
    return this.#bulks.reschedule(change);
  }

  confirmConversion(accountId: number, messageId: string, at: number): boolean {
    return this.#statements.convertMessage.run(at, accountId, messageId).changes === 1;
  }

  storeInbound(inbound: readonly PackedInbound[]): readonly InboundResult[] {
    return this.#inbound.store(inbound);
  }

  takeInbox(filter: InboxFilter): Inbox {
    return this.#inbound.takeInbox(filter);
  }

  keepInboundParts(parts: readonly NewInboundPart[], options: KeepPartsOptions): readonly PartOutcome[] {
    return this.#inbound.keepParts(parts, options);
  }

  addToBlocklist(entries: readonly BlocklistEntry[]): number {
    return this.#blocklist.add(entries);
  }

  removeFromBlocklist(removals: readonly BlocklistRemoval[]): number {
    return this.#blocklist.remove(removals);
  }

  insertLookups(lookups: readonly NumberLookup[], events: readonly NewEvent[]) {
    this.#lookups.insert(lookups);
    this.insertEvents(events);
  }

  purge(request: PurgeRequest): number {
    // Webhooks first: they hold their messages.
    const removed = this.#webhookSweep.run(request) + this.#messageSweep.run(request);
    const parked = this.#receipts.purge(request.before, request.limit);
    const requests = this.#requests.purge(request.requestsBefore ?? request.before, request.limit);
    const bulks = this.#bulks.purge(request.before, request.limit);
    const inbound = this.#inbound.purge(request.before, request.limit);
    const lookups = this.#lookups.purge(request.lookupsBefore ?? request.before, request.limit);
    const smpp = this.#smpp.purge(request.before, request.limit);
    return removed + parked + requests + bulks + inbound + lookups + smpp;
  }
}

function isWaiting(state: MessageState): boolean {
  return state === "queued" || state === "held";
}

function prepareAll(database: DatabaseSync) {
  const prepare = (text: string): StatementSync => database.prepare(text);
  return {
    insertMessage: prepare(insertMessage),
    supersedeMessage: prepare(supersedeMessage),
    claimDue: prepare(claimDue),
    keepOpen: prepare(keepOpen),
    extendMessage: prepare(extendMessage),
    endMessage: prepare(endMessage),
    findReportTarget: prepare(findReportTarget),
    countTakenOver: prepare(countTakenOver),
    expireLeases: prepare(expireLeases),
    takeReports: prepare(takeReports),
    saveApiKey: prepare(saveApiKey),
    convertMessage: prepare(convertMessage),
    addToLedger: LedgerDelta.prepare(database),
  };
}
