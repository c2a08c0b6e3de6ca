export const dueChecks = `
select seq, state, attempts, carrier, carrier_message_id as "carrierMessageId", message_id as "messageId",
  destination, submitted_at as "submittedAt", expires_at as "expiresAt",
  case when state = 'claimed' then options end as "options"
from message
where check_at <= ?
order by check_at, seq
limit ?`;
