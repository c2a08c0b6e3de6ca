/** A message that was handed over late does not shorten a window. */
export const openWindow = `
insert into conversation_window (account_id, sender, contact, opened_at, closes_at)
values (:accountId, :sender, :contact, :openedAt, :closesAt)
on conflict (account_id, sender, contact) do update
set opened_at = excluded.opened_at, closes_at = excluded.closes_at
where excluded.closes_at > conversation_window.closes_at`;

export const findWindows = `
select sender, contact, opened_at as "openedAt", closes_at as "closesAt"
from conversation_window
where account_id = :accountId and closes_at > :openAt
  and (:sender is null or sender = :sender) and (:contact is null or contact = :contact)
order by closes_at desc, sender, contact
limit :limit`;

export const purgeWindows = `
delete from conversation_window
where (account_id, sender, contact) in (
  select account_id, sender, contact from conversation_window
  where opened_at < :before and closes_at < :before
  order by opened_at
  limit :limit
)`;
