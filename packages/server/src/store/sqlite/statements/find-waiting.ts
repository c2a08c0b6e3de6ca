/** Page by page along the index. seq tells apart what is due at the same moment. */
export const findWaiting = `
select seq, channel, sender, destination, account_id as "accountId", application_id as "applicationId", due_at as "dueAt"
from message
where route = :route and due_at >= :dueAt and (due_at > :dueAt or seq > :seq)
order by due_at, seq
limit :limit`;
