import { messageRecordColumns } from "./columns.ts";

/** The row's own outcome comes last and is read in place of the message's, which may have changed since. */
export const dueWebhooks = `
select ${messageRecordColumns("m.")},
  w.id as "webhookId", w.account_id as "webhookAccountId", w.body as "webhookBody", w.url as "webhookUrl", w.origin as "webhookOrigin", w.kind as "webhookKind",
  w.attempts as "webhookAttempts", w.state as "webhookState", w.status_id as "webhookStatusId",
  w.error_id as "webhookErrorId", w.done_at as "webhookDoneAt"
from webhook w left join message m on m.seq = w.message_seq
where w.origin = :origin and w.due_at <= :now
order by w.due_at, w.id
limit :limit`;
