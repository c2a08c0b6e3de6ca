/**
 * The intent to send is on disk before a byte leaves: the row is `claimed` until its result is recorded, and what a
 * crash leaves claimed is known to be in doubt. A message past its validity is not claimed; the checks end it.
 */
export const claimDue = `
update message
set state = 'claimed', carrier = :carrier, attempts = attempts + 1, due_at = null, check_at = :leaseUntil
where seq in (
  select seq from message
  where route = :route and due_at <= :now and expires_at > :now
  order by due_at, seq
  limit :limit
)
returning seq, account_id as "accountId", attempts, message_id as "messageId", channel, sender, destination, text, encoding,
  part_count as "partCount", options, expires_at as "expiresAt", doubt is not null as "possibleDuplicate"`;
