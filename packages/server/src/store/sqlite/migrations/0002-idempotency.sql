-- A request that had an Idempotency-Key, written in the transaction of its messages. refused: JSON, which of its messages
-- were not stored because their messageId was taken; null when all were. A table with row ids, since answers are large.
create table idempotency_key (
  id         integer primary key,
  account_id integer not null,
  key        text    not null,
  operation  text    not null,
  body_hash  text    not null,
  answer     text    not null,
  refused    text,
  created_at integer not null
) strict;

create unique index idempotency_key_by_key on idempotency_key (account_id, key);
create index idempotency_key_by_age on idempotency_key (created_at);

-- A messageId may be given up to a younger message. 0: the message has its id to itself; otherwise its own seq, so that
-- any number of them may have had the id before.
alter table message add column superseded integer not null default 0;
drop index message_by_id;
create unique index message_by_id on message (account_id, message_id, superseded);
