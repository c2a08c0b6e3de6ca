-- One row per message (one destination). The three nullable times say what is still to be done with it, and each has
-- a partial index, so that work is found without looking at what is finished:
--   due_at    it waits for a carrier from then on          (queued, held)
--   check_at  somebody must look at it then                (every open state: validity, lease, receipt)
--   report_at its report waits to be pulled since then     (final, no webhook, not yet taken)
-- check_at is set exactly while the message is open.
create table message (
  seq                   integer primary key,
  account_id            integer not null,
  message_id            text    not null,
  bulk_id               text    not null,
  channel               text    not null,
  sender                text    not null,
  destination           text    not null,
  text                  text    not null,
  encoding              text    not null,
  part_count            integer not null,
  options               text,
  state                 text    not null,
  status_id             integer not null,
  error_id              integer not null,
  route                 text    not null,
  carrier               text    not null,
  carrier_message_id    text,
  attempts              integer not null default 0,
  doubt                 text,
  accepted_at           integer not null,
  sent_at               integer not null,
  submitted_at          integer,
  done_at               integer,
  expires_at            integer not null,
  due_at                integer,
  check_at              integer,
  report_at             integer,
  callback_data         text,
  application_id        text,
  entity_id             text,
  campaign_reference_id text,
  webhook_url           text,
  webhook_kind          text    not null,
  wants_report          integer not null
) strict;

create unique index message_by_id on message (account_id, message_id);
create index message_by_bulk on message (bulk_id);
create index message_due on message (route, due_at) where due_at is not null;
create index message_check on message (check_at) where check_at is not null;
create index message_report on message (account_id, channel, report_at) where report_at is not null;
create index message_sent on message (account_id, channel, sent_at);
create index message_by_carrier_id on message (carrier_message_id) where carrier_message_id is not null;

-- Receipts that no message has answered to yet: they came before the submission's answer, or are not ours.
create table parked_receipt (
  id                 integer primary key,
  carrier            text    not null,
  carrier_message_id text    not null,
  state              text    not null,
  status_id          integer not null,
  error_id           integer not null,
  done_at            integer not null,
  received_at        integer not null
) strict;

create index parked_receipt_by_carrier_id on parked_receipt (carrier_message_id);

-- A webhook row is born in the transaction of the event that causes it. It keeps the outcome as it was then; the rest
-- of the report is read from the message when it is sent. due_at is null once it is delivered or given up.
create table webhook (
  id           integer primary key,
  message_seq  integer not null,
  url          text    not null,
  origin       text    not null,
  kind         text    not null,
  state        text    not null,
  status_id    integer not null,
  error_id     integer not null,
  done_at      integer not null,
  created_at   integer not null,
  due_at       integer,
  attempts     integer not null default 0,
  delivered_at integer,
  last_error   text
) strict;

create index webhook_due on webhook (origin, due_at) where due_at is not null;
create index webhook_by_message on webhook (message_seq);

-- Counters, kept in the transactions that move messages; the count of open messages is not among them (see ledger).
create table ledger (
  channel       text    not null,
  carrier       text    not null,
  accepted      integer not null default 0,
  delivered     integer not null default 0,
  undeliverable integer not null default 0,
  expired       integer not null default 0,
  rejected      integer not null default 0,
  canceled      integer not null default 0,
  primary key (channel, carrier)
) strict, without rowid;

create table api_key (
  id          text    primary key,
  account_id  integer not null,
  name        text    not null,
  secret_hash text    not null unique,
  scopes      text    not null,
  created_at  integer not null,
  valid_until integer,
  revoked_at  integer
) strict;
