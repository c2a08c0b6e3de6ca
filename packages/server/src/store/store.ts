/**
 * The store's port. Arrays in, arrays out; one commit per call; every call is asynchronous, so that a home may be
 * another thread or another machine. A call that resolves is on disk. What a home must do beyond these types is
 * written down as its conformance suite (test/store-conformance.ts).
 *
 * Times are milliseconds since 1970 UTC. A row's `seq` is given by the store in the order of acceptance.
 */
import type { NationalTables } from "../message/alphabet.ts";
import type { Channel } from "../message/destination.ts";
import type { MessageState } from "../message/state.ts";

export type { Channel };

/** The shape of the report that a webhook gets: it follows the API that the message came by. */
export type WebhookKind = "SMS_V1" | "SMS_V3" | "WHATSAPP";

/** What a webhook tells that is no report of a message: an inbound SMS, a click on a link in one. */
export type EventKind = "SMS_INBOUND" | "SMS_CLICK";

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

export interface InsertOptions {
  /** Those of the messages' requests that had an `Idempotency-Key`; what is stored of each is one whole. */
  readonly requests?: readonly NewKeyedRequest[];
  /**
   * A message that was accepted longer than this before the new one gives up its messageId to it; it stays in reports
   * and logs. Absent: a messageId is taken as long as its message is kept.
   */
  readonly duplicateLookBackMs?: number;
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

/** A message that waits on a route (held or queued), with what its route is chosen by. */
export interface WaitingMessage {
  readonly seq: number;
  readonly channel: Channel;
  readonly sender: string;
  readonly destination: string;
  readonly accountId: number;
  readonly applicationId: string | null;
  readonly dueAt: number;
}

export interface WaitingPage {
  readonly route: string;
  readonly limit: number;
  /** The last of the page before. */
  readonly after?: { readonly dueAt: number; readonly seq: number };
}

/** To another route, if the message still waits on `from`. */
export interface RouteChange {
  readonly seq: number;
  readonly from: string;
  readonly route: string;
  /** The carrier that it counts for from now on. */
  readonly carrier: string;
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
  /** When it was accepted, or was to leave by its schedule: what customers are shown. It never changes. */
  readonly sentAt: number;
  /** When the carrier took it; null before. */
  readonly submittedAt: number | null;
  readonly doneAt: number | null;
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
  readonly url: string;
  readonly origin: string;
  readonly attempts: number;
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
export interface NewEvent {
  readonly accountId: number;
  readonly kind: EventKind;
  readonly url: string;
  readonly body: string;
  readonly createdAt: number;
}

export interface WebhookClaim {
  readonly now: number;
  readonly leaseUntil: number;
  /** Receivers (scheme, host and port) that already have a request in flight. */
  readonly originsBusy: readonly string[];
  readonly originsMax: number;
  /** Most rows per receiver. */
  readonly bucketSize: number;
}

export type WebhookResult =
  | { readonly id: number; readonly outcome: "delivered"; readonly at: number }
  | {
      readonly id: number;
      readonly outcome: "retry";
      readonly at: number;
      readonly dueAt: number;
      readonly error: string;
    }
  | { readonly id: number; readonly outcome: "failed"; readonly at: number; readonly error: string };

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

export interface PurgeRequest {
  /**
   * What is from before this goes: messages that have ended, with no report that waited only since then and no webhook
   * left; webhooks that were delivered or given up; parked receipts.
   */
  readonly before: number;
  /** Keyed requests from before this go. Absent: `before` holds for them, too. */
  readonly requestsBefore?: number;
  /** Most rows of each of the four kinds. */
  readonly limit: number;
}

export interface Store {
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
  findMessage(accountId: number, messageId: string): Promise<MessageRecord | null>;
  /** The receivers take turns. */
  claimWebhooks(claim: WebhookClaim): Promise<readonly DueWebhook[]>;
  /** What was delivered stays delivered, whatever a slower attempt says after it. */
  settleWebhooks(results: readonly WebhookResult[]): Promise<void>;
  /** Due at once. Messages' reports are not inserted: they are born with their outcome. */
  insertEvents(events: readonly NewEvent[]): Promise<void>;
  /** All of them in their order, or none. */
  changeDocuments(changes: readonly DocumentChange[]): Promise<DocumentsChanged>;
  findDocument(accountId: number, kind: string, id: string): Promise<DocumentRecord | null>;
  /** In the order of their creation. `accountId` null: of every account. */
  listDocuments(accountId: number | null, kind: string): Promise<readonly DocumentRecord[]>;
  ledger(): Promise<readonly LedgerRow[]>;
  saveApiKey(key: ApiKeyRecord): Promise<void>;
  listApiKeys(): Promise<readonly ApiKeyRecord[]>;
  findApiKeyByHash(secretHash: string): Promise<ApiKeyRecord | null>;
  /** Number of rows removed. The ledger's counters stay. */
  purge(request: PurgeRequest): Promise<number>;
  /** Resolves when all that was asked before is on disk; what is asked after is refused with STORE_CLOSED. */
  close(): Promise<void>;
}
