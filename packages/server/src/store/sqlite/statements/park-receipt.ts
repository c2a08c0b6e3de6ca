export const parkReceipt = `
insert into parked_receipt
  (carrier, carrier_message_id, state, status_id, error_id, done_at, received_at, destination, reference, seen_at,
   is_stray)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const parkReceiptId = `
insert into parked_receipt_id (receipt_id, carrier_message_id, position) values (?, ?, ?)`;

export const countParkedReceipts = `select count(*) as "count" from parked_receipt`;

export const deleteParkedReceipt = `delete from parked_receipt where id = ?`;
