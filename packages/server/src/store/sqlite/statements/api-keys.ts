const columns = `id, account_id as "accountId", name, secret_hash as "secretHash", scopes, created_at as "createdAt",
  valid_until as "validUntil", revoked_at as "revokedAt", limits`;

export const saveApiKey = `
insert into api_key (id, account_id, name, secret_hash, scopes, created_at, valid_until, revoked_at, limits)
values (:id, :accountId, :name, :secretHash, :scopes, :createdAt, :validUntil, :revokedAt, :limits)
on conflict (id) do update set name = :name, secret_hash = :secretHash, scopes = :scopes,
  valid_until = :validUntil, revoked_at = :revokedAt, limits = :limits`;

export const listApiKeys = `select ${columns} from api_key order by created_at, id`;

export const findApiKeyByHash = `select ${columns} from api_key where secret_hash = ?`;
