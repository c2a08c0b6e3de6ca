import { messageRecordColumns } from "./columns.ts";

/** Only of a message that has an SMS to stand in for it. A second end without delivery changes nothing. */
export const armFailover = `
insert into failover (message_seq, born_at)
select seq, ?2 from message where seq = ?1 and json_extract(options, '$.smsFailover') is not null
on conflict (message_seq) do nothing`;

/** The message was delivered after all, and nobody has made the SMS yet. */
export const withdrawFailover = `delete from failover where message_seq = ? and sms_message_id is null`;

/** The condition is what makes two makers make one SMS. */
export const takeFailover = `
update failover set sms_message_id = :smsMessageId, made_at = :madeAt
where message_seq = :seq and sms_message_id is null`;

/** The phone may have the message already; its SMS says so like one that is sent again after a lost answer. */
export const doubtMessage = `update message set doubt = 'resent' where seq = ?`;

export const dueFailovers = `
select ${messageRecordColumns("m.")}, m.webhook_url as "webhookUrl", m.wants_report as "wantsReport"
from failover f cross join message m on m.seq = f.message_seq
where f.sms_message_id is null
order by f.message_seq
limit ?`;

export const findFailover = `
select sms_message_id as "smsMessageId", born_at as "bornAt", made_at as "madeAt" from failover where message_seq = ?`;
