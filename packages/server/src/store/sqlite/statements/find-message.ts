import { messageRecordColumns } from "./columns.ts";

const found = `select ${messageRecordColumns("m.")}, m.converted_at as "convertedAt",
  m.state = 'held' and m.paused_due_at is not null as "isPaused",
  (select json_group_array(
      json_object('partNumber', part_number, 'carrierMessageId', carrier_message_id, 'state', state, 'doneAt', done_at)
      order by part_number)
    from message_part where message_seq = m.seq having count(*) > 0) as "parts"
from message m`;

export const findMessage = `
${found} where m.account_id = ? and m.message_id = ? and m.superseded = 0`;

/** Messages in doubt to somebody whose address ends so, through the index that has nothing else. */
export const findMessagesInDoubt = `
${found.replace("from message m", "from message m indexed by message_in_doubt")}
where m.state = 'uncertain' and m.carrier = :carrier and substr(m.destination, -7) = :tail
  and m.account_id = :accountId and m.sender = :sender and m.accepted_at <= :acceptedUntil
limit :limit`;

export const findMessageByCarrierId = `
${found} where m.carrier_message_id = ? and m.carrier = ? and m.account_id = ?
order by m.seq desc
limit 1`;
