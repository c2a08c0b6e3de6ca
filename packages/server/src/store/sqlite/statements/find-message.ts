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

export const findMessageByCarrierId = `
${found} where m.carrier_message_id = ? and m.carrier = ? and m.account_id = ?
order by m.seq desc
limit 1`;
