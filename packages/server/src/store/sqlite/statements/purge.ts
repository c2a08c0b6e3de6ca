/**
 * `seq` follows the time of acceptance, so the walk stops at the first message that is young enough; only old messages
 * that are still open are passed over. Webhooks that still wait keep their message.
 */
export const purgeMessages = `
delete from message
where seq in (
  select m.seq from message m
  where m.seq < coalesce((select seq from message where accepted_at >= :before order by seq limit 1), 9e18)
    and m.check_at is null and m.done_at < :before
    and not exists (select 1 from webhook w where w.message_seq = m.seq and w.due_at is not null)
  order by m.seq
  limit :limit
)`;

export const purgeWebhooks = `
delete from webhook
where id in (select id from webhook where due_at is null and created_at < :before order by id limit :limit)`;

export const purgeParkedReceipts = `
delete from parked_receipt
where id in (select id from parked_receipt where received_at < :before order by id limit :limit)`;
