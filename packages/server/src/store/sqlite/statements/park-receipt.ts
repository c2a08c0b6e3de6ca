export const parkReceipt = `
insert into parked_receipt (carrier, carrier_message_id, state, status_id, error_id, done_at, received_at, seen_at)
values (?, ?, ?, ?, ?, ?, ?, ?)`;

export const countParkedReceipts = `select count(*) as "count" from parked_receipt`;
