/**
 * The store's port. Arrays in, arrays out; one commit per call; every call is asynchronous, so that a home may be
 * another thread or another machine. A call that resolves is on disk. What a home must do beyond these types is
 * written down as its conformance suite (test/store-conformance.ts).
 *
 * Times are milliseconds since 1970 UTC. A row's `seq` is given by the store in the order of acceptance.
 */
import type {
  ApiKeyRecord,
  BlockedTargets,
  BlocklistEntry,
  BlocklistFilter,
  BlocklistPage,
  BlocklistRemoval,
  BlocklistTarget,
  DocumentChange,
  DocumentRecord,
  DocumentsChanged,
  LookupFilter,
  NumberLookup,
} from "./accounts.ts";
import type { BulkChanged, BulkRecord, BulkReschedule, BulkStatusChange } from "./bulks.ts";
import type { FailoverStore } from "./failovers.ts";
import type { InboundStore } from "./inbound.ts";
import type {
  AppliedReceipts,
  CheckRow,
  ClaimRequest,
  FoundMessage,
  InsertOptions,
  InsertResult,
  KeptRequest,
  LedgerRow,
  LogFilter,
  MessageRecord,
  Move,
  NewMessage,
  OutboundMessage,
  Receipt,
  ReportFilter,
  RouteChange,
  WaitingMessage,
  WaitingPage,
} from "./messages.ts";
import type { UnmatchedReceiptStore } from "./unmatched-receipts.ts";
import type { SmppDeliveryStore } from "./smpp-deliveries.ts";
import type { ShortLinkClick, ShortLinkRecord } from "./short-links.ts";
import type {
  DueWebhook,
  NewEvent,
  PushOffer,
  ReceiverState,
  WebhookClaim,
  WebhookFilter,
  WebhookRecord,
  WebhookReplay,
  WebhookResult,
} from "./webhooks.ts";

export * from "./accounts.ts";
export * from "./bulks.ts";
export * from "./failovers.ts";
export * from "./messages.ts";
export * from "./short-links.ts";
export * from "./unmatched-receipts.ts";
export * from "./webhooks.ts";

export interface PurgeRequest {
  /**
   * What is from before this goes: messages that have ended, with no report that waited only since then and no webhook
   * left; webhooks that were delivered or given up; parked receipts; inbound messages and the traces of their parts;
   * what no SMPP session came for.
   */
  readonly before: number;
  /** Keyed requests from before this go. Absent: `before` holds for them, too. */
  readonly requestsBefore?: number;
  /** Number lookups from before this go. Absent: `before` holds for them, too. */
  readonly lookupsBefore?: number;
  /** Most rows of each kind. Wishes for bulks go with the last message of theirs. */
  readonly limit: number;
}

export interface Store extends InboundStore, SmppDeliveryStore, UnmatchedReceiptStore, FailoverStore {
  insertMessages(messages: readonly NewMessage[], options?: InsertOptions): Promise<InsertResult>;
  /** Null: the account has no request of that key, or it was purged. */
  findRequest(accountId: number, key: string): Promise<KeptRequest | null>;
  /**
   * Takes what is due on a route for a carrier, what has waited longest first, and gives it in the order of acceptance.
   * `now` past `expiresAt` is left for the checks. A message that counted for another carrier counts for this one.
   */
  claimDue(request: ClaimRequest): Promise<readonly OutboundMessage[]>;
  /** The routes on which messages wait, by name. */
  waitingRoutes(): Promise<readonly string[]>;
  /** Those that wait on a route, what is due first first. */
  findWaiting(page: WaitingPage): Promise<readonly WaitingMessage[]>;
  /** Number of messages that were moved; the others were claimed or have ended meanwhile. */
  moveToRoutes(changes: readonly RouteChange[]): Promise<number>;
  /** In the order given: false where the message had moved on, and nothing was done. */
  moveMessages(moves: readonly Move[]): Promise<readonly boolean[]>;
  /**
   * Carriers use their ids again: the message submitted last is meant, and none whose validity ended more than
   * `RECEIPT_GRACE_MS` ago, unless it was read: then however long ago. Of several ids the first that one has counts; one
   * that goes to another phone is not meant.
   * A receipt that names none of our ids ends the message of that reference and phone whose answer was lost, where there
   * is exactly one. A message of WhatsApp that is found by another of the ids has the receipt's first from then on.
   * `submitted` ends only a doubt, and leaves the message open.
   */
  applyReceipts(
    receipts: readonly Receipt[],
    now: number,
    parkedMax: number,
    push?: PushOffer,
  ): Promise<AppliedReceipts>;
  dueChecks(now: number, limit: number): Promise<readonly CheckRow[]>;
  /**
   * Ends every lease at `now`, of messages and of webhooks: called once at the start, by the only process that serves
   * the store. Resolves to the number of messages, which are all in doubt.
   */
  expireLeases(now: number): Promise<number>;
  /** Once only: what is returned here is not returned again. The reports that were born first come first. */
  takeReports(filter: ReportFilter): Promise<readonly MessageRecord[]>;
  findLogs(filter: LogFilter): Promise<readonly MessageRecord[]>;
  /** Of several messages that had the id one after the other, the last. */
  findMessage(accountId: number, messageId: string): Promise<FoundMessage | null>;
  /** Null: the account has no message of that bulk. */
  findBulk(accountId: number, bulkId: string, now: number): Promise<BulkRecord | null>;
  /**
   * Holds, frees or cancels what of a bulk is with no carrier. What is claimed goes out, and meets the wish when it comes
   * back; messages that come under the same id later join a pause. Canceled messages end with their reports.
   */
  changeBulkStatus(change: BulkStatusChange): Promise<BulkChanged>;
  /** Gives what of a bulk is with no carrier another time; windows and speed limits hold, validities move along. */
  rescheduleBulk(change: BulkReschedule): Promise<BulkChanged>;
  /** Once only; false where it was there already, or there is no such message. */
  confirmConversion(accountId: number, messageId: string, at: number): Promise<boolean>;
  /**
   * The receivers take turns. An open one (`ReceiverState`) whose time is over gives one webhook. A webhook of a message
   * waits as long as an earlier one of the message waits for the same receiver.
   */
  claimWebhooks(claim: WebhookClaim): Promise<readonly DueWebhook[]>;
  /** What was delivered stays delivered, whatever a slower attempt says after it. */
  settleWebhooks(results: readonly WebhookResult[], receiver?: ReceiverState): Promise<void>;
  /** The newest first. */
  listWebhooks(filter: WebhookFilter): Promise<readonly WebhookRecord[]>;
  /** Number of webhooks that are due again; with as many as the limit there may be more. */
  replayWebhooks(replay: WebhookReplay): Promise<number>;
  /**
   * Due at once, one webhook for the URL or one for each subscription that matches; without either nothing is kept.
   * Messages' reports are not inserted: they are born with their outcome. Resolves to how many webhooks each has.
   */
  insertEvents(events: readonly NewEvent[]): Promise<readonly number[]>;
  /** A short link lives as long as its message is kept. Null: there is none of that code. */
  findShortLink(code: string): Promise<ShortLinkRecord | null>;
  recordClicks(clicks: readonly ShortLinkClick[]): Promise<void>;
  /** All of them in their order, or none; with the events that tell of them. */
  changeDocuments(changes: readonly DocumentChange[], events?: readonly NewEvent[]): Promise<DocumentsChanged>;
  findDocument(accountId: number, kind: string, id: string): Promise<DocumentRecord | null>;
  /** In the order of their creation. `accountId` null: of every account. */
  listDocuments(accountId: number | null, kind: string): Promise<readonly DocumentRecord[]>;
  /** Entries that are there already stay as they are. Resolves to the number of new ones. */
  addToBlocklist(entries: readonly BlocklistEntry[]): Promise<number>;
  /** Resolves to the number of entries that are gone. */
  removeFromBlocklist(removals: readonly BlocklistRemoval[]): Promise<number>;
  findBlocked(accountId: number, targets: readonly BlocklistTarget[]): Promise<BlockedTargets>;
  /** The newest first. */
  listBlocklist(filter: BlocklistFilter): Promise<BlocklistPage>;
  /** Keeps the lookups, and makes the events that tell of them, in one commit. */
  insertLookups(lookups: readonly NumberLookup[], events: readonly NewEvent[]): Promise<void>;
  /** The newest first. */
  findLookups(filter: LookupFilter): Promise<readonly NumberLookup[]>;
  ledger(): Promise<readonly LedgerRow[]>;
  saveApiKey(key: ApiKeyRecord): Promise<void>;
  listApiKeys(): Promise<readonly ApiKeyRecord[]>;
  findApiKeyByHash(secretHash: string): Promise<ApiKeyRecord | null>;
  /** Number of rows removed. The ledger's counters stay. */
  purge(request: PurgeRequest): Promise<number>;
  /** Resolves when all that was asked before is on disk; what is asked after is refused with STORE_CLOSED. */
  close(): Promise<void>;
}
