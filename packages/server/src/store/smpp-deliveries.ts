/**
 * The port's words for what waits for customers' SMPP sessions. It is born in the transaction of its cause, as webhooks
 * are, and gone once it was answered. store.ts has the calls.
 */
import type { MessageState } from "../message/state.ts";

/** Which outcomes a receipt is made of: the lowest two bits of registered_delivery. */
export type ReceiptWish = "all" | "failures" | "successes";

/** Whom a message's receipt goes to, and what it must repeat; kept in place of a webhook's URL. */
export interface ReceiptTarget {
  readonly systemId: string;
  readonly wish: ReceiptWish;
  /** The message_id that its submit was answered with, where it is not the messageId: all of a submit_multi share one. */
  readonly receiptId?: string;
  /** Type and numbering plan, as the submit had them. */
  readonly source: readonly [ton: number, npi: number];
  readonly destination: readonly [ton: number, npi: number];
}

const PREFIX = "smpp:";

export function writeReceiptTarget(target: ReceiptTarget): string {
  return PREFIX + JSON.stringify(target);
}

/** Null for a webhook's URL. */
export function readReceiptTarget(text: string | null): ReceiptTarget | null {
  return text?.startsWith(PREFIX) === true ? (JSON.parse(text.slice(PREFIX.length)) as ReceiptTarget) : null;
}

export interface ReceiptBody {
  readonly kind: "receipt";
  readonly messageId: string;
  readonly state: MessageState;
  readonly errorId: number;
  readonly sender: string;
  readonly destination: string;
  /** Its first characters; empty for a binary message. */
  readonly text: string;
  readonly sentAt: number;
  readonly doneAt: number;
  readonly addresses: Pick<ReceiptTarget, "source" | "destination">;
}

export interface InboundBody {
  readonly kind: "inbound";
  readonly messageId: string;
  readonly sender: string;
  readonly destination: string;
  /** Of a binary message the octets, hexadecimal. */
  readonly text: string;
  readonly encoding: string;
}

export interface SmppDelivery {
  readonly id: number;
  readonly accountId: number;
  /** Null: for any of the account's receivers. */
  readonly systemId: string | null;
  readonly attempts: number;
  readonly body: ReceiptBody | InboundBody;
}

export interface SmppDeliveryClaim {
  readonly now: number;
  readonly leaseUntil: number;
  /** Each gives at most `limit`; `systemId` null: what any of the account's receivers may have. */
  readonly receivers: readonly {
    readonly accountId: number;
    readonly systemId: string | null;
    readonly limit: number;
  }[];
}

export type SmppDeliveryResult =
  /** Answered, or given up: it is gone. */
  | { readonly id: number; readonly outcome: "done" }
  | { readonly id: number; readonly outcome: "retry"; readonly dueAt: number }
  /** It was claimed and not sent: no attempt. */
  | { readonly id: number; readonly outcome: "unsent"; readonly dueAt: number };

export interface SmppDeliveryStore {
  /**
   * Takes what is due, the oldest first. A receipt waits as long as an earlier one of its message is there. What nobody
   * settled by the end of its lease is due again.
   */
  claimSmppDeliveries(claim: SmppDeliveryClaim): Promise<readonly SmppDelivery[]>;
  settleSmppDeliveries(results: readonly SmppDeliveryResult[]): Promise<void>;
}
