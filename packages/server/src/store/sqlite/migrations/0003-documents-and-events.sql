-- What accounts have set up: small JSON objects, kept whole. The seq gives the order of their creation.
create table document (
  seq        integer primary key,
  account_id integer not null,
  kind       text    not null,
  id         text    not null,
  body       text    not null,
  created_at integer not null,
  updated_at integer not null
) strict;

create unique index document_by_id on document (kind, account_id, id);

-- A webhook may also tell of what is no outcome of a message: an inbound message, a click. Then it has no message and
-- keeps what it tells itself, in body. SQLite takes a `not null` off only with a new table.
create table webhook_new (
  id           integer primary key,
  account_id   integer not null,
  message_seq  integer,
  body         text,
  url          text    not null,
  origin       text    not null,
  kind         text    not null,
  state        text,
  status_id    integer,
  error_id     integer,
  done_at      integer,
  created_at   integer not null,
  due_at       integer,
  attempts     integer not null default 0,
  delivered_at integer,
  last_error   text,
  check ((message_seq is null) = (body is not null))
) strict;

insert into webhook_new (id, account_id, message_seq, url, origin, kind, state, status_id, error_id, done_at, created_at,
  due_at, attempts, delivered_at, last_error)
select w.id, m.account_id, w.message_seq, w.url, w.origin, w.kind, w.state, w.status_id, w.error_id, w.done_at,
  w.created_at, w.due_at, w.attempts, w.delivered_at, w.last_error
from webhook w join message m on m.seq = w.message_seq;

drop table webhook;
alter table webhook_new rename to webhook;
create index webhook_due on webhook (origin, due_at) where due_at is not null;
create index webhook_by_message on webhook (message_seq) where message_seq is not null;
