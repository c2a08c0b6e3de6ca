export const dueChecks = `
select seq, state, attempts, carrier, carrier_message_id as "carrierMessageId", message_id as "messageId",
  sender, destination, submitted_at as "submittedAt", expires_at as "expiresAt",
  case when state = 'claimed' then options end as "options",
  (select json_group_array(carrier_message_id) filter (where state is null)
    from message_part where message_seq = seq having count(*) > 0) as "openPartIds",
  coalesce(
    (select json_group_array(carrier_spelling) filter (where state is null)
      from message_part where message_seq = seq having count(carrier_spelling) > 0),
    case when carrier_spelling is not null then json_array(carrier_spelling) end
  ) as "spelledIds"
from message
where check_at <= ?
order by check_at, seq
limit ?`;
