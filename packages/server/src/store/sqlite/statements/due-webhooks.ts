import { messageRecordColumns } from "./columns.ts";

/**
 * The row's own outcome comes last and is read in place of the message's, which may have changed since. A later word
 * on a message never overtakes an earlier one to the same receiver; the plus keeps SQLite from looking for that one
 * among all that waits for the receiver.
 */
export const dueWebhooks = `
select ${messageRecordColumns("m.")},
  w.id as "webhookId", w.account_id as "webhookAccountId", w.body as "webhookBody", w.url as "webhookUrl", w.origin as "webhookOrigin", w.kind as "webhookKind",
  w.attempts as "webhookAttempts", w.state as "webhookState", w.status_id as "webhookStatusId",
  w.error_id as "webhookErrorId", w.done_at as "webhookDoneAt", w.subscription as "webhookSubscription"
from webhook w left join message m on m.seq = w.message_seq
where w.origin = :origin and w.due_at <= :now
  and not exists (
    select 1 from webhook e
    where e.message_seq = w.message_seq and e.id < w.id and e.due_at is not null
      and +e.origin = w.origin and e.subscription is w.subscription
  )
order by w.due_at, w.id
limit :limit`;
