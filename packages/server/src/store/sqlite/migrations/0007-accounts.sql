-- What a key may do beyond its scopes, as one JSON object (see ApiKeyLimits); null: it has no such limits.
alter table api_key add column limits text;

-- Destinations that nothing is sent to. sender and channel are '' where every one is meant. The index answers both
-- whether a message is blocked and which entry is a duplicate.
create table blocklist (
  id          integer primary key,
  account_id  integer not null,
  destination text    not null,
  sender      text    not null,
  channel     text    not null,
  source_type text    not null,
  campaign    text,
  created_at  integer not null
) strict;

create unique index blocklist_by_destination on blocklist (account_id, destination, sender, channel, source_type);
-- For the list, the newest first. (The id comes last by itself.)
create index blocklist_by_account on blocklist (account_id);

-- Number lookups of the last days, each with its answer as JSON. status_group is the answer's status group name.
create table number_lookup (
  id           integer primary key,
  account_id   integer not null,
  bulk_id      text    not null,
  message_id   text    not null,
  destination  text    not null,
  status_group text    not null,
  result       text    not null,
  created_at   integer not null
) strict;

create index number_lookup_by_age on number_lookup (account_id, created_at);
create index number_lookup_by_creation on number_lookup (created_at);
