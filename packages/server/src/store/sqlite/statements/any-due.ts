/** Whether something that is due waits on a route: what is inserted there now must not overtake it. */
export const anyDue = `
select 1 from message where route = ? and due_at <= ? and expires_at > ? limit 1`;
