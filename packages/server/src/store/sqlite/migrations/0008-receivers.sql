-- Which subscription a webhook is for (a document's id; null: it has a URL of its own), and how its attempts went: one
-- JSON object a line, the last ones.
alter table webhook add column subscription text;
alter table webhook add column history text;

-- What was given up, for whoever asks for it or wants it sent again.
create index webhook_failed on webhook (account_id, id) where due_at is null and delivered_at is null;

-- One row for each receiver with waiting webhooks, so that those with something due are found without visiting the
-- others. due_at is never later than the first of its webhooks is due, except while it is open: open_until is set while
-- a receiver that failed too often is left alone. turn orders those due at the same time, the one served last behind.
create table receiver (
  origin     text    primary key,
  due_at     integer not null,
  turn       integer not null default 0,
  failures   integer not null default 0,
  open_until integer
) strict, without rowid;

create index receiver_due on receiver (due_at, turn);

insert into receiver (origin, due_at)
select origin, min(due_at) from webhook where due_at is not null group by origin;
