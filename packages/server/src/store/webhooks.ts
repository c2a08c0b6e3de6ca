/** The port's words for webhooks: what customers are told, and how that went. store.ts has the calls. */
import type { ReportRecord, WebhookKind } from "./messages.ts";
import type { EventFacts } from "./subscription-documents.ts";

/**
 * What a webhook tells that is no report of a message: an inbound message, a click on a link in one, a number lookup,
 * that WhatsApp has changed a template, or a user of WhatsApp his device.
 */
export type EventKind =
  | "SMS_INBOUND"
  | "WHATSAPP_INBOUND"
  | "SMS_CLICK"
  | "NUMBER_LOOKUP"
  | "WHATSAPP_TEMPLATE_UPDATE"
  | "WHATSAPP_IDENTITY_CHANGE";

/** What a webhook tells of a message: its end, in the shape that it asked for, or that its user has read it. */
export type ReportWebhookKind = WebhookKind | "WHATSAPP_SEEN";

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
  readonly kind: ReportWebhookKind;
  readonly message: ReportRecord;
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
  /** Most rows in one call to a receiver. */
  readonly bucketSize: number;
  /** Calls to a receiver that are claimed together, 1 unless given; a receiver that fails gets one. */
  readonly bucketsMax?: number;
}

/**
 * Room of whoever pushes: reports that are born in this call may come with its answer, leased, and need not be claimed.
 * Those of a receiver that has failed, or for which something is due already, wait for their claim as ever.
 */
export interface PushOffer {
  readonly leaseUntil: number;
  /** Most reports. */
  readonly limit: number;
  /** Receivers that have enough for now. */
  readonly originsBusy: readonly string[];
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
  readonly kind: ReportWebhookKind | EventKind;
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
