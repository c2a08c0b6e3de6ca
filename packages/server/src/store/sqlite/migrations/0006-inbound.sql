-- What phones write. pull_at: when it was stored, as long as it waits to be pulled; null otherwise.
create table inbound_message (
  seq                   integer primary key,
  account_id            integer not null,
  message_id            text    not null,
  channel               text    not null,
  carrier               text    not null,
  carrier_message_id    text,
  sender                text    not null,
  destination           text    not null,
  text                  text    not null,
  clean_text            text    not null,
  keyword               text,
  encoding              text    not null,
  part_count            integer not null,
  received_at           integer not null,
  stored_at             integer not null,
  pull_at               integer,
  answered_at           integer,
  callback_data         text,
  application_id        text,
  entity_id             text,
  campaign_reference_id text
) strict;

create index inbound_by_carrier_id on inbound_message (account_id, carrier_message_id)
  where carrier_message_id is not null;
create index inbound_inbox on inbound_message (account_id, channel, pull_at) where pull_at is not null;
-- Auto-responses by phone: how many it got lately.
create index inbound_answered on inbound_message (account_id, sender, answered_at) where answered_at is not null;
create index inbound_by_age on inbound_message (stored_at);

-- The parts of one message that wait for the others. Closed, a group stays a while without its octets, so that a part
-- that is handed over once more is known.
create table inbound_group (
  id          integer primary key,
  account_id  integer not null,
  channel     text    not null,
  carrier     text    not null,
  sender      text    not null,
  destination text    not null,
  kind        text    not null,
  reference   integer not null,
  part_count  integer not null,
  parts_kept  integer not null default 0,
  in_reply_to text,
  due_at      integer,
  closed_at   integer,
  check ((due_at is null) = (closed_at is not null))
) strict;

create index inbound_group_by_key on inbound_group (sender, destination, reference);
create index inbound_group_due on inbound_group (due_at) where due_at is not null;
create index inbound_group_open on inbound_group (sender, parts_kept, closed_at) where closed_at is null;
create index inbound_group_closed on inbound_group (closed_at) where closed_at is not null;

create table inbound_part (
  group_id           integer not null,
  number             integer not null,
  carrier_message_id text,
  digest             text    not null,
  encoding           text    not null,
  octets             blob    not null,
  single_shift       integer,
  locking_shift      integer,
  received_at        integer not null,
  primary key (group_id, number)
) strict, without rowid;
