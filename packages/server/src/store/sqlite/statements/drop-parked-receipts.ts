/** The oldest: a receipt that belongs to us finds its message within moments, one that does not never will. */
export const dropParkedReceipts = `
delete from parked_receipt
where id in (select id from parked_receipt order by id limit ?)`;
