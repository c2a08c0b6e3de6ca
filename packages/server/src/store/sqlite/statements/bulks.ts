/**
 * A bulk's messages counted, for its status. The plus before `account_id`, here and below, keeps SQLite to the index of
 * bulks: it would rather walk along all messages of the account.
 */
export const countBulk = `
select count(*) as "total",
  count(check_at) as "open",
  count(*) filter (where state in ('queued', 'held')) as "waiting",
  count(*) filter (where attempts > 0 or due_at <= :now or state in ('delivered', 'undeliverable', 'expired')) as "begun",
  count(*) filter (where state = 'rejected') as "rejected",
  count(*) filter (where state = 'canceled') as "canceled",
  min(sent_at) as "sentAt", max(seq) as "lastSeq"
from message where bulk_id = :bulkId and +account_id = :accountId`;

export const findWish = `
select wish, send_at as "sendAt", last_seq as "lastSeq", status_id as "statusId", error_id as "errorId"
from bulk where account_id = ? and bulk_id = ?`;

export const saveWish = `
insert into bulk (account_id, bulk_id, wish, send_at, last_seq, status_id, error_id, changed_at)
values (:accountId, :bulkId, :wish, :sendAt, :lastSeq, :statusId, :errorId, :now)
on conflict (account_id, bulk_id) do update set
  wish = :wish, send_at = :sendAt, last_seq = :lastSeq, status_id = :statusId, error_id = :errorId, changed_at = :now`;

export const dropWish = `delete from bulk where account_id = ? and bulk_id = ?`;

export const countWishes = `select count(*) as "all", count(*) filter (where wish = 'paused') as "paused" from bulk`;

/** What of a bulk waits, in the order of acceptance. The options come along only where they speak of times. */
export const waitingOfBulk = `
select seq, state, attempts, due_at as "dueAt", paused_due_at as "pausedDueAt", expires_at as "expiresAt",
  check_at as "checkAt",
  case when instr(options, '"deliveryTimeWindow":') or instr(options, '"sendingSpeedLimit":') then options end as "options"
from message
where bulk_id = :bulkId and +account_id = :accountId and seq > :after and state in ('queued', 'held')
order by seq
limit :limit`;

/** Out of the claims' reach: they look for `due_at`. A message that does not wait is left as it is. */
export const pauseMessage = `
update message set state = 'held', paused_due_at = due_at, due_at = null, check_at = ?
where seq = ? and due_at is not null`;

export const freeMessage = `
update message
set state = :state, due_at = :dueAt, paused_due_at = null, expires_at = :expiresAt, check_at = :expiresAt
where seq = :seq`;

export const rescheduleMessage = `
update message
set state = :state, due_at = :dueAt, sent_at = :dueAt, expires_at = :expiresAt, check_at = :expiresAt
where seq = :seq`;

/** It stays paused: `check_at` is the end of its pause. */
export const reschedulePausedMessage = `
update message set paused_due_at = :dueAt, sent_at = :dueAt, expires_at = :expiresAt where seq = :seq`;

export const findBulkOfMessage = `select account_id as "accountId", bulk_id as "bulkId" from message where seq = ?`;

/** Wishes for bulks of which no message is left. */
export const purgeWishes = `
delete from bulk
where (account_id, bulk_id) in (
  select b.account_id, b.bulk_id from bulk b
  where b.changed_at < ?
    and not exists (select 1 from message m where m.bulk_id = b.bulk_id and +m.account_id = b.account_id)
  order by b.changed_at
  limit ?
)`;
