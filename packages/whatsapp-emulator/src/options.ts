import type { Behaviour, Rule, StatusName } from "./behaviour.ts";
import type { EmulatorClock } from "./clock.ts";
import type { GraphErrorCode } from "./errors.ts";
import type { ReceiveOptions } from "./inbound-content.ts";
import type { JsonObject } from "./json.ts";

export interface NumberOptions {
  readonly phoneNumberId: string;
  /** As people write it; its digits are what users see. */
  readonly displayPhoneNumber: string;
  readonly wabaId: string;
  readonly verifiedName?: string;
  /** False: `register` first, or messages are refused with 133010. */
  readonly isRegistered?: boolean;
}

/** Of a number. */
export type QualityRating = "GREEN" | "YELLOW" | "RED" | "NA";
/** Of a template; UNKNOWN until somebody has rated it. */
export type TemplateQuality = "GREEN" | "YELLOW" | "RED" | "UNKNOWN";

export interface TemplateChange {
  readonly name: string;
  readonly language: string;
  /** The business account; that of the first number unless given. */
  readonly wabaId?: string;
  readonly status?: TemplateStatus;
  readonly quality?: TemplateQuality;
  readonly category?: string;
}

export interface NumberChange {
  /** The first one unless given. */
  readonly phoneNumberId?: string;
  readonly quality?: QualityRating;
  /** As TIER_1K. */
  readonly limit?: string;
}

export type TemplateStatus = "APPROVED" | "PENDING" | "REJECTED" | "PAUSED" | "DISABLED";

export interface TemplateOptions {
  readonly name: string;
  readonly language: string;
  /** APPROVED unless given. */
  readonly status?: TemplateStatus;
  /** UTILITY unless given. */
  readonly category?: string;
  /** As in Meta's API: HEADER, BODY, FOOTER, BUTTONS. */
  readonly components: readonly JsonObject[];
  /** The business account; that of the first number unless given. */
  readonly wabaId?: string;
}

export interface Conversation {
  readonly phoneNumberId: string;
  /** Digits, or the user id. */
  readonly user: string;
}

export interface EmulatorOptions {
  /** 0, a free one, unless given. */
  readonly port?: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** What `Authorization: Bearer` has to say. */
  readonly token: string;
  /** Webhooks are signed with it. */
  readonly appSecret: string;
  /** What the handshake says to `webhook.url`, when it is asked for by `verifyWebhook`. */
  readonly verifyToken: string;
  readonly numbers: readonly NumberOptions[];
  readonly webhook?: { readonly url: string };
  /** Beside `hello_world` in en_US, which every business account has. */
  readonly templates?: readonly TemplateOptions[];
  readonly rules?: readonly Rule[];
  /** False: magic numbers are ordinary users. */
  readonly hasMagicNumbers?: boolean;
  /** Instead of "the user wrote in the last 24 hours". */
  readonly windowIsOpen?: (conversation: Conversation) => boolean;
  /** Who has WhatsApp, by digits or user id; everybody unless given. Others fail with 131026. */
  readonly isUser?: (user: string) => boolean;
  /** Messages a second of one number, above which they are refused with 130429; 80. */
  readonly throughputPerSecond?: number;
  /** From one number to one user: so many at once, then one each interval, else 131056; 45 and 6000 ms. */
  readonly pairBurst?: number;
  readonly pairIntervalMs?: number;
  /** Until `sent`, and again until `delivered`; 0. */
  readonly statusDelayMs?: number;
  readonly answerDelayMs?: number;
  /** Of magic numbers; 5000 each. */
  readonly lateByMs?: number;
  readonly slowAnswerMs?: number;
  /** Until a new template is looked at; 0. */
  readonly reviewDelayMs?: number;
  /** A webhook without an answer for so long was not taken; 10 000. */
  readonly webhookTimeoutMs?: number;
  /** Messages to be looked at and answered, 10 000. Older ones are forgotten. */
  readonly messagesMax?: number;
  /** Webhooks to be looked at, 1000. */
  readonly webhooksMax?: number;
  /** Webhooks that wait; above it messages are refused with 131016. 10 000. */
  readonly pendingMax?: number;
  /** Conversations whose window and rate are known, 100 000. */
  readonly conversationsMax?: number;
  /** Media, and their bytes together: 1000 and 256 MiB. The oldest go first. */
  readonly mediaMax?: number;
  readonly mediaBytesMax?: number;
  /** Templates of all business accounts, 6000. */
  readonly templatesMax?: number;
  readonly clock?: EmulatorClock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly onEvent?: (event: EmulatorEvent) => void;
}

/** A message that was taken. */
export interface SentMessage {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly wabaId: string;
  /** Digits, or the user id. */
  readonly to: string;
  readonly type: string;
  /** The request as it came. */
  readonly body: JsonObject;
  readonly acceptedAtMs: number;
  /** Those that were sent, or would have been were there a webhook, in their order. */
  readonly statuses: readonly { readonly status: StatusName; readonly errorCode?: GraphErrorCode }[];
}

/** A message of a user. */
export interface ReceivedMessage {
  readonly id: string;
  readonly phoneNumberId: string;
  /** Digits, or the user id. */
  readonly from: string;
  readonly type: string;
  /** As in the webhook. */
  readonly message: JsonObject;
  /** The business marked it as read. */
  readonly isRead: boolean;
  /** The business was seen typing. */
  readonly isTypingShown: boolean;
}

export interface SentWebhook {
  readonly url: string;
  readonly body: JsonObject;
  /** The very bytes, which are signed. */
  readonly text: string;
  readonly attempts: number;
  readonly isTaken: boolean;
  /** Of the last attempt: the answer's status, or null where there was none. */
  readonly lastStatus: number | null;
}

export type EmulatorEvent =
  | { readonly type: "message"; readonly message: SentMessage }
  | { readonly type: "refused"; readonly path: string; readonly code: GraphErrorCode; readonly details: string }
  | { readonly type: "status"; readonly id: string; readonly to: string; readonly status: StatusName }
  | { readonly type: "received"; readonly message: ReceivedMessage }
  | { readonly type: "webhook"; readonly url: string; readonly attempt: number; readonly status: number | null };

export interface StatusByHand {
  /** The message's id. */
  readonly id: string;
  readonly status: StatusName;
  readonly errorCode?: GraphErrorCode;
  /** In seconds since 1970; now unless given. */
  readonly timestamp?: string;
}

export interface EmulatorCounters {
  requests: number;
  refused: number;
  messages: number;
  statuses: number;
  received: number;
  webhookAttempts: number;
  webhooksTaken: number;
  webhooksLost: number;
}

/** Every call acts at once; webhooks go out after it. */
export interface Emulator {
  /** What takes the place of https://graph.facebook.com. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly counters: Readonly<EmulatorCounters>;
  /** The newest last. */
  messages(): readonly SentMessage[];
  received(): readonly ReceivedMessage[];
  webhooks(): readonly SentWebhook[];
  /** A user writes, which opens the window for 24 hours. */
  receive(message: ReceiveOptions): ReceivedMessage;
  /** A status of a message that is known. */
  sendStatus(status: StatusByHand): void;
  /** Any webhook: `value` under `field`, of the business account. */
  sendWebhook(webhook: { readonly wabaId: string; readonly field: string; readonly value: JsonObject }): void;
  /** Before the other rules. */
  addRule(rule: Rule): void;
  /** Where webhooks go where no subscription says otherwise; null: nowhere. */
  setWebhook(url: string | null): void;
  /** Meta's handshake with the webhook: true when the challenge came back. */
  verifyWebhook(): Promise<boolean>;
  setTemplateStatus(template: {
    readonly name: string;
    readonly language: string;
    readonly status: TemplateStatus;
    readonly wabaId?: string;
  }): void;
  /** Meta decides anew on a template: each member that is another is told by its webhook. */
  changeTemplate(change: TemplateChange): void;
  /** Likewise on a number. */
  changeNumber(change: NumberChange): void;
  /** The code that `verify_code` takes, after `request_code`. */
  verificationCodeOf(phoneNumberId: string): string | null;
  /** Resolves when no webhook is under way or due; those that wait for their next attempt do not count. */
  idle(): Promise<void>;
  /** Forgets messages, webhooks, windows and rates; templates and media stay. */
  clear(): void;
  /** Waiting webhooks are dropped. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type { Behaviour, Rule };
