import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  ClaimRequest,
  DueWebhook,
  LogFilter,
  MessageCommon,
  MessageOptions,
  MessageRecord,
  ReportRecord,
  Move,
  NewMessage,
  OutboundMessage,
  Receipt,
  ReportFilter,
  Store,
  WebhookClaim,
} from "../../src/store/store.ts";

/** One opened home. `destroy` closes whatever is open and removes every trace. */
export interface Home {
  readonly store: Store;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<Store>;
  destroy(): Promise<void>;
}

export type OpenHome = () => Promise<Home>;

export type StoreTest = (name: string, body: (store: Store, home: Home) => Promise<void>) => void;

/** A test on a store of its own. */
export function storeTest(open: OpenHome): StoreTest {
  return (name, body) => {
    test(name, async () => {
      const home = await open();
      try {
        await body(home.store, home);
      } finally {
        await home.destroy();
      }
    });
  };
}

export const T0 = 1_700_000_000_000;
export const HOUR_MS = 3_600_000;
const VALIDITY_MS = 48 * HOUR_MS;

export const STATUS_ID = { pending: 26, enroute: 3, delivered: 5, undeliverable: 9, expired: 15, rejected: 6 } as const;

/** What a test wants to be otherwise in a message, whether it is the message's own or shared. */
export type MessageChanges = Partial<Omit<NewMessage, "messageId" | "common">> &
  Partial<Omit<MessageCommon, "options">> & { readonly options?: MessageOptions | null };

const COMMON: MessageCommon = {
  accountId: 1,
  bulkId: "bulk",
  channel: "SMS",
  sender: "Posthorn",
  text: "Good morning",
  encoding: "GSM7",
  partCount: 1,
  options: null,
  route: "main",
  carrier: "north",
  acceptedAt: T0,
  expiresAt: T0 + VALIDITY_MS,
  callbackData: null,
  applicationId: null,
  entityId: null,
  campaignReferenceId: null,
  webhookUrl: null,
  webhookKind: "SMS_V3",
  wantsReport: true,
};

export function newMessage(messageId: string, changes: MessageChanges = {}): NewMessage {
  const {
    destination = "41793026727",
    state = "queued",
    statusId = STATUS_ID.pending,
    errorId = 0,
    dueAt = T0,
    options = null,
    ...shared
  } = changes;
  const common = { ...COMMON, ...shared, options: options === null ? null : JSON.stringify(options) };
  return { common, messageId, destination, state, statusId, errorId, dueAt };
}

/** All members of a message side by side, as records have them. */
export function flatOf({ common, ...own }: NewMessage): Omit<NewMessage, "common"> & MessageCommon {
  return { ...common, ...own };
}

/** `count` messages with the ids `prefix`0, `prefix`1 …, which share what the destinations of a message share. */
export function newMessages(count: number, prefix = "m", changes: MessageChanges = {}): NewMessage[] {
  const first = newMessage(`${prefix}0`, changes);
  return Array.from({ length: count }, (_, index) => ({ ...first, messageId: `${prefix}${index}` }));
}

export function claimOf(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return { route: "main", carrier: "north", now: T0, leaseUntil: T0 + 60_000, limit: 1_000, ...changes };
}

export function submitted(message: OutboundMessage, carrierMessageId: string, changes: Partial<Move> = {}): Move {
  return {
    seq: message.seq,
    from: "claimed",
    attempts: message.attempts,
    to: "submitted",
    statusId: STATUS_ID.enroute,
    errorId: 0,
    at: T0 + 10,
    carrierMessageId,
    submittedAt: T0 + 10,
    checkAt: message.expiresAt,
    ...changes,
  };
}

export function receiptOf(carrierMessageId: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    carrier: "north",
    carrierMessageId,
    state: "delivered",
    statusId: STATUS_ID.delivered,
    errorId: 0,
    doneAt: T0 + 20,
    ...changes,
  };
}

/** Inserts, claims and submits: the carrier's id of a message is its messageId with `c-` before it. */
export async function submitAll(store: Store, messages: readonly NewMessage[]): Promise<readonly OutboundMessage[]> {
  const { inserted } = await store.insertMessages(messages);
  assert.ok(inserted.every(Boolean));
  const claimed = await store.claimDue(claimOf({ limit: messages.length }));
  assert.equal(claimed.length, messages.length);
  const moved = await store.moveMessages(claimed.map((message) => submitted(message, `c-${message.messageId}`)));
  assert.ok(moved.every(Boolean));
  return claimed;
}

/** Ends messages that `submitAll` has submitted. */
export async function deliverAll(store: Store, messageIds: readonly string[], now = T0 + 30) {
  const receipts = messageIds.map((messageId) => receiptOf(`c-${messageId}`, { doneAt: now }));
  const { outcomes } = await store.applyReceipts(receipts, now, 100);
  assert.ok(outcomes.every((outcome) => outcome === "applied"));
}

export function reportsOf(changes: Partial<ReportFilter> = {}): ReportFilter {
  return { accountId: 1, channel: "SMS", since: T0 - 48 * HOUR_MS, limit: 1_000, ...changes };
}

export function logsOf(changes: Partial<LogFilter> = {}): LogFilter {
  return { accountId: 1, channel: "SMS", sentSince: 0, sentUntil: T0 + 100 * HOUR_MS, limit: 1_000, ...changes };
}

export function webhooksOf(changes: Partial<WebhookClaim> = {}): WebhookClaim {
  return {
    now: T0 + HOUR_MS,
    leaseUntil: T0 + 2 * HOUR_MS,
    originsBusy: [],
    originsMax: 100,
    bucketSize: 100,
    ...changes,
  };
}

/** What of a message its report tells. */
export function reportOf(record: MessageRecord): ReportRecord {
  const { messageId, bulkId, sender, destination, partCount, state, statusId, errorId, doubt } = record;
  const { sentAt, doneAt, callbackData, applicationId, entityId, campaignReferenceId } = record;
  const ends = { state, statusId, errorId, doubt, sentAt, doneAt };
  const own = { callbackData, applicationId, entityId, campaignReferenceId };
  return { messageId, bulkId, sender, destination, partCount, ...ends, ...own };
}

/** What the webhooks tell, where all of them are reports. */
export function toldBy(webhooks: readonly DueWebhook[]): readonly ReportRecord[] {
  return webhooks.map((webhook) => {
    assert.ok("message" in webhook, `${webhook.kind} is no report`);
    return webhook.message;
  });
}

export const idsOf = (records: readonly Pick<MessageRecord, "messageId">[]): string[] =>
  records.map(({ messageId }) => messageId);

export async function mustFind(store: Store, messageId: string, accountId = 1): Promise<MessageRecord> {
  const record = await store.findMessage(accountId, messageId);
  assert.ok(record !== null, `${messageId} is not in the store`);
  const { isPaused: _, convertedAt: _c, ...shown } = record;
  return shown;
}

/** accepted = final + open in every row, and at least one row was read. */
export async function assertLedgerCloses(store: Store) {
  const rows = await store.ledger();
  assert.ok(rows.length > 0, "the ledger has no row: nothing was checked");
  for (const row of rows) {
    const ended = row.delivered + row.undeliverable + row.expired + row.rejected + row.canceled;
    assert.equal(row.accepted, ended + row.open, JSON.stringify(row));
  }
}
