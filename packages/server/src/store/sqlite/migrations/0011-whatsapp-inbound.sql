-- content: what a message of WhatsApp has beside its words, as JSON; null for SMS.
alter table inbound_message add column content text;

-- When a message's user has read it; and of a receipt that waits for its message, that he has.
alter table message add column seen_at integer;
alter table parked_receipt add column seen_at integer;

-- When a user of WhatsApp last wrote to a number, and until when he may therefore be sent anything. contact is his phone
-- or his user id: a row for each that is known.
create table conversation_window (
  account_id integer not null,
  sender     text    not null,
  contact    text    not null,
  opened_at  integer not null,
  closes_at  integer not null,
  primary key (account_id, sender, contact)
) strict, without rowid;

create index conversation_window_by_contact on conversation_window (account_id, contact);
create index conversation_window_by_close on conversation_window (account_id, closes_at);
create index conversation_window_by_age on conversation_window (opened_at);
