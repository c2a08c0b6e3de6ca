-- A report that is leased at its birth has no time until it is settled: it is on its way, and nearly always delivered a
-- moment later, so an entry of what is due would be written only to be removed. birth_lease is null but for that while.
-- Its value are spaces, as long as the attempt that takes their place in the row: a row that does not grow stays where
-- it is.
alter table webhook add column birth_lease text;

-- What is on its way was not given up.
drop index webhook_failed;
create index webhook_failed on webhook (account_id, id)
where due_at is null and delivered_at is null and birth_lease is null;

-- One row: no webhook of a lower id is leased at its birth, so a start need not look at all of them.
create table birth_lease_floor (
  id         integer primary key check (id = 1),
  webhook_id integer not null
) strict;

insert into birth_lease_floor (id, webhook_id) values (1, 0);
