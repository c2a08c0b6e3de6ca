/** What a parked receipt must fit to be this message's. */
export const findClaim = `select channel, carrier, accepted_at as "acceptedAt", destination from message where seq = ?`;
