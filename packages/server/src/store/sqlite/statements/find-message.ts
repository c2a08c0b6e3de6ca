import { messageRecordColumns } from "./columns.ts";

export const findMessage = `
select ${messageRecordColumns("m.")} from message m where m.account_id = ? and m.message_id = ? and m.superseded = 0`;
