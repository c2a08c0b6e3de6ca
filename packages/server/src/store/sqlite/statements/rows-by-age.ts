/** The first row at or after a place, and the last row: a binary search between them finds a time without a walk. */
export const messageAtOrAfter = `
select seq, accepted_at as "bornAt" from message where seq >= ? order by seq limit 1`;

export const lastMessage = `select max(seq) as "seq" from message`;

export const webhookAtOrAfter = `
select id as "seq", created_at as "bornAt" from webhook where id >= ? order by id limit 1`;

export const lastWebhook = `select max(id) as "seq" from webhook`;
