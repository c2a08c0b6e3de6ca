-- What waits for a customer's SMPP session: receipts of messages that came by SMPP, for sessions of the key that
-- submitted them, and messages from phones, for any session of the account (system_id ''). A row is gone once the
-- customer has answered it. body is all that it says, as JSON, so it needs no other row to be there still.
create table smpp_delivery (
  id          integer primary key,
  account_id  integer not null,
  system_id   text    not null,
  message_seq integer,
  body        text    not null,
  created_at  integer not null,
  due_at      integer not null,
  attempts    integer not null default 0
) strict;

create index smpp_delivery_due on smpp_delivery (account_id, system_id, due_at);
create index smpp_delivery_by_message on smpp_delivery (message_seq) where message_seq is not null;
create index smpp_delivery_by_age on smpp_delivery (created_at);
