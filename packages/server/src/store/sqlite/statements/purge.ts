/**
 * `seq` follows the time of acceptance, so only messages below `:below` can be old enough; those up to `:after` were
 * looked at before. A message stays as long as a webhook speaks of it: webhooks show their message, and a `seq` may be
 * given again once the newest message is gone. It stays, too, until its SMS is made.
 */
export const purgeMessages = `
delete from message
where seq in (
  select m.seq from message m
  where m.seq > :after and m.seq < :below
    and m.check_at is null and m.accepted_at < :before and m.done_at < :before
    and (m.report_at is null or m.report_at < :before)
    and not exists (select 1 from webhook w where w.message_seq = m.seq)
    and not exists (select 1 from failover f where f.message_seq = m.seq and f.sms_message_id is null)
  order by m.seq
  limit :limit
)
returning seq`;

/** `id` follows the time of birth. */
export const purgeWebhooks = `
delete from webhook
where id in (
  select id from webhook
  where id > :after and id < :below and due_at is null and birth_lease is null and created_at < :before
  order by id
  limit :limit
)
returning id as "seq"`;

export const purgeParkedReceipts = `
delete from parked_receipt
where id in (select id from parked_receipt where received_at < :before order by id limit :limit)`;
