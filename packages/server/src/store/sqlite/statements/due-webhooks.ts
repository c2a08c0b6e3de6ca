/**
 * The outcome is the row's own, since the message's may have changed meanwhile. A later word on a message never overtakes
 * an earlier one to the same receiver; the plus keeps SQLite from looking for that one among all that waits for the
 * receiver.
 */
export const dueWebhooks = `
select m.message_id as "messageId", m.bulk_id as "bulkId", m.sender, m.destination, m.part_count as "partCount", m.doubt,
  m.sent_at as "sentAt", m.callback_data as "callbackData", m.application_id as "applicationId",
  m.entity_id as "entityId", m.campaign_reference_id as "campaignReferenceId",
  w.id as "webhookId", w.account_id as "webhookAccountId", w.body as "webhookBody", w.url as "webhookUrl", w.origin as "webhookOrigin", w.kind as "webhookKind",
  w.attempts as "webhookAttempts", w.state as "webhookState", w.status_id as "webhookStatusId",
  w.error_id as "webhookErrorId", w.done_at as "webhookDoneAt", w.subscription as "webhookSubscription"
from webhook w left join message m on m.seq = w.message_seq
where w.origin = :origin and w.due_at <= :now
  and not exists (
    select 1 from webhook e
    where e.message_seq = w.message_seq and e.id < w.id and (e.due_at is not null or e.birth_lease is not null)
      and +e.origin = w.origin and e.subscription is w.subscription
  )
order by w.due_at, w.id
limit :limit`;
