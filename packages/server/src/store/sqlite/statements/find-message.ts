import { messageRecordColumns } from "./columns.ts";

export const findMessage = `
select ${messageRecordColumns("m.")}, m.converted_at as "convertedAt",
  m.state = 'held' and m.paused_due_at is not null as "isPaused",
  (select json_group_array(
      json_object('partNumber', part_number, 'carrierMessageId', carrier_message_id, 'state', state, 'doneAt', done_at)
      order by part_number)
    from message_part where message_seq = m.seq having count(*) > 0) as "parts"
from message m where m.account_id = ? and m.message_id = ? and m.superseded = 0`;
