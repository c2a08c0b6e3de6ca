export const insertLookup = `
insert into number_lookup (account_id, bulk_id, message_id, destination, status_group, result, created_at)
values (:accountId, :bulkId, :messageId, :destination, :statusGroup, :result, :createdAt)`;

/** Lists of ids come as JSON. Two days of one account are looked through at most. */
export const findLookups = `
select account_id as "accountId", bulk_id as "bulkId", message_id as "messageId", destination,
  status_group as "statusGroup", result, created_at as "createdAt"
from number_lookup
where account_id = :accountId and created_at >= :since and created_at < :until
  and (:destination is null or destination = :destination)
  and (:statusGroup is null or status_group = :statusGroup)
  and (:bulkIds is null or bulk_id in (select value from json_each(:bulkIds)))
  and (:messageIds is null or message_id in (select value from json_each(:messageIds)))
order by created_at desc, id desc limit :limit`;

export const purgeLookups = `
delete from number_lookup where id in (select id from number_lookup where created_at < ? order by created_at limit ?)`;
