/** Every claim, in no order: once, when they are needed for the first time. Finished messages are not read. */
export const listClaimed = `
select seq, destination from message where check_at is not null and state = 'claimed'`;

/** The destination of a message that the carrier was given and has not answered. */
export const findClaimed = `
select destination from message where seq = ?1 and state = 'claimed' and carrier = ?2 and accepted_at <= ?3`;

/** Destinations that end in these digits, of messages in doubt of which no id is known. */
export const findUncertainTo = `
select destination from message indexed by message_in_doubt
where state = 'uncertain' and carrier = ?1 and substr(destination, -7) = ?2
  and carrier_message_id is null and accepted_at <= ?3
limit ?4`;
