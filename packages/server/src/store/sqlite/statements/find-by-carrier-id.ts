/** The newest first: carriers use their ids again after some days. */
export const findByCarrierId = `
select seq, state, attempts from message
where carrier_message_id = ? and carrier = ?
order by seq desc
limit 1`;
