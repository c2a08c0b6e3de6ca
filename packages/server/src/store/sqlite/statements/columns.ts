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
