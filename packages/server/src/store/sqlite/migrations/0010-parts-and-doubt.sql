-- The ids of a message's parts, where the carrier gave more than one, and what became of each: null until its receipt.
-- A message of one part has no row here. The rows go with their message.
create table message_part (
  message_seq        integer not null,
  part_number        integer not null,
  carrier_message_id text    not null,
  state              text,
  done_at            integer,
  primary key (message_seq, part_number)
) strict, without rowid;

create index message_part_by_carrier_id on message_part (carrier_message_id);

create trigger message_takes_its_parts after delete on message
begin
  delete from message_part where message_seq = old.seq;
end;

-- What else a kept receipt says of its message: the phone (digits without leading zeros), and the low 16 bits of its seq.
alter table parked_receipt add column destination text;
alter table parked_receipt add column reference integer;

create index parked_receipt_by_phone on parked_receipt (carrier, substr(destination, -7)) where destination is not null;

-- Other notations of its id.
create table parked_receipt_id (
  receipt_id         integer not null,
  carrier_message_id text    not null,
  position           integer not null,
  primary key (receipt_id, position)
) strict, without rowid;

create index parked_receipt_id_by_carrier_id on parked_receipt_id (carrier_message_id);

create trigger parked_receipt_takes_its_ids after delete on parked_receipt
begin
  delete from parked_receipt_id where receipt_id = old.id;
end;

-- Messages whose answer was lost, for receipts that name none of our ids.
create index message_in_doubt on message (carrier, substr(destination, -7)) where state = 'uncertain';
