export const insertWebhook = `
insert into webhook (account_id, message_seq, url, origin, kind, state, status_id, error_id, done_at, created_at, due_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const insertEvent = `
insert into webhook (account_id, body, url, origin, kind, created_at, due_at)
values (:accountId, :body, :url, :origin, :kind, :createdAt, :createdAt)`;
