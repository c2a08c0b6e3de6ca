import { formatDate } from "@posthorn/contract";
import type { LedgerRow, MessageOptions, MessageRecord, PartRecord } from "../store/store.ts";
import { errorOf, statusOf } from "../view/view.ts";
import type { QueryContext } from "./sms-queries.ts";

/** One message of any channel, with what Infobip's own logs do not say: our state, the route, the carrier's id. */
export async function showMessage(context: QueryContext, accountId: number, messageId: string): Promise<object | null> {
  const record = await context.store.findMessage(accountId, messageId);
  if (record === null) return null;
  const {
    seq,
    accountId: _,
    text,
    options,
    statusId: _statusId,
    errorId: _errorId,
    acceptedAt,
    sentAt,
    submittedAt,
    doneAt,
    seenAt,
    expiresAt,
    convertedAt,
    parts,
    ...shown
  } = record;
  return {
    ...shown,
    ...(await failoverOf(context, record)),
    status: statusOf(record),
    error: errorOf(record),
    acceptedAt: formatDate(acceptedAt),
    sentAt: formatDate(sentAt),
    submittedAt: submittedAt === null ? null : formatDate(submittedAt),
    doneAt: doneAt === null ? null : formatDate(doneAt),
    ...(seenAt === null ? {} : { seenAt: formatDate(seenAt) }),
    expiresAt: formatDate(expiresAt),
    convertedAt: convertedAt === null ? null : formatDate(convertedAt),
    ...(parts === undefined ? {} : { parts: parts.map(shownPart) }),
  };
}

function shownPart({ doneAt, ...part }: PartRecord) {
  return { ...part, doneAt: doneAt === null ? null : formatDate(doneAt) };
}

/** Of a message that another one stands in for, and of that one, how they belong together. */
async function failoverOf({ store }: Pick<QueryContext, "store">, record: MessageRecord): Promise<object> {
  if (record.options === null) return {};
  const { smsFailover, failoverOf: messageId } = JSON.parse(record.options) as MessageOptions;
  if (typeof messageId === "string") return { failoverOf: messageId };
  if (smsFailover === undefined) return {};
  const failover = await store.findFailover(record.seq);
  if (failover === null) return { failover: null };
  const { smsMessageId, madeAt } = failover;
  return { failover: { messageId: smsMessageId, madeAt: madeAt === null ? null : formatDate(madeAt) } };
}

export interface LedgerView {
  readonly rows: readonly (LedgerRow & { readonly closes: boolean })[];
  /** accepted = final + open, in every row. */
  readonly closes: boolean;
}

/** The check behind "no silent end": what was accepted has ended, or is open. */
export async function showLedger(context: Pick<QueryContext, "store">): Promise<LedgerView> {
  const rows = (await context.store.ledger()).map((row) => ({ ...row, closes: doesClose(row) }));
  return { rows, closes: rows.every((row) => row.closes) };
}

export function doesClose(row: LedgerRow): boolean {
  return row.accepted === row.delivered + row.undeliverable + row.expired + row.rejected + row.canceled + row.open;
}
