/**
 * The store's port. Arrays in, arrays out; one commit per call; every call is asynchronous, so that a home may be
 * another thread or another machine. A call that resolves is on disk. What a home must do beyond these types is
 * written down as its conformance suite (test/store-conformance.ts).
 *
 * Times are milliseconds since 1970 UTC. A row's `seq` is given by the store in the order of acceptance.
 */
import type { NationalTables } from "../message/alphabet.ts";
import type { BulkStatus } from "../message/bulk.ts";
import type { Channel } from "../message/destination.ts";
import type { MessageState } from "../message/state.ts";
import type { InboundStore } from "./inbound.ts";
import type { EventFacts } from "./subscription-documents.ts";

export type { Channel };

/** The shape of the report that a webhook gets: it follows the API that the message came by, and is JSON or XML. */
export type WebhookKind = "SMS_V1" | "SMS_V1_XML" | "SMS_V3" | "SMS_V3_XML" | "WHATSAPP";

/** What a webhook tells that is no report of a message: an inbound SMS, a click on a link in one, a number lookup. */
export type EventKind = "SMS_INBOUND" | "SMS_CLICK" | "NUMBER_LOOKUP";

/** What is rarely asked for travels as one JSON text, and nobody parses it on the hot path. */
export interface MessageOptions {
  /** The content object's members beside text or hex, as the request had them. */
  readonly content?: Readonly<Record<string, unknown>>;
  /** The text before transliteration, where that changed it. */
  readonly originalText?: string;
  /** The tables that the text is encoded with, where it is more than plain GSM 7. */
  readonly nationalTables?: NationalTables;
  readonly [name: string]: unknown;
}

/** What a message is from its acceptance to its end. */
interface MessageFacts {
  readonly accountId: number;
  readonly messageId: string;
  readonly bulkId: string;
  readonly channel: Channel;
  readonly sender: string;
  readonly destination: string;
  /** Text, or the hexadecimal octets of a binary message. */
  readonly text: string;
  readonly encoding: string;
  readonly partCount: number;
  readonly route: string;
  readonly carrier: string;
  readonly acceptedAt: number;
  /** End of its validity; after that it is not sent any more. */
  readonly expiresAt: number;
  readonly callbackData: string | null;
  readonly applicationId: string | null;
  readonly entityId: string | null;
  readonly campaignReferenceId: string | null;
}

export interface NewMessage extends MessageFacts {
  readonly options: MessageOptions | null;
  readonly state: Extract<MessageState, "queued" | "held" | "rejected">;
  readonly statusId: number;
  readonly errorId: number;
  /** When it may first leave. */
  readonly dueAt: number;
  /** Null: reports wait to be pulled. */
  readonly webhookUrl: string | null;
  readonly webhookKind: WebhookKind;
  /** False: neither pushed nor pulled. */
  readonly wantsReport: boolean;
}

export interface InsertResult {
  /** In the order given: false where the account already has a message of that messageId; that one was not stored. */
  readonly inserted: readonly boolean[];
  /** Messages without a final state, after the commit. */
  readonly openCount: number;
  /**
   * There where requests were given, in their order: false where the account already has a request of that key. Nothing
   * of that one was stored, and its messages count as not inserted.
   */
  readonly keysFree?: readonly boolean[];
}

/** What a client's `Idempotency-Key` stands for: a request with the same key must be the same in the rest, too. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly operation: string;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyHash: string;
}

/** A request as it is kept with its messages, so that its answer can be given again. */
export interface KeyedRequest extends IdempotencyClaim {
  readonly accountId: number;
  /** The answer's text, as it is when every message is stored. */
  readonly answer: string;
  readonly createdAt: number;
}

/** The request that messages `from` to `until` (exclusive) of a call belong to: they are stored with it or not at all. */
export interface NewKeyedRequest extends KeyedRequest {
  readonly from: number;
  readonly until: number;
}

/** Where a short link leads, and who is told of a click on it. */
export interface ShortLinkTarget {
  readonly url: string;
  /** Null: no URL of its own; what the account has set up applies. */
  readonly trackingUrl: string | null;
  /** False: clicks are counted, and nobody is told. */
  readonly tracksClicks: boolean;
}

export interface ShortLink {
  readonly code: string;
  readonly target: ShortLinkTarget;
}

export interface NewShortLink extends ShortLink {
  /** Which message of the call it stands in, counted from 0. It is stored with that message or not at all. */
  readonly message: number;
}

/** A short link, with what a click tells of the message that it came by. */
export interface ShortLinkRecord extends ShortLinkTarget {
  readonly code: string;
  readonly clickCount: number;
  readonly accountId: number;
  readonly channel: Channel;
  readonly messageId: string;
  readonly bulkId: string;
  readonly sender: string;
  readonly destination: string;
  readonly callbackData: string | null;
  readonly applicationId: string | null;
  readonly entityId: string | null;
}

export interface ShortLinkClick {
  readonly code: string;
  /** Inserted in the same commit, unless the link is gone. Null: it is only counted. */
  readonly event: NewEvent | null;
}

export interface InsertOptions {
  /** Those of the messages' requests that had an `Idempotency-Key`; what is stored of each is one whole. */
  readonly requests?: readonly NewKeyedRequest[];
  /**
   * A message that was accepted longer than this before the new one gives up its messageId to it; it stays in reports
   * and logs. Absent: a messageId is taken as long as its message is kept.
   */
  readonly duplicateLookBackMs?: number;
  /** A code that is taken fails the call. */
  readonly shortLinks?: readonly NewShortLink[];
}

export interface KeptRequest extends KeyedRequest {
  /** Which of the request's messages, counted from 0, were not stored because their messageId was there already. */
  readonly refused: readonly number[];
}

/** A message as a carrier needs it. */
export interface OutboundMessage {
  readonly seq: number;
  readonly accountId: number;
  /** Counts claims; a result is taken only for the claim that it belongs to. */
  readonly attempts: number;
  readonly messageId: string;
  readonly channel: Channel;
  readonly sender: string;
  readonly destination: string;
  readonly text: string;
  readonly encoding: string;
  readonly partCount: number;
  readonly options: string | null;
  readonly expiresAt: number;
  /** True when an earlier submission's answer was lost: the phone may get it twice. */
  readonly possibleDuplicate: boolean;
}

export interface ClaimRequest {
  readonly route: string;
  readonly carrier: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}

/** Why a message's outcome is or was uncertain, and what was done about it. */
export type Doubt = "held" | "resent";

/**
 * One message from one state to another. It is applied only if the message still is in `from` at that `attempts`. The
 * same state again only sets a new time to look at it.
 */
export interface Move {
  readonly seq: number;
  readonly from: MessageState;
  readonly attempts: number;
  readonly to: MessageState;
  readonly statusId: number;
  readonly errorId: number;
  /** When this is decided, by our clock. */
  readonly at: number;
  /** For final states: when it ended by the carrier's clock; `at` where absent. */
  readonly doneAt?: number;
  /** For queued and held: when to try (again). Absent: at once; when the state stays, the time that it had. */
  readonly dueAt?: number;
  /** For open states: when the message must be looked at again; see `CheckRow`. Absent: at the end of its validity. */
  readonly checkAt?: number;
  readonly carrierMessageId?: string;
  /** When the carrier took it. */
  readonly submittedAt?: number;
  readonly doubt?: Doubt;
  /** A new end of its validity, for open states: what waits for its hour is tried as much later. Absent: as it was. */
  readonly expiresAt?: number;
  /**
   * For open states, of a message that asked for intermediate reports: where it has a URL of its own, a webhook is born
   * with the move, unless the status is the one that it had.
   */
  readonly intermediateReport?: boolean;
}

/** How long after the end of a message's validity a receipt is still taken as its own. */
export const RECEIPT_GRACE_MS = 72 * 3_600_000;

/** A parked receipt that came longer before its message than the clock may have been set back belongs to another one. */
export const RECEIPT_CLOCK_STEP_MS = 60_000;

/** A carrier's word on how a message ended. */
export interface Receipt {
  readonly carrier: string;
  readonly carrierMessageId: string;
  readonly state: Extract<MessageState, "delivered" | "undeliverable" | "expired" | "rejected">;
  readonly statusId: number;
  readonly errorId: number;
  /** When it ended, by the carrier's clock. */
  readonly doneAt: number;
}

export type ReceiptOutcome =
  | "applied"
  /** The message had already ended; the receipt says nothing new, or something that may not be taken back. */
  | "ignored"
  /**
   * No message has this id yet. Kept, and matched when the submission's answer comes; when more than `parkedMax` are
   * kept, the oldest go.
   */
  | "parked";

/** An open message whose time has come: its lease, its receipt or its validity is over. */
export interface CheckRow {
  readonly seq: number;
  readonly state: MessageState;
  readonly attempts: number;
  readonly carrier: string;
  readonly carrierMessageId: string | null;
  readonly messageId: string;
  readonly destination: string;
  readonly submittedAt: number | null;
  readonly expiresAt: number;
  /** Only of claimed messages, which may be queued again; null for all others. */
  readonly options: string | null;
}

/** A message with its present outcome, as reports, logs and webhooks show it. `carrier` is the one that has it. */
export interface MessageRecord extends MessageFacts {
  readonly seq: number;
  readonly options: string | null;
  readonly state: MessageState;
  readonly statusId: number;
  readonly errorId: number;
  readonly carrierMessageId: string | null;
  readonly attempts: number;
  readonly doubt: Doubt | null;
  /**
   * When it was accepted, or was to leave by its schedule: what customers are shown. It changes only when its bulk is
   * rescheduled.
   */
  readonly sentAt: number;
  /** When the carrier took it; null before. */
  readonly submittedAt: number | null;
  readonly doneAt: number | null;
}

/** One message, with what reports and logs do not show. */
export interface FoundMessage extends MessageRecord {
  /** Held until its bulk is freed. */
  readonly isPaused: boolean;
  /** When its customer confirmed that it was of use; null as long as nobody did. */
  readonly convertedAt: number | null;
}

export interface BulkPlace {
  readonly accountId: number;
  readonly bulkId: string;
  readonly now: number;
  /** The `next` of the change before, where one did not reach all of the bulk. Absent: from its beginning. */
  readonly after?: number;
}

/** How messages of a canceled bulk end. */
export interface CanceledOutcome {
  readonly statusId: number;
  readonly errorId: number;
}

export interface BulkStatusChange extends BulkPlace {
  readonly to: BulkStatus;
  readonly canceled: CanceledOutcome;
}

export interface BulkReschedule extends BulkPlace {
  /** Past means now. */
  readonly sendAt: number;
}

/** The messages that an account sent under one `bulkId`. */
export interface BulkRecord {
  readonly bulkId: string;
  readonly status: BulkStatus;
  /** To when it was rescheduled; else when the first of its messages was accepted or was to leave. */
  readonly sendAt: number;
}

export interface BulkChanged {
  /** As it is after the change. Null: the account has no message of that bulk. */
  readonly bulk: BulkRecord | null;
  /** False: nothing was changed, since a bulk of that status is not to be changed so. */
  readonly isAllowed: boolean;
  /** Messages that got another time or state. */
  readonly changedCount: number;
  /** Where to go on: a commit changes a limited number of messages. Null: all of the bulk was reached. */
  readonly next: number | null;
}

export interface ReportFilter {
  readonly accountId: number;
  readonly channel: Channel;
  /** Reports born before this are not given any more. */
  readonly since: number;
  readonly limit: number;
  readonly bulkId?: string;
  readonly messageId?: string;
  readonly applicationId?: string;
  readonly entityId?: string;
  readonly campaignReferenceId?: string;
}

export interface LogFilter {
  readonly accountId: number;
  readonly channel: Channel;
  readonly sentSince: number;
  readonly sentUntil: number;
  /** Only messages that were sent or have ended since then, or are open. Absent: whenever they ended. */
  readonly recentSince?: number;
  readonly limit: number;
  readonly sender?: string;
  readonly destination?: string;
  readonly bulkIds?: readonly string[];
  readonly messageIds?: readonly string[];
  readonly campaignReferenceIds?: readonly string[];
  readonly applicationId?: string;
  readonly entityId?: string;
  readonly states?: readonly MessageState[];
  /** Only messages after this place, newest first: the cursor. */
  readonly after?: { readonly sentAt: number; readonly seq: number };
}

interface DueWebhookFacts {
  readonly id: number;
  readonly accountId: number;
  /** Of a subscription's webhook: what its profile said when it was born. */
  readonly url: string;
  /** The receiver: scheme, host and port, or a profile (`receiverOfProfile`). */
  readonly origin: string;
  readonly attempts: number;
  /** The document id of the subscription that it is for; null: it has a URL of its own. */
  readonly subscription: string | null;
  /** Calls of its receiver that failed one after the other, up to now. */
  readonly receiverFailures: number;
}

/** A webhook that is due and tells of a message, with the message as it stood when the event was born. */
export interface DueReport extends DueWebhookFacts {
  readonly kind: WebhookKind;
  readonly message: MessageRecord;
}

/** A webhook that is due and tells of something else. */
export interface DueEvent extends DueWebhookFacts {
  readonly kind: EventKind;
  /** JSON: one result of the call's body, or the whole body where the kind has one a call. */
  readonly body: string;
}

export type DueWebhook = DueReport | DueEvent;

/** Something that customers are to be told and that is no report of a message. */
export type NewEvent = {
  readonly accountId: number;
  readonly kind: EventKind;
  readonly body: string;
  readonly createdAt: number;
} & (
  | { readonly url: string }
  /** For the subscriptions that it matches. */
  | ({ readonly url: null } & EventFacts)
);

export interface WebhookClaim {
  readonly now: number;
  readonly leaseUntil: number;
  /** Receivers (scheme, host and port) that already have a request in flight. */
  readonly originsBusy: readonly string[];
  readonly originsMax: number;
  /** Most rows per receiver. */
  readonly bucketSize: number;
}

/** How an attempt went; `attempt` is kept with the webhook. */
export type WebhookResult =
  | { readonly id: number; readonly outcome: "delivered"; readonly at: number; readonly attempt?: WebhookAttempt }
  | {
      readonly id: number;
      readonly outcome: "retry";
      readonly at: number;
      readonly dueAt: number;
      readonly error: string;
      readonly attempt?: WebhookAttempt;
    }
  | {
      readonly id: number;
      readonly outcome: "failed";
      readonly at: number;
      readonly error: string;
      readonly attempt?: WebhookAttempt;
    }
  /** It was claimed and not sent: due again, and no attempt. */
  | { readonly id: number; readonly outcome: "unsent"; readonly dueAt: number };

export interface WebhookAttempt {
  readonly at: number;
  /** What the receiver answered; null: it did not. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
}

/** What a round of calls said of a receiver. */
export interface ReceiverState {
  readonly origin: string;
  /** Calls that failed since the last one that did not. */
  readonly failures: number;
  /** Until then it gets nothing, and then one call to try. Null: it gets what is due. */
  readonly openUntil: number | null;
  /**
   * There while it fails: what waited for it since before this without being tried is given up, `limit` at most a call.
   */
  readonly giveUp?: { readonly dueBefore: number; readonly limit: number; readonly error: string };
}

export type WebhookState = "waiting" | "delivered" | "failed";

export interface WebhookFilter {
  readonly accountId: number;
  readonly limit: number;
  readonly id?: number;
  readonly state?: WebhookState;
  readonly origin?: string;
  readonly createdSince?: number;
  readonly createdUntil?: number;
  /** Only those born before this one: the newest come first. */
  readonly before?: number;
}

export interface WebhookRecord {
  readonly id: number;
  readonly kind: WebhookKind | EventKind;
  /** Null: it tells of no message. */
  readonly messageId: string | null;
  readonly url: string;
  readonly origin: string;
  readonly subscription: string | null;
  readonly createdAt: number;
  readonly dueAt: number | null;
  readonly deliveredAt: number | null;
  readonly attempts: number;
  readonly lastError: string | null;
  /** The last ones, oldest first. */
  readonly history: readonly WebhookAttempt[];
}

/** Webhooks that were given up, or one that was given up or waits, are due again, from the first attempt on. */
export interface WebhookReplay {
  readonly accountId: number;
  readonly now: number;
  readonly limit: number;
  /** One of any state but delivered; its own fault when it is not there. */
  readonly id?: number;
  readonly origin?: string;
  readonly createdSince?: number;
  readonly createdUntil?: number;
}

/** accepted = delivered + undeliverable + expired + rejected + canceled + open, at every moment. */
export interface LedgerRow {
  readonly channel: Channel;
  readonly carrier: string;
  readonly accepted: number;
  readonly delivered: number;
  readonly undeliverable: number;
  readonly expired: number;
  readonly rejected: number;
  readonly canceled: number;
  /** Counted from the messages themselves, not from the counters: that is what makes the sum a check. */
  readonly open: number;
}

/** Saved again under its id, a key keeps its account and the time of its creation; all else is replaced. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly accountId: number;
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly validUntil: number | null;
  readonly revokedAt: number | null;
  /** Absent: valid since its creation, from anywhere, for every application. */
  readonly limits?: ApiKeyLimits;
}

/** What a key is held to beyond its scopes. */
export interface ApiKeyLimits {
  readonly validFrom: number;
  /** Addresses and ranges (`10.0.0.0/8`) that it may be used from; none: from anywhere. */
  readonly allowedIps: readonly string[];
  /** The names that its scopes were made from, where it was given no scopes. */
  readonly permissions: readonly string[];
  /** What it is linked to; none: every application. */
  readonly platform: readonly KeyPlatform[];
}

/** An application, or one entity of it, that a key is linked to. */
export interface KeyPlatform {
  readonly key: string;
  readonly applicationId: string;
  readonly entityId?: string;
  /** FILL: given to requests that name none. FORCE: given to all. Absent: requests are only held to it. */
  readonly action?: "FILL" | "FORCE";
}

/** Something small that an account has set up: a subscription, an application, an inbound configuration. */
export interface DocumentRecord {
  readonly accountId: number;
  readonly kind: string;
  /** Unique within its account and kind. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Of one account and kind at most, so that all of them can be read at once. */
export const DOCUMENTS_PER_KIND_MAX = 10_000;

interface DocumentPlace {
  readonly accountId: number;
  readonly kind: string;
  readonly id: string;
}

export type DocumentChange =
  /** `create` is refused where the id is taken, `replace` where nothing has it; `put` does one or the other. */
  | (DocumentPlace & {
      readonly action: "create" | "replace" | "put";
      readonly body: string;
      readonly at: number;
    })
  | (DocumentPlace & { readonly action: "delete" });

export type DocumentsChanged =
  | { readonly isDone: true }
  /** Nothing was changed, because the change at `index` could not be made. `full`: `DOCUMENTS_PER_KIND_MAX`. */
  | { readonly isDone: false; readonly index: number; readonly refusal: "exists" | "missing" | "full" };

export type BlocklistSource = "CUSTOM" | "MO" | "URL_OPT_OUT" | "CAMPAIGN";

/** A destination that nothing is sent to. */
export interface BlocklistEntry {
  readonly accountId: number;
  readonly destination: string;
  /** Empty: every sender. */
  readonly sender: string;
  /** Empty: every channel. Also channels that we do not serve, which are kept and shown. */
  readonly channel: string;
  readonly sourceType: BlocklistSource;
  readonly campaign: string | null;
  readonly createdAt: number;
}

/** Takes away what has the same destination, sender and channel; without a source, whatever its source. */
export interface BlocklistRemoval extends Pick<BlocklistEntry, "accountId" | "destination" | "sender" | "channel"> {
  readonly sourceType: BlocklistSource | null;
}

export interface BlocklistFilter {
  readonly accountId: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly channel?: string;
  readonly sourceType?: BlocklistSource;
  readonly campaign?: string;
  readonly createdFrom?: number;
  readonly createdUntil?: number;
  readonly limit: number;
  readonly offset: number;
}

export interface BlocklistPage {
  readonly entries: readonly BlocklistEntry[];
  /** Of all that the filter lets through. */
  readonly total: number;
}

/** A message, as far as the blocklist looks at it. */
export type BlocklistTarget = Pick<BlocklistEntry, "destination" | "sender" | "channel">;

export interface BlockedTargets {
  /** Places in the list that was asked about. */
  readonly blocked: readonly number[];
  /** The account has no entry at all. */
  readonly isEmpty: boolean;
}

/** A number that was looked up, with the answer. */
export interface NumberLookup {
  readonly accountId: number;
  readonly bulkId: string;
  readonly messageId: string;
  readonly destination: string;
  /** The status group of the answer. */
  readonly statusGroup: string;
  /** JSON: the answer. */
  readonly result: string;
  readonly createdAt: number;
}

export interface LookupFilter {
  readonly accountId: number;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
  readonly destination?: string;
  readonly bulkIds?: readonly string[];
  readonly messageIds?: readonly string[];
  readonly statusGroup?: string;
}

export interface PurgeRequest {
  /**
   * What is from before this goes: messages that have ended, with no report that waited only since then and no webhook
   * left; webhooks that were delivered or given up; parked receipts; inbound messages and the traces of their parts.
   */
  readonly before: number;
  /** Keyed requests from before this go. Absent: `before` holds for them, too. */
  readonly requestsBefore?: number;
  /** Number lookups from before this go. Absent: `before` holds for them, too. */
  readonly lookupsBefore?: number;
  /** Most rows of each kind. Wishes for bulks go with the last message of theirs. */
  readonly limit: number;
}

export interface Store extends InboundStore {
  insertMessages(messages: readonly NewMessage[], options?: InsertOptions): Promise<InsertResult>;
  /** Null: the account has no request of that key, or it was purged. */
  findRequest(accountId: number, key: string): Promise<KeptRequest | null>;
  /**
   * Takes what is due on a route for a carrier, what has waited longest first, and gives it in the order of acceptance.
   * `now` past `expiresAt` is left for the checks. A message that counted for another carrier counts for this one.
   */
  claimDue(request: ClaimRequest): Promise<readonly OutboundMessage[]>;
  /** In the order given: false where the message had moved on, and nothing was done. */
  moveMessages(moves: readonly Move[]): Promise<readonly boolean[]>;
  /**
   * Carriers use their ids again: the message submitted last is meant, and none whose validity ended more than
   * `RECEIPT_GRACE_MS` ago.
   */
  applyReceipts(receipts: readonly Receipt[], now: number, parkedMax: number): Promise<readonly ReceiptOutcome[]>;
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
  /** All of them in their order, or none. */
  changeDocuments(changes: readonly DocumentChange[]): Promise<DocumentsChanged>;
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
