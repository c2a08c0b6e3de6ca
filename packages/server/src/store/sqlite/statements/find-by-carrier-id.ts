/**
 * Carriers use their ids again, some after every restart: the message submitted last is meant, and one whose time is
 * long over is not meant any more.
 */
export const findByCarrierId = `
select seq, state, attempts, accepted_at as "acceptedAt" from message
where carrier_message_id = ? and carrier = ? and expires_at >= ?
order by sent_at desc, seq desc
limit 1`;
