-- A short link stands in one message for one URL. It is found by its code, and goes with its message: the trigger does
-- that, since a seq may be given again once the newest message is gone, and a link must never change its message.
create table short_link (
  code          text    primary key,
  message_seq   integer not null,
  url           text    not null,
  tracking_url  text,
  tracks_clicks integer not null,
  click_count   integer not null default 0
) strict;

create index short_link_by_message on short_link (message_seq);

create trigger message_takes_its_short_links after delete on message
begin
  delete from short_link where message_seq = old.seq;
end;
