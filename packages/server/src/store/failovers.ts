/** The port's words for the SMS that stands in for a WhatsApp message; store.ts has the rest of the calls. */
import type { MessageRecord, NewMessage } from "./messages.ts";
import type { ShortLink } from "./short-links.ts";

/** A message that ended without delivery, whose SMS has not been made yet. */
export interface DueFailover extends MessageRecord {
  readonly webhookUrl: string | null;
  readonly wantsReport: boolean;
}

export interface NewFailover {
  /** The message that the SMS stands in for. */
  readonly seq: number;
  readonly sms: NewMessage;
  /** Nobody knows whether the message has reached its phone: the SMS is a possible duplicate. */
  readonly isInDoubt: boolean;
  /** Those in the SMS's text. */
  readonly shortLinks?: readonly ShortLink[];
}

export interface FailoverRecord {
  /** Null: it waits to be made. */
  readonly smsMessageId: string | null;
  readonly bornAt: number;
  readonly madeAt: number | null;
}

/**
 * A message with `smsFailover` in its options that ends as undeliverable, expired or rejected is due for its SMS from the
 * commit of that end on, once. It is not any more when it is delivered after all before the SMS is made.
 */
export interface FailoverStore {
  /** Those of the messages that were accepted first come first. */
  dueFailovers(limit: number): Promise<readonly DueFailover[]>;
  /**
   * Stores each SMS in the commit in which its message ceases to be due. In the order given: false where the message was
   * not due, and its SMS was not stored. A messageId that is taken fails the call.
   */
  makeFailovers(failovers: readonly NewFailover[]): Promise<readonly boolean[]>;
  /** Null: the message has not ended without delivery, or has no SMS to stand in for it. */
  findFailover(seq: number): Promise<FailoverRecord | null>;
}
