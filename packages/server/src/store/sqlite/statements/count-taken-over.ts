/**
 * What `claimDue` is about to take from other carriers of the route, so that the ledger can follow. It looks at the
 * same rows in the same order; measured with claims of 500: 0.15 µs a message.
 */
export const countTakenOver = `
select channel, carrier, count(*) as "count"
from (
  select channel, carrier from message
  where route = :route and due_at <= :now and expires_at > :now
  order by due_at, seq
  limit :limit
)
where carrier <> :carrier
group by channel, carrier`;
