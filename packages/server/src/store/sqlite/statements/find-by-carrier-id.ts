import { reportedColumns } from "./columns.ts";

const COLUMNS = `m.seq, m.state, m.attempts, m.accepted_at as "acceptedAt", m.submitted_at as "submittedAt", m.destination,
  m.account_id as "accountId", m.channel, m.carrier, m.webhook_url as "webhookUrl", m.webhook_kind as "webhookKind",
  m.wants_report as "wantsReport"`;

/**
 * Carriers use their ids again, some after every restart: the message submitted last is meant, and one whose time is
 * long over is not meant any more. Nearly always there is one row; the writer chooses among them, because an order by
 * `submitted_at` here made every receipt pay for a sorter.
 */
export const findByCarrierId = `
select ${COLUMNS}, null as "partNumber"
from message m
where m.carrier_message_id = ?1 and m.carrier = ?2 and m.expires_at >= ?3
order by m.seq desc
limit 100`;

/**
 * In the order of `FoundRow`: with what its report says, since nearly always one is born and leased at once, and a
 * second look at the message costs more than these columns.
 */
const FOUND = `${reportedColumns()},
  m.seq, m.state, m.attempts, m.accepted_at as "acceptedAt", m.submitted_at as "submittedAt",
  m.account_id as "accountId", m.channel, m.carrier, m.webhook_url as "webhookUrl", m.webhook_kind as "webhookKind",
  m.wants_report as "wantsReport"`;

/** The one that was accepted last, and whether any other message has the id: nearly always none has. */
export const findLastByCarrierId = `
select ${FOUND},
  exists (select 1 from message o where o.carrier_message_id = ?1 and o.seq < m.seq) as "hasOthers"
from message m
where m.carrier_message_id = ?1 and m.carrier = ?2 and m.expires_at >= ?3
order by m.seq desc
limit 1`;

/** The same where there are messages of several parts: the first part's id is its message's, too. */
export const findByPartId = `
select * from (
  select ${COLUMNS}, p.part_number as "partNumber"
  from message m left join message_part p on p.message_seq = m.seq and p.carrier_message_id = ?1
  where m.carrier_message_id = ?1 and m.carrier = ?2 and m.expires_at >= ?3
  order by m.seq desc
  limit 100
)
union all
select * from (
  select ${COLUMNS}, p.part_number as "partNumber"
  from message_part p join message m on m.seq = p.message_seq
  where p.carrier_message_id = ?1 and m.carrier_message_id <> ?1 and m.carrier = ?2 and m.expires_at >= ?3
  order by p.message_seq desc
  limit 100
)`;

/**
 * Messages whose answer was lost, and of which no id is known, to a phone that ends in these digits. Those that were
 * accepted after the receipt came are not meant.
 */
export const findInDoubt = `
select ${COLUMNS}, null as "partNumber"
from message m
where m.state = 'uncertain' and m.carrier = :carrier and substr(m.destination, -7) = :phoneTail
  and m.carrier_message_id is null and m.accepted_at <= :acceptedUntil
  and (:reference is null or m.seq & 65535 = :reference)
limit :limit`;

/** Of answers that came with their receipts, where their messages lie side by side. */
export const findAnsweredSpan = `
select ${FOUND}, 0 as "hasOthers" from message m where m.seq between ? and ?`;

/** The message of one. */
export const findAnswered = `
select ${FOUND}, 0 as "hasOthers" from message m where m.seq = ? and m.attempts = ? and m.carrier = ?`;
