const columns = `w.id, w.kind, m.message_id as "messageId", w.url, w.origin, w.subscription, w.created_at as "createdAt",
  coalesce(w.due_at, case when w.birth_lease is not null then w.created_at end) as "dueAt", w.delivered_at as "deliveredAt", w.attempts, w.last_error as "lastError", w.history`;

const STATE = {
  waiting: "(w.due_at is not null or w.birth_lease is not null)",
  delivered: "w.delivered_at is not null and w.due_at is null",
  failed: "w.due_at is null and w.delivered_at is null and w.birth_lease is null",
} as const;

/** By its state, which decides on the index, or of any. The plus leaves the work of finding to the order. */
const listOf = (condition: string) => `
select ${columns}
from webhook w left join message m on m.seq = w.message_seq
where ${condition} and w.account_id = :accountId and w.id < :before
  and (:origin is null or +w.origin = :origin)
  and w.created_at >= :createdSince and w.created_at <= :createdUntil
order by w.id desc
limit :limit`;

export const listWebhooks = listOf("true");
export const listWaitingWebhooks = listOf(STATE.waiting);
export const listDeliveredWebhooks = listOf(STATE.delivered);
export const listFailedWebhooks = listOf(STATE.failed);

/** By its id: one row is looked at. */
export const findWebhook = `
select ${columns}
from webhook w left join message m on m.seq = w.message_seq
where w.id = :id and w.account_id = :accountId`;

/** Given up, the oldest first, to be sent again from the first attempt on. */
export const replayWebhooks = `
update webhook set due_at = :now, attempts = 0
where id in (
  select w.id from webhook w
  where ${STATE.failed} and w.account_id = :accountId
    and (:origin is null or +w.origin = :origin)
    and w.created_at >= :createdSince and w.created_at <= :createdUntil
  order by w.id
  limit :limit
)
returning origin`;

/** One that was given up or waits. One that is leased at its birth was never tried. */
export const replayWebhook = `
update webhook set due_at = min(:now, coalesce(due_at, :now)), birth_lease = null,
  attempts = case when due_at is null then 0 else attempts end
where id = :id and account_id = :accountId and delivered_at is null
returning origin`;
