export const insertSmppDelivery = `
insert into smpp_delivery (account_id, system_id, message_seq, body, created_at, due_at)
values (:accountId, :systemId, :messageSeq, :body, :createdAt, :createdAt)`;

export const findReceiptFacts = `
select message_id as "messageId", sender, destination, sent_at as "sentAt",
  case encoding when 'BINARY' then '' else substr(text, 1, 20) end as "text"
from message where seq = ?`;

/** Rows of one message leave one after the other. */
export const dueSmppDeliveries = `
select d.id, d.account_id as "accountId", d.system_id as "systemId", d.attempts, d.body
from smpp_delivery d
where d.account_id = :accountId and d.system_id = :systemId and d.due_at <= :now
  and not exists (select 1 from smpp_delivery e where e.message_seq = d.message_seq and e.id < d.id)
order by d.due_at, d.id
limit :limit`;

export const leaseSmppDelivery = `
update smpp_delivery set due_at = ? where id = ?`;

export const deleteSmppDelivery = `
delete from smpp_delivery where id = ?`;

export const retrySmppDelivery = `
update smpp_delivery set due_at = :dueAt, attempts = attempts + :attempts where id = :id`;

/** At the start nothing is on its way, and whoever binds first need not wait for a lease of the former process. */
export const expireSmppLeases = `
update smpp_delivery set due_at = :now where due_at > :now`;

export const purgeSmppDeliveries = `
delete from smpp_delivery where id in (select id from smpp_delivery where created_at < ? order by created_at limit ?)`;
