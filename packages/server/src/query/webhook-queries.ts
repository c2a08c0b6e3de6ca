import { formatDate, parseDate } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { Store, WebhookRecord, WebhookState } from "../store/store.ts";

/** Webhooks on a page at most. */
const PAGE_MAX = 1000;
const PAGE_DEFAULT = 50;
/** Webhooks that one call makes due again at most: they share one commit. */
export const REPLAY_MAX = 10_000;

export interface WebhookQueryContext {
  readonly store: Pick<Store, "listWebhooks" | "replayWebhooks">;
  readonly clock: Clock;
  /** Something is due again. */
  readonly onDue: () => void;
}

/** As the query string has it. */
export interface WebhooksQuery {
  readonly state?: WebhookState;
  readonly receiver?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  /** The id of the last one of the page before. */
  readonly before?: number;
}

/** Webhooks of an account, the newest first. `nextBefore` is absent on the last page. */
export async function listWebhooks({ store }: WebhookQueryContext, accountId: number, query: WebhooksQuery) {
  const limit = Math.min(query.limit ?? PAGE_DEFAULT, PAGE_MAX);
  const records = await store.listWebhooks({
    accountId,
    limit,
    ...(query.state === undefined ? {} : { state: query.state }),
    ...(query.before === undefined ? {} : { before: query.before }),
    ...rangeOf(query),
  });
  const last = records.at(-1);
  const hasMore = records.length === limit && last !== undefined;
  return { webhooks: records.map(shown), ...(hasMore ? { nextBefore: last.id } : {}) };
}

/** With its attempts; null where the account has none of that id. */
export async function showWebhook({ store }: WebhookQueryContext, accountId: number, id: number) {
  const [record] = await store.listWebhooks({ accountId, id, limit: 1 });
  if (record === undefined) return null;
  const attempts = record.history.map((attempt) => ({ ...attempt, at: formatDate(attempt.at) }));
  return { ...shown(record), lastAttempts: attempts };
}

/** @throws RequestRefused 404 where there is none of that id, 409 where it was delivered */
export async function replayWebhook(context: WebhookQueryContext, accountId: number, id: number) {
  const replayed = await context.store.replayWebhooks({ accountId, id, now: context.clock.now(), limit: 1 });
  if (replayed === 0) {
    const [record] = await context.store.listWebhooks({ accountId, id, limit: 1 });
    if (record === undefined) throw new RequestRefused(404, `Webhook ${id} not found`);
    throw new RequestRefused(409, `Webhook ${id} was delivered`);
  }
  context.onDue();
  return { replayed };
}

/** What was given up of a receiver or a time; `hasMore`: the same again makes more of them due. */
export async function replayFailed(context: WebhookQueryContext, accountId: number, query: WebhooksQuery) {
  const limit = Math.min(query.limit ?? REPLAY_MAX, REPLAY_MAX);
  const replayed = await context.store.replayWebhooks({
    accountId,
    now: context.clock.now(),
    limit,
    ...rangeOf(query),
  });
  if (replayed > 0) context.onDue();
  return { replayed, hasMore: replayed === limit };
}

function rangeOf({ receiver, since, until }: WebhooksQuery) {
  return {
    ...(receiver === undefined ? {} : { origin: receiver }),
    ...(since === undefined ? {} : { createdSince: timeOf("since", since) }),
    ...(until === undefined ? {} : { createdUntil: timeOf("until", until) }),
  };
}

function timeOf(property: string, text: string): number {
  const time = parseDate(text);
  if (time === undefined) throw new InvalidRequest(property, "must be a date-time");
  return Number(time);
}

function shown({ origin, createdAt, dueAt, deliveredAt, history: _, ...rest }: WebhookRecord) {
  const state: WebhookState = dueAt !== null ? "waiting" : deliveredAt !== null ? "delivered" : "failed";
  const date = (time: number | null) => (time === null ? null : formatDate(time));
  return {
    ...rest,
    receiver: origin,
    state,
    createdAt: formatDate(createdAt),
    dueAt: date(dueAt),
    deliveredAt: date(deliveredAt),
  };
}
