import { parkedReceiptColumns } from "./columns.ts";

const COLUMNS = parkedReceiptColumns();

/**
 * Those of an id, in any of their notations. What came before the message was accepted speaks of an earlier bearer of
 * the id, and is left for the purge.
 */
export const findParkedReceipts = `
select ${COLUMNS}
from parked_receipt r
where r.carrier_message_id = ?1 and r.carrier = ?2 and r.received_at >= ?3
union all
select ${COLUMNS}
from parked_receipt_id i join parked_receipt r on r.id = i.receipt_id
where i.carrier_message_id = ?1 and r.carrier = ?2 and r.received_at >= ?3`;
