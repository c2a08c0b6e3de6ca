/** Once only: the first time is the one that counts. */
export const convertMessage = `
update message set converted_at = ?
where account_id = ? and message_id = ? and superseded = 0 and converted_at is null`;
