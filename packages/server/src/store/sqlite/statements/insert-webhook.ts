export const insertWebhook = `
insert into webhook (account_id, message_seq, url, origin, kind, state, status_id, error_id, done_at, created_at, subscription, due_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** As long as an attempt that succeeded, and the time of the delivery, take in the row. */
const ATTEMPT_ROOM = 68;

/** Leased at its birth. */
export const insertNewborn = `
insert into webhook (account_id, message_seq, url, origin, kind, state, status_id, error_id, done_at, created_at, subscription, birth_lease)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '${" ".repeat(ATTEMPT_ROOM)}')`;

export const insertEvent = `
insert into webhook (account_id, body, url, origin, kind, created_at, due_at, subscription)
values (:accountId, :body, :url, :origin, :kind, :createdAt, :createdAt, :subscription)`;

/** What a report is matched by; only read for accounts that have subscriptions. */
export const findSubscribedFacts = `
select sender as "resource", application_id as "applicationId", entity_id as "entityId" from message where seq = ?`;

/** Whether something is still to be told of the message. */
export const findEarlierWebhook = `select 1 from webhook where message_seq = ? and (due_at is not null or birth_lease is not null) limit 1`;

/** What a report that is leased at its birth tells of its message; the outcome is known. */
export const findReported = `
select message_id as "messageId", bulk_id as "bulkId", sender, destination, part_count as "partCount", doubt,
  sent_at as "sentAt", callback_data as "callbackData", application_id as "applicationId", entity_id as "entityId",
  campaign_reference_id as "campaignReferenceId"
from message where seq = ?`;
