const columns = `seq, account_id as "accountId", message_id as "messageId", channel, carrier, sender, destination, text,
  clean_text as "cleanText", keyword, encoding, part_count as "partCount", received_at as "receivedAt",
  callback_data as "callbackData", application_id as "applicationId", entity_id as "entityId",
  campaign_reference_id as "campaignReferenceId", content`;

export const insertInbound = `
insert into inbound_message (account_id, message_id, channel, carrier, carrier_message_id, sender, destination, text,
  clean_text, keyword, encoding, part_count, received_at, stored_at, pull_at, answered_at, callback_data,
  application_id, entity_id, campaign_reference_id, content)
values (:accountId, :messageId, :channel, :carrier, :carrierMessageId, :sender, :destination, :text, :cleanText,
  :keyword, :encoding, :partCount, :receivedAt, :storedAt, :pullAt, :answeredAt, :callbackData, :applicationId,
  :entityId, :campaignReferenceId, :content)`;

/** Carriers of SMS use their ids again: the same id alone does not make the same message. WhatsApp's ids are unique. */
export const findInboundDuplicate = `
select 1 from inbound_message
where account_id = :accountId and carrier_message_id = :carrierMessageId and carrier = :carrier
  and (channel = 'WHATSAPP' or (sender = :sender and destination = :destination and text = :text))
limit 1`;

export const countAnswered = `
select count(*) as "count" from inbound_message
where account_id = :accountId and sender = :sender and answered_at > :since and destination = :destination`;

const isAsked = `account_id = :accountId and channel = :channel and pull_at >= :since
    and (:applicationId is null or application_id = :applicationId)
    and (:entityId is null or entity_id = :entityId)
    and (:campaignReferenceId is null or campaign_reference_id = :campaignReferenceId)`;

export const takeInbox = `
update inbound_message set pull_at = null
where seq in (
  select seq from inbound_message where ${isAsked}
  order by pull_at, seq
  limit :limit
)
returning ${columns}`;

export const countInbox = `select count(*) as "count" from inbound_message where ${isAsked}`;

export const purgeInbound = `
delete from inbound_message
where seq in (select seq from inbound_message where stored_at < :before order by stored_at limit :limit)`;
