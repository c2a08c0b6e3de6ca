/**
 * Carriers use their ids again, some after every restart: the message submitted last is meant, and one whose time is
 * long over is not meant any more. Nearly always there is one row; the writer chooses among them, because an order by
 * `submitted_at` here made every receipt pay for a sorter.
 */
export const findByCarrierId = `
select seq, state, attempts, accepted_at as "acceptedAt", submitted_at as "submittedAt",
  account_id as "accountId", channel, carrier, webhook_url as "webhookUrl", webhook_kind as "webhookKind", wants_report as "wantsReport"
from message
where carrier_message_id = ? and carrier = ? and expires_at >= ?
order by seq desc
limit 100`;
