const columns = `account_id as "accountId", kind, id, body, created_at as "createdAt", updated_at as "updatedAt"`;

/** Nothing is changed where the id is taken. */
export const createDocument = `
insert into document (account_id, kind, id, body, created_at, updated_at)
values (:accountId, :kind, :id, :body, :at, :at)
on conflict (kind, account_id, id) do nothing`;

export const replaceDocument = `
update document set body = :body, updated_at = :at
where kind = :kind and account_id = :accountId and id = :id`;

export const deleteDocument = `delete from document where kind = :kind and account_id = :accountId and id = :id`;

export const countDocuments = `select count(*) as "count" from document where kind = ? and account_id = ?`;

export const findDocument = `select ${columns} from document where kind = ? and account_id = ? and id = ?`;

export const listDocuments = `select ${columns} from document where kind = ? and account_id = ? order by seq`;

/** Of every account: what the server itself looks through, to find whose number was written to for example. */
export const listAllDocuments = `select ${columns} from document where kind = ? order by seq`;
