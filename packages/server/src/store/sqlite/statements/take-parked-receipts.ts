/**
 * In the order they came, so that the last word of a carrier stays the last word. What came before the message was
 * accepted speaks of an earlier bearer of the id, and is left for the purge.
 */
export const takeParkedReceipts = `
delete from parked_receipt
where carrier_message_id = ? and carrier = ? and received_at >= ?
returning id, carrier, carrier_message_id as "carrierMessageId", state, status_id as "statusId",
  error_id as "errorId", done_at as "doneAt", seen_at as "seenAt"`;
