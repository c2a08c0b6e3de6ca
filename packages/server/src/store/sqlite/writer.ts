import type { DatabaseSync, StatementSync } from "node:sqlite";
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
  type NewFailover,
  type NewMessage,
  type NumberLookup,
  type OutboundMessage,
  type PurgeRequest,
  type PushOffer,
  type Receipt,
  type ReportFilter,
  type ReceiverState,
  type ShortLinkClick,
  type RouteChange,
  type WebhookClaim,
  type WebhookReplay,
  type WebhookResult,
} from "../store.ts";
import type {
  Inbox,
  InboxFilter,
  InboundResult,
  KeepPartsOptions,
  NewInbound,
  NewInboundPart,
  PartOutcome,
} from "../inbound.ts";
import type { SmppDelivery, SmppDeliveryClaim, SmppDeliveryResult } from "../smpp-deliveries.ts";
import type { Rematch, Rematched } from "../unmatched-receipts.ts";
import { isFinal } from "../../message/state.ts";
import { countOpen, LedgerDelta } from "./ledger-delta.ts";
import { saveApiKey } from "./statements/api-keys.ts";
import { expireLeases } from "./statements/expire-leases.ts";
import { purgeMessages, purgeWebhooks } from "./statements/purge.ts";
import { lastMessage, lastWebhook, messageAtOrAfter, webhookAtOrAfter } from "./statements/rows-by-age.ts";
import { convertMessage } from "./statements/convert-message.ts";
import { takeReports } from "./statements/take-reports.ts";
import { BlocklistWriter } from "./blocklist-writer.ts";
import { BulkWriter } from "./bulk-writer.ts";
import { ClaimsUnderWay } from "./claims-under-way.ts";
import { DocumentWriter } from "./document-writer.ts";
import { FailoverWriter } from "./failover-writer.ts";
import { InboundWriter } from "./inbound-writer.ts";
import { LookupWriter } from "./lookup-writer.ts";
import { MessageInserter } from "./message-inserter.ts";
import { isWaiting, MessageWriter } from "./message-writer.ts";
import type { ReportTarget } from "./carried-row.ts";
import { ReceiptWriter } from "./receipt-writer.ts";
import { ReportAudience } from "./report-audience.ts";
import { RequestWriter } from "./request-writer.ts";
import { RouteWriter } from "./route-writer.ts";
import { type SeenBy, SeenWriter } from "./seen-writer.ts";
import { ShortLinkWriter } from "./short-link-writer.ts";
import { SubscriptionIndex } from "./subscription-index.ts";
import { SmppDeliveryWriter } from "./smpp-delivery-writer.ts";
import { Sweep } from "./sweep.ts";
import { WebhookWriter } from "./webhook-writer.ts";

/**
 * The operations that write, on the store's thread. Each runs inside a transaction that its caller (group-commit.ts)
 * opens and commits, where it is needed in a savepoint of its own.
 */
export class SqliteWriter {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  /** The ledger's changes of the operation that runs now. */
  #delta = new LedgerDelta();
  #openCount: number;
  readonly #messages: MessageWriter;
  readonly #inserter: MessageInserter;
  readonly #claims: ClaimsUnderWay;
  readonly #webhooks: WebhookWriter;
  readonly #requests: RequestWriter;
  readonly #receipts: ReceiptWriter;
  readonly #routes: RouteWriter;
  readonly #documents: DocumentWriter;
  readonly #bulks: BulkWriter;
  readonly #shortLinks: ShortLinkWriter;
  readonly #inbound: InboundWriter;
  readonly #blocklist: BlocklistWriter;
  readonly #lookups: LookupWriter;
  readonly #smpp: SmppDeliveryWriter;
  readonly #failovers: FailoverWriter;
  readonly #subscriptions: SubscriptionIndex;
  readonly #messageSweep: Sweep;
  readonly #webhookSweep: Sweep;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
    this.#webhooks = new WebhookWriter(database);
    this.#requests = new RequestWriter(database);
    this.#documents = new DocumentWriter(database);
    this.#bulks = new BulkWriter(database, (move) => this.#messages.move(move));
    this.#shortLinks = new ShortLinkWriter(database);
    this.#smpp = new SmppDeliveryWriter(database);
    this.#failovers = new FailoverWriter(database, this.#shortLinks, (sms) =>
      this.#messages.insert(sms) ? this.#messages.lastSeq : null,
    );
    this.#inbound = new InboundWriter(database, {
      insertEvent: (event) => this.#insertEvent(event),
      insertSmppDelivery: (message) => this.#smpp.insertInbound(message),
      insertMessages: (messages) => void this.insertMessages(messages),
      openCount: () => this.#openCount,
    });
    this.#blocklist = new BlocklistWriter(database);
    this.#lookups = new LookupWriter(database);
    this.#subscriptions = new SubscriptionIndex(database);
    const audience = new ReportAudience(database, this.#subscriptions);
    this.#messages = new MessageWriter(database, {
      delta: () => this.#delta,
      audience,
      webhooks: this.#webhooks,
      smpp: this.#smpp,
      bulks: this.#bulks,
      failovers: this.#failovers,
    });
    this.#messageSweep = new Sweep(database, { atOrAfter: messageAtOrAfter, last: lastMessage, remove: purgeMessages });
    this.#webhookSweep = new Sweep(database, { atOrAfter: webhookAtOrAfter, last: lastWebhook, remove: purgeWebhooks });
    this.#openCount = countOpen(this.#database);
    this.#routes = new RouteWriter(database, (channel, from, to) => this.#delta.takenOver(channel, from, to, 1));
    const seenBy: SeenBy = (target, seq) => audience.of(target.webhookUrl, target, seq, "SEEN");
    const seen = new SeenWriter(database, this.#webhooks, seenBy);
    const moveBy = (move: Move, target: ReportTarget) =>
      isFinal(move.to) ? this.#messages.end(move, target) : this.#messages.move(move);
    this.#claims = new ClaimsUnderWay(database);
    this.#receipts = new ReceiptWriter(database, moveBy, { seen, claims: this.#claims, ends: this.#messages.ends });
    this.#inserter = new MessageInserter({
      messages: this.#messages,
      requests: this.#requests,
      shortLinks: this.#shortLinks,
      underWay: this.#claims,
    });
  }

  /** Runs one operation. When it throws, the transaction is to be undone, and then `recount` called. */
  run<Result>(operation: () => Result): Result {
    this.#delta = new LedgerDelta();
    const result = operation();
    this.#delta.write(this.#statements.addToLedger);
    return result;
  }

  /** Runs one operation in its savepoint: it is done whole, or it leaves nothing behind. */
  runInSavepoint<Result>(operation: () => Result): Result {
    const { parkedCount } = this.#receipts;
    const openCount = this.#openCount;
    const subscriptionChanges = this.#subscriptions.changes;
    this.#database.exec("savepoint operation");
    try {
      const result = this.run(operation);
      this.#database.exec("release operation");
      return result;
    } catch (error) {
      this.#receipts.restore(parkedCount);
      this.#claims.forget();
      this.#openCount = openCount;
      // A full disk may have ended the whole transaction already; then there is no savepoint to go back to.
      if (this.#database.isTransaction) this.#database.exec("rollback to operation; release operation");
      this.#bulks.recount();
      this.#webhooks.forget();
      this.#messages.ends.forget();
      if (this.#subscriptions.changes !== subscriptionChanges) this.#subscriptions.reload();
      throw error;
    }
  }

  /** After a transaction that was undone: what was counted in memory did not happen. */
  recount() {
    this.#openCount = countOpen(this.#database);
    this.#receipts.recount();
    this.#claims.forget();
    this.#bulks.recount();
    this.#webhooks.forget();
    this.#messages.ends.forget();
    this.#subscriptions.reload();
  }

  insertMessages(messages: readonly NewMessage[], options: InsertOptions = {}): InsertResult {
    const result = this.#inserter.insert(messages, options);
    this.#openCount += this.#delta.open;
    return { ...result, openCount: this.#openCount };
  }

  claimDue(request: ClaimRequest): readonly OutboundMessage[] {
    const claimed = this.#messages.claimDue(request);
    this.#claims.note(claimed);
    return claimed;
  }

  moveMessages(moves: readonly Move[]): readonly boolean[] {
    const moved = moves.map((asked) => {
      if (asked.from === "claimed") this.#claims.release(asked.seq);
      const isReturning = isWaiting(asked.to) && !isWaiting(asked.from);
      const move = isReturning ? this.#bulks.returning(asked) : asked;
      if (!this.#messages.move(move)) return false;
      if (move.carrierMessageId !== undefined) this.#receipts.submitted(move);
      if (isReturning && isWaiting(move.to)) this.#bulks.rejoin(move);
      return true;
    });
    this.#openCount += this.#delta.open;
    return moved;
  }

  makeFailovers(failovers: readonly NewFailover[]): readonly boolean[] {
    const made = this.#failovers.make(failovers);
    this.#openCount += this.#delta.open;
    return made;
  }

  moveToRoutes(changes: readonly RouteChange[]): number {
    return this.#routes.move(changes);
  }

  applyReceipts(receipts: readonly Receipt[], now: number, parkedMax: number, push?: PushOffer): AppliedReceipts {
    if (push !== undefined) this.#webhooks.lend(push, now);
    const applied = this.#receipts.apply(receipts, now, parkedMax);
    this.#openCount += this.#delta.open;
    return push === undefined ? applied : { ...applied, born: this.#webhooks.lent() };
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

  storeInbound(inbound: readonly NewInbound[]): readonly InboundResult[] {
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

function prepareAll(database: DatabaseSync) {
  const prepare = (text: string): StatementSync => database.prepare(text);
  return {
    expireLeases: prepare(expireLeases),
    takeReports: prepare(takeReports),
    saveApiKey: prepare(saveApiKey),
    convertMessage: prepare(convertMessage),
    addToLedger: LedgerDelta.prepare(database),
  };
}
