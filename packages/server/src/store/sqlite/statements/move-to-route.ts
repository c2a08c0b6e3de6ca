/** What a dispatcher has taken meanwhile waits on no route, and is left to it. */
export const moveToRoute = `
update message set route = :route, carrier = :carrier
where seq = :seq and route = :from and due_at is not null`;

/** Whom the message counted for, for the ledger. */
export const findCarrierOf = `select channel, carrier from message where seq = ?`;
