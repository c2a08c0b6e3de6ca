/**
 * To a final state. `report_at` is set where the report waits to be pulled; a webhook, where one is wanted, is inserted
 * beside it in the same transaction.
 */
export const endMessage = `
update message
set state = ?1, status_id = ?2, error_id = ?3, due_at = null, check_at = null, done_at = ?4,
    report_at = case when wants_report = 1 and webhook_url is null then ?5 else report_at end,
    doubt = coalesce(?6, doubt)
where seq = ?7 and state = ?8 and attempts = ?9`;

/**
 * The same for nearly all: it was submitted, so nobody waits to send it, its report does not wait to be pulled, and there
 * was no doubt. An index is looked after for every column that is named.
 */
export const endSubmitted = `
update message set state = ?, status_id = ?, error_id = ?, check_at = null, done_at = ?
where seq = ? and state = 'submitted' and attempts = ?`;

/** The same of a message whose receipt came with its answer. */
export const endAnswered = `
update message
set state = ?, status_id = ?, error_id = ?, check_at = null, done_at = ?, carrier_message_id = ?, submitted_at = ?
where seq = ? and state = 'claimed' and attempts = ?`;

/**
 * The same of messages that end alike: fifty of them cost two thirds of what they cost one by one. First what is each
 * one's own, then what they share.
 */
export const endAnsweredTogether = (count: number) => `
with ended(seq, done_at, carrier_message_id, submitted_at) as (values ${Array(count).fill("(?, ?, ?, ?)").join(", ")})
update message
set state = ?, status_id = ?, error_id = ?, check_at = null, done_at = ended.done_at,
    carrier_message_id = ended.carrier_message_id, submitted_at = ended.submitted_at
from ended
where message.seq = ended.seq and message.state = 'claimed' and message.attempts = ?`;

/** The same for moves that also say what the carrier calls it. In `endMessage` it would have every receipt rewrite an index. */
export const endNamedMessage = `
update message
set state = ?1, status_id = ?2, error_id = ?3, due_at = null, check_at = null, done_at = ?4,
    report_at = case when wants_report = 1 and webhook_url is null then ?5 else report_at end,
    doubt = coalesce(?6, doubt),
    carrier_message_id = coalesce(?10, carrier_message_id), submitted_at = coalesce(?11, submitted_at)
where seq = ?7 and state = ?8 and attempts = ?9`;

/** Where the end of a message is counted and told. None of it changes after the claim that the move was decided on. */
export const findReportTarget = `
select account_id as "accountId", channel, carrier, status_id as "statusId", webhook_url as "webhookUrl", webhook_kind as "webhookKind", wants_report as "wantsReport"
from message where seq = ?`;
