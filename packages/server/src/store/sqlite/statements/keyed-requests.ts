/** A key that is there already is left as it is, and `changes` = 0 says so: two requests cannot both have it. */
export const insertRequest = `
insert into idempotency_key (account_id, key, operation, body_hash, answer, created_at)
values (:accountId, :key, :operation, :bodyHash, :answer, :createdAt)
on conflict (account_id, key) do nothing`;

/** Known only after the request's messages were inserted, and seldom needed. */
export const markRefused = `update idempotency_key set refused = ? where id = ?`;

export const findRequest = `
select account_id as "accountId", key, operation, body_hash as "bodyHash", answer, refused, created_at as "createdAt"
from idempotency_key where account_id = ? and key = ?`;

export const purgeRequests = `
delete from idempotency_key
where id in (select id from idempotency_key where created_at < ? order by created_at limit ?)`;
