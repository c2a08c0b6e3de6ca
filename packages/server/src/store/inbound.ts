/**
 * The part of the store's port that keeps what phones write: whole messages, and parts that wait for the others. The
 * rules of store.ts hold: one commit per call, and what resolves is on disk.
 */
import type { NationalTables } from "../message/alphabet.ts";
import type { ReceivedEncoding } from "../message/decode-text.ts";
import type { Channel } from "../message/destination.ts";
import type { PartReference } from "../message/user-data-header.ts";
import type { FoundMessage, NewMessage } from "./messages.ts";
import type { NewEvent } from "./webhooks.ts";

export type { PartReference, ReceivedEncoding };

/** Who a user of WhatsApp is, as far as the carrier says it. */
export interface ContactProfile {
  readonly name?: string;
  /** Digits. WhatsApp may keep it to itself. */
  readonly phone?: string;
  /** Business-scoped: what stands for the phone. */
  readonly userId?: string;
  readonly parentUserId?: string;
  readonly username?: string;
}

/** What a message of WhatsApp has beside its words. */
export interface ContactContent {
  /** As MO_OTT_CONTACT has it. */
  readonly message: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly contact: ContactProfile;
  /** The messageId that it answers. */
  readonly pairedMessageId?: string;
}

interface InboundFacts {
  readonly accountId: number;
  readonly messageId: string;
  readonly channel: Channel;
  readonly carrier: string;
  /** The phone. */
  readonly sender: string;
  /** The number that was written to. */
  readonly destination: string;
  /** Whole; of a binary message the octets, hexadecimal; of one of WhatsApp its words, or nothing. */
  readonly text: string;
  /** The text without the keyword. */
  readonly cleanText: string;
  readonly keyword: string | null;
  readonly encoding: string;
  /** Parts that came. */
  readonly partCount: number;
  /** By the carrier. */
  readonly receivedAt: number;
  readonly callbackData: string | null;
  readonly applicationId: string | null;
  readonly entityId: string | null;
  readonly campaignReferenceId: string | null;
  /** On WhatsApp a `ContactContent` as JSON, which nobody parses who does not show it; null otherwise. */
  readonly content: string | null;
}

export interface NewInboundMessage extends InboundFacts {
  /** Null where the carrier gives none, and for a message put together from parts. */
  readonly carrierMessageId: string | null;
  readonly storedAt: number;
  /** True: it waits to be pulled, unless its event has a subscription. */
  readonly isForInbox: boolean;
}

export interface InboundRecord extends InboundFacts {
  readonly seq: number;
}

/** Left out when the phone got `max` of them from this number since `since`, or when so many messages are open. */
export interface NewReply {
  readonly message: NewMessage;
  readonly since: number;
  readonly max: number;
  readonly openMessagesMax: number;
}

/** An inbound message with all that follows from it: stored in one commit, or not at all. */
export interface NewInbound {
  readonly message: NewInboundMessage;
  /** The webhook that tells of it. */
  readonly event: NewEvent | null;
  /** The auto-response. */
  readonly reply: NewReply | null;
  /** It goes to a receiving SMPP session of the account. Absent: it does not. */
  readonly isForSmpp?: boolean;
  /** It opens the user's conversation windows with its number. Absent: it opens none. */
  readonly window?: OpenedWindow;
  /** The group whose parts it is made of; null for a message that came whole. */
  readonly groupId: number | null;
}

/** The hours after a message from a user of WhatsApp, in which he may be sent anything; at other times only templates. */
export interface ConversationWindow {
  /** The customer's number. */
  readonly sender: string;
  /** The user, by phone or by user id: a row for each that is known. */
  readonly contact: string;
  readonly openedAt: number;
  readonly closesAt: number;
}

export interface OpenedWindow extends Pick<ConversationWindow, "openedAt" | "closesAt"> {
  readonly contacts: readonly string[];
}

export interface WindowFilter {
  readonly accountId: number;
  readonly limit: number;
  readonly sender?: string;
  readonly contact?: string;
  /** Only those that close after this. */
  readonly openAt?: number;
}

export interface InboundResult {
  /**
   * `duplicate`, and nothing was stored: the account has a message with the same carrier, carrier id, phone, number and
   * text, or on WhatsApp with the same carrier and carrier id; or the group was closed before.
   */
  readonly outcome: "stored" | "duplicate";
  readonly isAnswered: boolean;
}

export interface InboxFilter {
  readonly accountId: number;
  readonly channel: Channel;
  /** Messages stored before this are not given any more. */
  readonly since: number;
  readonly limit: number;
  readonly applicationId?: string;
  readonly entityId?: string;
  readonly campaignReferenceId?: string;
}

export interface Inbox {
  readonly messages: readonly InboundRecord[];
  /** What the same filter would still give. */
  readonly pendingCount: number;
}

/** What the parts of one message have in common. */
export interface InboundGroupKey {
  readonly accountId: number;
  readonly channel: Channel;
  readonly carrier: string;
  readonly sender: string;
  readonly destination: string;
  readonly kind: PartReference["kind"];
  readonly reference: number;
  readonly partCount: number;
}

interface InboundPartFacts {
  readonly number: number;
  readonly encoding: ReceivedEncoding;
  readonly octets: Uint8Array;
  readonly nationalTables: NationalTables;
  readonly receivedAt: number;
}

export interface NewInboundPart extends InboundGroupKey, InboundPartFacts {
  readonly carrierMessageId: string | null;
  /** Says whether two parts have the same content. */
  readonly digest: string;
  /** The messageId that the phone answers to, where the carrier knows it. */
  readonly inReplyTo: string | null;
}

export interface KeepPartsOptions {
  readonly now: number;
  /** When a group that begins now is given up. */
  readonly dueAt: number;
  /** Groups closed before this are forgotten: a part like one of theirs is a new one. */
  readonly duplicateSince: number;
  /** Parts of one phone that may wait. */
  readonly partsPerSenderMax: number;
  /** Parts of all phones that may wait. */
  readonly partsMax: number;
}

/**
 * `full`: not kept, because a limit is reached; the oldest group in its way is due from now on. `duplicate`: kept
 * before.
 */
export type PartOutcome = "kept" | "duplicate" | "full";

/** A group that is complete, or whose time is over. */
export interface DueInboundGroup extends InboundGroupKey {
  readonly groupId: number;
  readonly inReplyTo: string | null;
  /** By their number; some may be missing. */
  readonly parts: readonly InboundPartFacts[];
}

/** What a user answers, where the carrier's id of it says nothing to us. */
export interface DoubtFilter {
  readonly accountId: number;
  readonly carrier: string;
  /** The customer's number. */
  readonly sender: string;
  /** The user, by each way in which he can be written to. */
  readonly destinations: readonly string[];
  readonly acceptedUntil: number;
}

/** A user of WhatsApp and the number that he wrote to. */
export interface LastInboundFilter {
  readonly accountId: number;
  readonly carrier: string;
  /** The customer's number. */
  readonly sender: string;
  /** The user, by phone or by user id. */
  readonly contact: string;
}

/** Of inbound messages from the one that opened the window last; what was stored so much later is not looked for. */
export const LAST_INBOUND_LOOKED_MAX = 10_000;

export interface InboundStore {
  /** In the order given. */
  storeInbound(messages: readonly NewInbound[]): Promise<readonly InboundResult[]>;
  /** Once only, the oldest first. */
  takeInbox(filter: InboxFilter): Promise<Inbox>;
  /**
   * Each part goes to the oldest open group of its key that lacks it, or begins one. It is a duplicate when an open
   * group has the same content in its place; or a closed one, unless both have carrier ids and these differ.
   */
  keepInboundParts(parts: readonly NewInboundPart[], options: KeepPartsOptions): Promise<readonly PartOutcome[]>;
  /** Those that close last come first. A window is kept as long as inbound messages are. */
  findWindows(filter: WindowFilter): Promise<readonly ConversationWindow[]>;
  /**
   * What a user answers, when the carrier names it by its own id. Of several messages of that id the last. Null: the
   * account has none.
   */
  findByCarrierId(accountId: number, carrier: string, carrierMessageId: string): Promise<FoundMessage | null>;
  /** The only message of these whose answer was lost; null where there is none, or more than one. */
  findInDoubt(filter: DoubtFilter): Promise<FoundMessage | null>;
  /**
   * The carrier's id of a user's last message to a number, among the `LAST_INBOUND_LOOKED_MAX` that were stored first
   * since his window was opened last. Null: there is none, or it is not kept any more.
   */
  findLastInbound(filter: LastInboundFilter): Promise<string | null>;
  /** Stays due until `storeInbound` closes it. */
  dueInboundGroups(now: number, limit: number): Promise<readonly DueInboundGroup[]>;
}
