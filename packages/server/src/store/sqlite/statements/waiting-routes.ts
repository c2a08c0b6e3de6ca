/** Walks the routes one by one along the index: however much waits on a route, it is passed in one step. */
export const nextWaitingRoute = `
select route from message
where due_at is not null and route > ?
order by route
limit 1`;
