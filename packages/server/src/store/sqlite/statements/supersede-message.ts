/** Asked only after an insert has found the id taken: it is given up when its message is old enough. */
export const supersedeMessage = `
update message set superseded = seq
where account_id = ? and message_id = ? and superseded = 0 and accepted_at < ?`;
