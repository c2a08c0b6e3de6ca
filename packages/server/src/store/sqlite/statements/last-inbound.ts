/**
 * From the user's window, which says when he wrote last, to that message: what is stored from then on is read in its
 * order through an index, and no further than the limit. An index of inbound messages by user would cost every one of
 * them, for the sake of typing indicators.
 */
export const findLastInbound = `
select carrier_message_id as "carrierMessageId"
from (
  select * from inbound_message indexed by inbound_by_age
  where stored_at >= (
    select opened_at from conversation_window
    where account_id = :accountId and sender = :sender and contact = :contact
  )
  order by stored_at
  limit :limit
)
where account_id = :accountId and channel = 'WHATSAPP' and carrier = :carrier and destination = :sender
  and carrier_message_id is not null
  and (sender = :contact or :contact in (content ->> '$.contact.phone', content ->> '$.contact.userId'))
order by received_at desc, seq desc
limit 1`;
