-- A WhatsApp message that ended without delivery and has an SMS to stand in for it. It is born in the transaction of
-- that end, and waits (sms_message_id null) until the SMS is stored, in whose transaction it learns the SMS's id. A row
-- belongs to its message, whose place may be given again: the trigger takes it away with the message.
create table failover (
  message_seq    integer primary key,
  sms_message_id text,
  born_at        integer not null,
  made_at        integer
) strict;

create index failover_waiting on failover (message_seq) where sms_message_id is null;

create trigger message_takes_its_failover after delete on message
begin
  delete from failover where message_seq = old.seq;
end;
