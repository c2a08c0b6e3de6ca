export const insertWebhook = `
insert into webhook (message_seq, url, origin, kind, state, status_id, error_id, done_at, created_at, due_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
