/**
 * The carrier's port: whatever takes messages from us. A carrier never sees the store. It answers each message with
 * one of four outcomes, and later emits receipts and inbound messages; composition/ wires those to report/ and inbound/.
 */
import type { ContactProfile, PartReference, ReceivedEncoding } from "../store/inbound.ts";
import type { OutboundMessage, Receipt } from "../store/store.ts";
import type { SenderAdministration } from "./sender-administration.ts";
import type { CarrierMedia, CarrierWebhook } from "./webhook.ts";

export type { CarrierMedia };

export type SubmitResult =
  /** It has the message; its receipt will carry this id. */
  | {
      readonly outcome: "submitted";
      readonly carrierMessageId: string;
      /**
       * The ids of all parts in their order, where there are several: each has a receipt of its own. `carrierMessageId`
       * is the first.
       */
      readonly partIds?: readonly string[];
      /**
       * The ids as the carrier wrote them, one for each part, where it can be asked about them and one of them is kept in
       * another notation.
       */
      readonly spelledIds?: readonly string[];
    }
  /**
   * Not now: try again, not before `retryAfterMs` when the carrier said so. `isThrottled`: because we send too much,
   * which says nothing against the message.
   */
  | {
      readonly outcome: "temporary";
      readonly errorId: number;
      readonly retryAfterMs?: number;
      readonly isThrottled?: boolean;
      /** Nothing of the message has left us, so it is due again at once. */
      readonly isUnsent?: boolean;
    }
  /** Never: it refused the message for good. */
  | {
      readonly outcome: "permanent";
      readonly state: "undeliverable" | "rejected";
      readonly statusId: number;
      readonly errorId: number;
    }
  /**
   * It may have the message or not: the connection broke, the answer did not come. `carrierMessageId` where the id is
   * known without the answer (a carrier that takes ours): then a receipt can still end the message.
   */
  | { readonly outcome: "uncertain"; readonly reason: string; readonly carrierMessageId?: string };

/** What to do with a message whose outcome is uncertain: see the glossary. */
export type UncertainPolicy = "resend" | "hold";

export type CarrierReceipt = Omit<Receipt, "carrier" | "answered">;

/**
 * A message that a carrier has, or may have (its answer was lost, but its id is known), and has not reported on. One of
 * several parts is asked about part by part.
 */
export interface SubmittedMessage {
  readonly carrierMessageId: string;
  /** As the carrier wrote it. Absent: as it is kept, or nobody knows. */
  readonly spelledId?: string;
  readonly messageId: string;
  readonly sender: string;
  readonly destination: string;
  readonly submittedAt: number;
}

/** That a customer has read what a phone wrote. */
export interface ReadMark {
  readonly accountId: number;
  /** The customer's number. */
  readonly sender: string;
  /** Of the inbound message. */
  readonly messageId: string;
}

/** What a phone sent: a message, or a part of one. */
export interface CarrierInbound {
  readonly channel: "SMS";
  /** The phone. */
  readonly sender: string;
  /** The number that it wrote to. */
  readonly destination: string;
  /** A text where the carrier has read it; otherwise the octets after the header, and how they are to be read. */
  readonly content: string | { readonly encoding: ReceivedEncoding; readonly octets: Uint8Array };
  /** The user data header without its first octet, its length. */
  readonly udh?: Uint8Array;
  /** The parts' reference where it stands outside of the header (`sar_*`). */
  readonly sar?: Omit<PartReference, "kind">;
  readonly receivedAt: number;
  /** Null where the carrier has none: then a message that is handed over twice is two. */
  readonly carrierMessageId: string | null;
  /** Whose message it is, where the carrier knows it. Absent: whoever has set up the number. */
  readonly accountId?: number;
  /** The messageId that the phone answers to, where the carrier knows it. */
  readonly inReplyTo?: string;
}

/** What a user of WhatsApp sent. */
export interface CarrierContactMessage {
  readonly channel: "WHATSAPP";
  /** The user: digits of the phone, or the user id where WhatsApp gives no phone. */
  readonly sender: string;
  readonly contact: ContactProfile;
  /** The customer's number. */
  readonly destination: string;
  /**
   * Infobip's `message` object as MO_OTT_CONTACT has it: { type: "TEXT", text } and so on, with `context` where it
   * answers one. `context.id` is the carrier's.
   */
  readonly message: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly receivedAt: number;
  /** The customer's id of it, too: what a read mark or an answer names. Null: we give it one. */
  readonly carrierMessageId: string | null;
  /** Whose message it is, where the carrier knows it. Absent: whoever has set up the number. */
  readonly accountId?: number;
  /** The messageId that the user answers to, where the carrier knows that; otherwise `context.id` is looked for. */
  readonly inReplyTo?: string;
}

/** That a user has read a message of ours. */
export interface SeenMark {
  readonly carrierMessageId: string;
  /** By the carrier's clock. */
  readonly seenAt: number;
}

/** A user of WhatsApp has another device, or another number. */
export interface IdentityChange {
  /** The carrier's id of the notice. */
  readonly id: string;
  /** The customer's number. */
  readonly destination: string;
  /** Whom customers know the user by: digits of the phone, or the user id. */
  readonly sender: string;
  readonly userId?: string;
  /** The carrier's words. */
  readonly description: string;
  /** Of the new identity, where the carrier says it. */
  readonly hash?: string;
  /** By the carrier's clock. */
  readonly changedAt: number;
}

/** `refused`: not now, because too many parts wait for others; the carrier is to hand it over again later. */
export type InboundOutcome = "kept" | "duplicate" | "refused";

export interface CarrierEvents {
  /**
   * One outcome for each, after the commit: only then may the carrier acknowledge them, all but the refused. A rejection
   * means that it must acknowledge none.
   */
  inbound(messages: readonly (CarrierInbound | CarrierContactMessage)[]): Promise<readonly InboundOutcome[]>;
  /**
   * Resolves after the commit, and only then may the carrier acknowledge the receipts to its peer, with the id that each
   * was matched by; null: by none.
   */
  receipts(receipts: readonly CarrierReceipt[]): Promise<readonly (string | null)[]>;
  /** Answers that came after their messages were given up as uncertain. Never rejects. */
  lateAnswers(answers: readonly { readonly message: OutboundMessage; readonly result: SubmitResult }[]): Promise<void>;
  /** Users have read these messages; resolves after the commit. Implies delivered. */
  seen(marks: readonly SeenMark[]): Promise<void>;
  /** Resolves after the commit. */
  identities(changes: readonly IdentityChange[]): Promise<void>;
  /** It can take messages again. */
  ready(): void;
}

/** Called once for each message that was handed over. */
export type SettleMessage = (message: OutboundMessage, result: SubmitResult) => void;

export interface Carrier {
  readonly name: string;
  readonly uncertainPolicy: UncertainPolicy;
  /**
   * Most messages that may be waiting for its answer now, by its window and throughput; the dispatcher subtracts those
   * that are. 0 while it is down or paused.
   */
  capacity(): number;
  /** One result for each message, in order. A rejection means that the outcome of all of them is uncertain. */
  submit(messages: readonly OutboundMessage[]): Promise<readonly SubmitResult[]>;
  /**
   * In place of `submit` where it is there: each result as it comes, so that the slowest answer keeps no other waiting.
   * It never throws.
   */
  submitEach?(messages: readonly OutboundMessage[], settle: SettleMessage): void;
  /** Somebody may have mended what kept it from its peer: what waits for its next try to connect tries now. */
  reconnect?(): void;
  /** What only this kind of carrier can say of itself, by name, for operators. */
  describe?(): Readonly<Record<string, string | number>>;
  /**
   * Where the carrier can be asked (`query_sm`, a log): a receipt for each message that has ended, null for one that
   * has not, or that it will still report by itself. Absent: only receipts tell.
   */
  query?(messages: readonly SubmittedMessage[]): Promise<readonly (CarrierReceipt | null)[]>;
  /**
   * Tells a phone that what it wrote was read. Resolves when the carrier has taken that, and only then is it answered: a
   * read mark is kept nowhere. Absent: its phones cannot be told.
   */
  markRead?(mark: ReadMark): Promise<void>;
  /** What its peer calls us with. Absent: it is never called over HTTP. */
  readonly webhook?: CarrierWebhook;
  /**
   * What somebody sent to the number, by the id that the inbound message names; null where there is none of that id (any
   * more), or the number is not this carrier's. Absent: its phones send no media.
   */
  fetchMedia?(sender: string, mediaId: string): Promise<CarrierMedia | null>;
  /** Absent: it administers nothing, and what customers set up for its senders is only kept here. */
  readonly administration?: SenderAdministration;
  /** Rejects only when the configuration cannot work at all. A peer that is away is no reason: it may come back. */
  start(events: CarrierEvents): Promise<void>;
  stop(): Promise<void>;
}
