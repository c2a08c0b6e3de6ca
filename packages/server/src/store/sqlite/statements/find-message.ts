import { messageRecordColumns } from "./columns.ts";

export const findMessage = `
select ${messageRecordColumns("m.")}, m.converted_at as "convertedAt",
  m.state = 'held' and m.paused_due_at is not null as "isPaused"
from message m where m.account_id = ? and m.message_id = ? and m.superseded = 0`;
