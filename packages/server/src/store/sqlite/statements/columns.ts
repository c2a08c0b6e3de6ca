/**
 * The columns of a `MessageRecord`, named as the port names them. `alias` is the table's alias with its dot, or
 * nothing where SQLite allows none (after `returning`).
 */
export function messageRecordColumns(alias: "m." | ""): string {
  return [
    ["seq", "seq"],
    ["account_id", "accountId"],
    ["message_id", "messageId"],
    ["bulk_id", "bulkId"],
    ["channel", "channel"],
    ["sender", "sender"],
    ["destination", "destination"],
    ["text", "text"],
    ["encoding", "encoding"],
    ["part_count", "partCount"],
    ["options", "options"],
    ["state", "state"],
    ["status_id", "statusId"],
    ["error_id", "errorId"],
    ["route", "route"],
    ["carrier", "carrier"],
    ["carrier_message_id", "carrierMessageId"],
    ["attempts", "attempts"],
    ["doubt", "doubt"],
    ["accepted_at", "acceptedAt"],
    ["sent_at", "sentAt"],
    ["submitted_at", "submittedAt"],
    ["done_at", "doneAt"],
    ["seen_at", "seenAt"],
    ["expires_at", "expiresAt"],
    ["callback_data", "callbackData"],
    ["application_id", "applicationId"],
    ["entity_id", "entityId"],
    ["campaign_reference_id", "campaignReferenceId"],
  ]
    .map(([column, name]) => `${alias}${column} as "${name}"`)
    .join(", ");
}

/**
 * Of `message` as `m`: what its report says beside how it ended, and whether something else is still to be told of it;
 * in the order of `ReportedColumns`.
 */
export function reportedColumns(): string {
  return `m.message_id as "messageId", m.bulk_id as "bulkId", m.sender, m.destination, m.part_count as "partCount",
  m.doubt, m.sent_at as "sentAt", m.callback_data as "callbackData", m.application_id as "applicationId",
  m.entity_id as "entityId", m.campaign_reference_id as "campaignReferenceId",
  exists (
    select 1 from webhook e where e.message_seq = m.seq and (e.due_at is not null or e.birth_lease is not null)
  ) as "hasEarlierWord"`;
}

/** The columns of a kept receipt, of `parked_receipt` as `r`; `otherIds` is JSON. */
export function parkedReceiptColumns(): string {
  return `r.id, r.carrier, r.carrier_message_id as "carrierMessageId", r.destination, r.reference, r.state,
  r.status_id as "statusId", r.error_id as "errorId", r.done_at as "doneAt", r.received_at as "receivedAt",
  r.seen_at as "seenAt",
  (select json_group_array(carrier_message_id order by position) from parked_receipt_id where receipt_id = r.id)
    as "otherIds"`;
}
