import { parkedReceiptColumns } from "./columns.ts";

const COLUMNS = parkedReceiptColumns();

/** By age, the newest first. */
export const listUnmatchedReceipts = `
select ${COLUMNS}
from parked_receipt r
where r.id < :before and (:carrier is null or r.carrier = :carrier)
order by r.id desc
limit :limit`;

/** The same for one id, in any of its notations. */
export const listUnmatchedReceiptsOfId = `
select ${COLUMNS}
from parked_receipt r
where r.id in (
    select id from parked_receipt where carrier_message_id = :carrierMessageId
    union
    select receipt_id from parked_receipt_id where carrier_message_id = :carrierMessageId
  )
  and r.id < :before and (:carrier is null or r.carrier = :carrier)
order by r.id desc
limit :limit`;

export const unmatchedReceiptsAfter = `
select ${COLUMNS}
from parked_receipt r
where r.id > :after and (:carrier is null or r.carrier = :carrier)
order by r.id
limit :limit`;

/**
 * Strays, and those to whose phone a message is in doubt. From the messages' side: there are few of those, while kept
 * receipts may be a hundred thousand of somebody else's. `d` and strays are read through indexes that hold nothing else.
 */
export const unmatchedReceiptsInDoubt = `
select ${COLUMNS}
from message d indexed by message_in_doubt cross join parked_receipt r
  on r.destination is not null and r.carrier = d.carrier and substr(r.destination, -7) = substr(d.destination, -7)
where d.state = 'uncertain' and r.id > :after and (:carrier is null or r.carrier = :carrier)
union
select ${COLUMNS}
from parked_receipt r indexed by parked_receipt_stray
where r.is_stray = 1 and r.id > :after and (:carrier is null or r.carrier = :carrier)
order by 1
limit :limit`;
