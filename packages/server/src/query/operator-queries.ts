import { formatDate } from "@posthorn/contract";
import type { LedgerRow } from "../store/store.ts";
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
    ...shown
  } = record;
  return {
    ...shown,
    status: statusOf(record),
    error: errorOf(record),
    acceptedAt: formatDate(acceptedAt),
    sentAt: formatDate(sentAt),
    submittedAt: submittedAt === null ? null : formatDate(submittedAt),
    doneAt: doneAt === null ? null : formatDate(doneAt),
    ...(seenAt === null ? {} : { seenAt: formatDate(seenAt) }),
    expiresAt: formatDate(expiresAt),
    convertedAt: convertedAt === null ? null : formatDate(convertedAt),
  };
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
