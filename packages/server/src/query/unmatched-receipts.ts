import { formatDate } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { Store, UnmatchedReceipt } from "../store/store.ts";
import { errorOf, statusOf } from "../view/view.ts";

/** Receipts on a page at most. */
export const UNMATCHED_PAGE_MAX = 1000;
const PAGE_DEFAULT = 50;
/** Receipts that one call tries again at most: they share one commit. */
export const REMATCH_MAX = 10_000;

export interface UnmatchedContext {
  readonly store: Pick<Store, "listUnmatchedReceipts" | "rematchReceipts">;
  readonly clock: Clock;
  /** Longest that an answer may be under way. */
  readonly leaseMs: number;
  /** Reports were born. */
  readonly onReports: () => void;
}

/** As the query string has it. */
export interface UnmatchedQuery {
  readonly carrier?: string;
  /** The carrier's id, in any of the notations that came with the receipt. */
  readonly messageId?: string;
  readonly limit?: number;
  /** The id of the last one of the page before. */
  readonly before?: number;
}

export interface RematchQuery {
  readonly carrier?: string;
  readonly limit?: number;
  /** `nextAfter` of the page before. */
  readonly after?: number;
}

export interface ShownReceipt
  extends Omit<UnmatchedReceipt, "carrierMessageId" | "statusId" | "errorId" | "doneAt" | "receivedAt" | "seenAt"> {
  readonly messageId: string;
  readonly status: ReturnType<typeof statusOf>;
  readonly error: ReturnType<typeof errorOf>;
  readonly doneAt: string;
  readonly receivedAt: string;
  /** When its user has read it; absent where it does not say so. */
  readonly seenAt?: string;
}

export interface UnmatchedPage {
  readonly receipts: readonly ShownReceipt[];
  /** Absent on the last page. */
  readonly nextBefore?: number;
}

export interface RematchAnswer {
  readonly looked: number;
  readonly matched: number;
  /** Absent when there is nothing more. */
  readonly nextAfter?: number;
}

/** Receipts whose message is not known, the newest first. */
export async function listUnmatched({ store }: UnmatchedContext, query: UnmatchedQuery): Promise<UnmatchedPage> {
  const limit = Math.min(query.limit ?? PAGE_DEFAULT, UNMATCHED_PAGE_MAX);
  const receipts = await store.listUnmatchedReceipts({
    limit,
    ...(query.carrier === undefined ? {} : { carrier: query.carrier }),
    ...(query.messageId === undefined ? {} : { carrierMessageId: query.messageId }),
    ...(query.before === undefined ? {} : { before: query.before }),
  });
  const last = receipts.at(-1);
  const hasMore = receipts.length === limit && last !== undefined;
  return { receipts: receipts.map(shown), ...(hasMore ? { nextBefore: last.id } : {}) };
}

/** Tries them again, the oldest first: after a carrier's notation was learned, or a lost answer was given up. */
export async function rematch(context: UnmatchedContext, query: RematchQuery): Promise<RematchAnswer> {
  const { store, clock, leaseMs, onReports } = context;
  const now = clock.now();
  const { looked, matched, next } = await store.rematchReceipts({
    now,
    limit: Math.min(query.limit ?? REMATCH_MAX, REMATCH_MAX),
    isForDoubtOnly: false,
    settledBefore: now - leaseMs,
    ...(query.carrier === undefined ? {} : { carrier: query.carrier }),
    ...(query.after === undefined ? {} : { after: query.after }),
  });
  if (matched > 0) onReports();
  return { looked, matched, ...(next === null ? {} : { nextAfter: next }) };
}

function shown(receipt: UnmatchedReceipt): ShownReceipt {
  const { carrierMessageId, statusId: _, errorId: _e, doneAt, receivedAt, seenAt, ...rest } = receipt;
  return {
    ...rest,
    messageId: carrierMessageId,
    status: statusOf(receipt),
    error: errorOf(receipt),
    doneAt: formatDate(doneAt),
    receivedAt: formatDate(receivedAt),
    ...(seenAt === null ? {} : { seenAt: formatDate(seenAt) }),
  };
}
