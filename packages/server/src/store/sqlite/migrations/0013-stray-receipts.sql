-- A kept receipt whose id an ended message has, while another message to its phone waits for its answer: it may be about
-- either. 1 until that is decided.
alter table parked_receipt add column is_stray integer not null default 0;

create index parked_receipt_stray on parked_receipt (id) where is_stray = 1;

-- The id as the carrier wrote it, where that is not how it is kept and the carrier can be asked about it.
alter table message add column carrier_spelling text;
alter table message_part add column carrier_spelling text;
