-- What a customer has asked for a bulk beyond its sending: a row only where there was a wish. All else about a bulk is
-- read from its messages. wish: paused, canceled, or null. send_at: to when it was rescheduled last. A canceled bulk
-- means its messages up to last_seq: those that come back from a carrier later end with status_id and error_id, too.
create table bulk (
  account_id integer not null,
  bulk_id    text    not null,
  wish       text,
  send_at    integer,
  last_seq   integer not null default 0,
  status_id  integer not null default 0,
  error_id   integer not null default 0,
  changed_at integer not null,
  primary key (account_id, bulk_id)
) strict, without rowid;

create index bulk_by_age on bulk (changed_at);

-- A paused message is held, has no due_at, so that no claim meets it, and keeps here when it would have left. Its
-- check_at is the end of the longest pause.
alter table message add column paused_due_at integer;

-- When the customer said that the message was of use; only where its request asked for conversion tracking.
alter table message add column converted_at integer;
