/** Those that have waited longest come first; what waits for its time is not read. */
export const dueReceivers = `
select origin, failures, open_until as "openUntil" from receiver
where due_at <= ?
order by due_at, turn
limit ?`;

/** Something is due for it at a time. Before the end of its rest an open one is not woken. */
export const wakeReceiver = `
insert into receiver (origin, due_at, turn) values (?, ?, ?)
on conflict (origin) do update set due_at = max(min(due_at, excluded.due_at), coalesce(open_until, 0))
returning due_at as "dueAt"`;

export const firstDueOf = `
select due_at as "dueAt" from webhook where origin = ? and due_at is not null order by due_at limit 1`;

export const dueAtOfReceiver = `select due_at as "dueAt" from receiver where origin = ?`;

export const unwellReceivers = `select origin from receiver where failures > 0 or open_until is not null`;

export const scheduleReceiver = `update receiver set due_at = ?, turn = ? where origin = ?`;

export const removeReceiver = `delete from receiver where origin = ?`;

export const setReceiverState = `update receiver set failures = ?, open_until = ? where origin = ?`;

/** Somebody wants it tried now. */
export const closeReceiver = `update receiver set failures = 0, open_until = null where origin = ?`;

export const lastTurn = `select coalesce(max(turn), 0) as "turn" from receiver`;

/** After a start: what was on its way may be due again. */
export const wakeReceivers = `update receiver set due_at = :now where due_at > :now and open_until is null`;

/** What waited too long for a receiver that takes nothing. It was never tried since then: one call a time was. */
export const giveUpWebhooks = `
update webhook set due_at = null, last_error = ?
where id in (select id from webhook where origin = ? and due_at < ? order by due_at limit ?)`;
