/** The counters and the count of open messages come from different places, so that their sum proves something. */
export const ledgerCounters = `
select channel, carrier, accepted, delivered, undeliverable, expired, rejected, canceled
from ledger
order by channel, carrier`;

export const countOpen = `
select channel, carrier, count(*) as "open" from message where check_at is not null group by channel, carrier`;

export const addToLedger = `
insert into ledger (channel, carrier, accepted, delivered, undeliverable, expired, rejected, canceled)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
on conflict (channel, carrier) do update set
  accepted = accepted + ?3, delivered = delivered + ?4, undeliverable = undeliverable + ?5,
  expired = expired + ?6, rejected = rejected + ?7, canceled = canceled + ?8`;
