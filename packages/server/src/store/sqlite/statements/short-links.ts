export const insertShortLink = `
insert into short_link (code, message_seq, url, tracking_url, tracks_clicks) values (?, ?, ?, ?, ?)`;

/** With what a click tells of the message that the link came by. */
export const findShortLink = `
select l.code, l.url, l.tracking_url as "trackingUrl", l.tracks_clicks as "tracksClicks", l.click_count as "clickCount",
  m.account_id as "accountId", m.channel, m.message_id as "messageId", m.bulk_id as "bulkId", m.sender,
  m.destination,
  m.callback_data as "callbackData", m.application_id as "applicationId", m.entity_id as "entityId"
from short_link l join message m on m.seq = l.message_seq
where l.code = ?`;

export const countClick = `update short_link set click_count = click_count + 1 where code = ?`;
