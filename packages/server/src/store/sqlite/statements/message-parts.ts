export const insertPart = `
insert into message_part (message_seq, part_number, carrier_message_id, carrier_spelling) values (?, ?, ?, ?)`;

/** Those of an earlier submission: the ids of a new one take their place. */
export const deleteParts = `delete from message_part where message_seq = ?`;

export const hasParts = `select exists (select 1 from message_part) as "has"`;

export const findPartState = `select state from message_part where message_seq = ? and part_number = ?`;

export const endPart = `update message_part set state = ?, done_at = ? where message_seq = ? and part_number = ?`;

/** Parts that were not delivered (yet), and when the last of the others was. */
export const countUndelivered = `
select count(*) filter (where state is null or state <> 'delivered') as "undelivered", max(done_at) as "doneAt"
from message_part where message_seq = ?`;
