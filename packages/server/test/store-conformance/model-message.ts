import { canMove, isFinal, type MessageState } from "../../src/message/state.ts";
import type {
  BulkPlace,
  CanceledOutcome,
  CheckRow,
  ClaimRequest,
  LedgerRow,
  MessageRecord,
  Receipt,
  ReceiptOutcome,
} from "../../src/store/store.ts";
import type { flatOf } from "./fixtures.ts";

/** A message as the model keeps it: what customers see, and the three times that say what is still to be done. */
export interface ModelMessage {
  readonly accepted: ReturnType<typeof flatOf>;
  /** Its messageId belongs to a younger message now. */
  isSuperseded: boolean;
  seq: number;
  state: MessageState;
  statusId: number;
  errorId: number;
  carrier: string;
  carrierMessageId: string | null;
  attempts: number;
  doubt: "held" | "resent" | null;
  submittedAt: number | null;
  doneAt: number | null;
  dueAt: number | null;
  checkAt: number | null;
  reportAt: number | null;
  expiresAt: number;
  sentAt: number;
  /** Of a message that the carrier took in several parts. */
  parts: ModelPart[];
  /** When it was paused, and when it would have left. */
  pause: { readonly since: number; readonly dueAt: number } | null;
}

export interface ModelPart {
  readonly id: string;
  state: Receipt["state"] | null;
  doneAt: number | null;
}

export interface ModelWish {
  readonly accountId: number;
  readonly bulkId: string;
  wish: "paused" | "canceled" | null;
  sendAt: number | null;
  lastSeq: number;
  outcome: CanceledOutcome;
  changedAt: number;
}

export interface ModelWebhook {
  /** The store's own id, once a claim has told it. */
  id: number | null;
  readonly message: ModelMessage;
  readonly url: string;
  readonly outcome: Pick<MessageRecord, "state" | "statusId" | "errorId" | "doneAt">;
  readonly createdAt: number;
  dueAt: number | null;
  attempts: number;
  isDelivered: boolean;
}

export type Counters = { -readonly [Name in keyof Omit<LedgerRow, "channel" | "carrier" | "open">]: number };

export function noCounters(): Counters {
  return { accepted: 0, delivered: 0, undeliverable: 0, expired: 0, rejected: 0, canceled: 0 };
}

/** What a receipt did, and by which of its ids. */
export interface Match {
  readonly outcome: ReceiptOutcome;
  readonly matchedId: string | null;
}

export const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

export const idsOf = ({ carrierMessageId, otherIds = [] }: Receipt) => [carrierMessageId, ...otherIds];

/** The model's phones are all of one length, and receipts name them whole or by their last digits. */
export const isTo = ({ accepted }: ModelMessage, { destination }: Receipt) =>
  destination === undefined || accepted.destination.endsWith(destination);

/** A message of the receipt's carrier to its phone is in doubt. */
export const isToDoubt = (messages: readonly ModelMessage[], receipt: Receipt) =>
  receipt.destination !== undefined &&
  messages.some(
    (message) => message.state === "uncertain" && message.carrier === receipt.carrier && isTo(message, receipt),
  );

const PROMPT_MS = 60_000;

/** A receipt tells `found` nothing or tells it late, and another message to the phone may have got the same id. */
export function isStray(
  messages: readonly ModelMessage[],
  found: ModelMessage,
  id: string,
  receipt: Receipt,
  terms: { readonly now: number; readonly acceptedUntil: number },
): boolean {
  if (found.accepted.channel === "WHATSAPP") return false;
  const part = found.parts.find((one) => one.id === id);
  const isSaid = isFinal(found.state) || (part !== undefined && !canMove(part.state ?? "submitted", receipt.state));
  const isLate = terms.now - (found.submittedAt ?? terms.now) >= PROMPT_MS;
  if ((!isSaid && !isLate) || receipt.destination === undefined || receipt.seenAt !== undefined) return false;
  if (receipt.reference === (found.seq & 0xffff)) return false;
  return messages.some(
    (message) =>
      message !== found &&
      message.carrier === receipt.carrier &&
      (message.state === "claimed" || (message.state === "uncertain" && message.carrierMessageId === null)) &&
      message.accepted.acceptedAt <= terms.acceptedUntil &&
      isTo(message, receipt),
  );
}

/** A message as the port shows it. */
export function recordOf(message: ModelMessage): MessageRecord {
  const { accepted, seq, state, statusId, errorId, carrier, carrierMessageId, attempts, doubt, submittedAt, doneAt } =
    message;
  const { sentAt, expiresAt } = message;
  const { dueAt: _, webhookUrl: _u, webhookKind: _k, wantsReport: _w, ...kept } = accepted;
  return {
    ...kept,
    seq,
    state,
    statusId,
    errorId,
    carrier,
    carrierMessageId,
    attempts,
    doubt,
    sentAt,
    expiresAt,
    submittedAt,
    doneAt,
    seenAt: null,
  };
}

export function isOf(
  one: Pick<BulkPlace, "accountId" | "bulkId">,
  other: Pick<BulkPlace, "accountId" | "bulkId">,
): boolean {
  return one.accountId === other.accountId && one.bulkId === other.bulkId;
}

export function isWaiting(state: MessageState): boolean {
  return state === "queued" || state === "held";
}

/** A claim would take it, if it has room. */
export function isDue({ accepted, dueAt, expiresAt }: ModelMessage, { route, now }: ClaimRequest): boolean {
  return accepted.route === route && dueAt !== null && dueAt <= now && expiresAt > now;
}

/** As the checks are given it. */
export function checkRowOf({ accepted, parts, ...message }: ModelMessage): CheckRow {
  const { seq, state, attempts, carrier, carrierMessageId, submittedAt, expiresAt } = message;
  const { messageId, sender, destination, options } = accepted;
  return {
    seq,
    state,
    attempts,
    carrier,
    carrierMessageId,
    submittedAt,
    messageId,
    sender,
    destination,
    expiresAt,
    options: state === "claimed" ? options : null,
    spelledIds: null,
    openPartIds: parts.length === 0 ? null : parts.filter((part) => part.state === null).map(({ id }) => id),
  };
}
