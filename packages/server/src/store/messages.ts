/** The port's words for messages: how they come in, move, end, and are shown. store.ts has the calls. */
import type { NationalTables } from "../message/alphabet.ts";
import type { Channel } from "../message/destination.ts";
import type { MessageState } from "../message/state.ts";
import type { WhatsAppType } from "../message/whatsapp-type.ts";
import type { NewShortLink } from "./short-links.ts";
import type { DueReport } from "./webhooks.ts";

export type { Channel };

/** The shape of the report that a webhook gets: it follows the API that the message came by, and is JSON or XML. */
export type WebhookKind = "SMS_V1" | "SMS_V1_XML" | "SMS_V3" | "SMS_V3_XML" | "WHATSAPP";

/** How a message's end is told: by a webhook, or by a receipt over SMPP; its `webhookUrl` is a `ReceiptTarget` then. */
export type ReportKind = WebhookKind | "SMPP";

/** What is rarely asked for travels as one JSON text, and nobody parses it on the hot path. */
export interface MessageOptions {
  /** What it is, on WhatsApp; absent: a text. */
  readonly type?: WhatsAppType;
  /**
   * The content object's members beside text or hex, as the request had them; on WhatsApp, of whatever has a `type`,
   * the whole content, so that a carrier can send it.
   */
  readonly content?: Readonly<Record<string, unknown>>;
  /** The text before transliteration, where that changed it. */
  readonly originalText?: string;
  /** The tables that the text is encoded with, where it is more than plain GSM 7. */
  readonly nationalTables?: NationalTables;
  /**
   * The whole user data header that goes before the text, hexadecimal, length octet included: the customer has cut a
   * longer text himself, or names ports. Such a message is one part, and national tables are named in the header already.
   */
  readonly userDataHeader?: string;
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

/**
 * What the destinations of a message share. Its sender and text are well-formed, as the ids and destinations are: what is
 * claimed with its insert is handed over without having been read back.
 */
export interface MessageCommon extends Omit<MessageFacts, "messageId" | "destination"> {
  /** `MessageOptions` as JSON. */
  readonly options: string | null;
  /** Null: reports wait to be pulled. */
  readonly webhookUrl: string | null;
  readonly webhookKind: ReportKind;
  /** False: neither pushed nor pulled. */
  readonly wantsReport: boolean;
}

export interface NewMessage extends Pick<MessageFacts, "messageId" | "destination"> {
  /** One object for all that have it: it is compared by identity, and crosses between threads once. */
  readonly common: MessageCommon;
  readonly state: Extract<MessageState, "queued" | "held" | "rejected">;
  readonly statusId: number;
  readonly errorId: number;
  /** When it may first leave. */
  readonly dueAt: number;
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
  /** There where claims were given: for each message its seq where it is claimed, and null where it is not. */
  readonly claimed?: readonly (number | null)[];
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
  /** A code that is taken fails the call. */
  readonly shortLinks?: readonly NewShortLink[];
  /**
   * At most one for each route. What is due of the call's messages on that route is claimed as it is inserted, in its
   * order and at most `limit`, as `claimDue` would right afterwards; nothing of it where something due waits there already.
   */
  readonly claims?: readonly ClaimRequest[];
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

/** Room in a carrier that is kept for messages which are about to be inserted on one of its lanes. */
export interface RoomOffer {
  readonly claim: ClaimRequest;
  /**
   * To be called once, whatever came of the insert, in the turn in which the store has answered: hands over those that
   * it claimed, in the order of acceptance, and gives back the rest of the room.
   */
  settle(claimed: readonly OutboundMessage[]): void;
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
  /** Of all its parts, where there are several: the message ends when all of them are delivered, or one failed. */
  readonly partIds?: readonly string[];
  /** The ids as the carrier wrote them, one for each part, where one of them is not what is kept. */
  readonly spelledIds?: readonly string[];
  /** When the carrier took it, or may have taken it under that id. */
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

/** Notations of a receipt's id beside the first, at most; what is beyond is not looked at. */
export const OTHER_IDS_MAX = 8;

/** The states in which a carrier says that a message is at its end. */
export type ReceiptEnd = Extract<MessageState, "delivered" | "undeliverable" | "expired" | "rejected">;

/** A carrier's word on how a message ended, or that it has it. */
export interface Receipt {
  readonly carrier: string;
  readonly carrierMessageId: string;
  /** Other notations of the id, in the order in which they are to be tried. */
  readonly otherIds?: readonly string[];
  /** The phone, in digits, as the receipt names it: a message to another one is not meant. Absent: not known. */
  readonly destination?: string;
  /** The phone may be this one as well, where a carrier may have put it in either place. Only with `destination`. */
  readonly otherDestination?: string;
  /** The low 16 bits of the message's seq (user_message_reference), where the carrier gives them back. */
  readonly reference?: number;
  /** `submitted`: it has the message, which is news only where the answer to the submission was lost. */
  readonly state: ReceiptEnd | "submitted";
  readonly statusId: number;
  readonly errorId: number;
  /** When it ended, or was taken, by the carrier's clock. */
  readonly doneAt: number;
  /** When its user has read it, by the carrier's clock; with `delivered` only. Absent: nothing is known of that. */
  readonly seenAt?: number;
  /** There where the submission's answer is not written yet: it is, with the receipt, in one move. */
  readonly answered?: AnsweredClaim;
}

/** The claim whose answer gave the message the receipt's id. */
export interface AnsweredClaim {
  readonly seq: number;
  readonly attempts: number;
  readonly submittedAt: number;
}

/** What came of receipts, in their order. */
export interface AppliedReceipts {
  readonly outcomes: readonly ReceiptOutcome[];
  /** Which of its ids each was matched by; null: by none. */
  readonly matchedIds: readonly (string | null)[];
  /** There where room was offered: what came of it. */
  readonly born?: BornReports;
}

/** Reports that were born in a call that had an offer. */
export interface BornReports {
  /** Leased, as if they were claimed. */
  readonly leased: readonly DueReport[];
  /** The others, which wait to be claimed. */
  readonly waiting: number;
}

export type ReceiptOutcome =
  | "applied"
  /** It is about a part, and the message waits for its other parts. */
  | "noted"
  /** The message had already ended; the receipt says nothing new, or something that may not be taken back. */
  | "ignored"
  /**
   * No message has this id yet, or one has it that ended or was submitted a minute ago, while another one to the phone has
   * no answer and may get it, too. Kept, and matched when the submission's answer comes; when more than `parkedMax` are
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
  readonly sender: string;
  readonly destination: string;
  readonly submittedAt: number | null;
  readonly expiresAt: number;
  /** Only of claimed messages, which may be queued again; null for all others. */
  readonly options: string | null;
  /** Ids of the parts without a receipt, of a message that has several; null for all others. */
  readonly openPartIds: readonly string[] | null;
  /**
   * How the carrier wrote `openPartIds`, or the one id of the message; null where that is as they are kept. One may be of
   * an earlier submission.
   */
  readonly spelledIds: readonly (string | null)[] | null;
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
  /** When the carrier took it, or may have taken it under the id that it has; null before. */
  readonly submittedAt: number | null;
  readonly doneAt: number | null;
  /** When its user read it, as far as the carrier said; null before. */
  readonly seenAt: number | null;
}

/** What became of one part of a message. */
export interface PartRecord {
  readonly partNumber: number;
  readonly carrierMessageId: string;
  /** Null as long as there is no receipt of it. */
  readonly state: ReceiptEnd | null;
  readonly doneAt: number | null;
}

/** What reports tell of a message. Texts, options and routes are not among it, and stay where they are. */
export type ReportRecord = Pick<
  MessageRecord,
  | "messageId"
  | "bulkId"
  | "sender"
  | "destination"
  | "partCount"
  | "state"
  | "statusId"
  | "errorId"
  | "doubt"
  | "sentAt"
  | "doneAt"
  | "callbackData"
  | "applicationId"
  | "entityId"
  | "campaignReferenceId"
>;

/** One message, with what reports and logs do not show. */
export interface FoundMessage extends MessageRecord {
  /** Held until its bulk is freed. */
  readonly isPaused: boolean;
  /** When its customer confirmed that it was of use; null as long as nobody did. */
  readonly convertedAt: number | null;
  /** Of a message of which the carrier took several parts; absent of all others. */
  readonly parts?: readonly PartRecord[];
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
