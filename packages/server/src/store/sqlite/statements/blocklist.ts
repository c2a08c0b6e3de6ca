const columns = `account_id as "accountId", destination, sender, channel, source_type as "sourceType", campaign,
  created_at as "createdAt"`;

/** A duplicate is left out. */
export const addToBlocklist = `
insert into blocklist (account_id, destination, sender, channel, source_type, campaign, created_at)
values (:accountId, :destination, :sender, :channel, :sourceType, :campaign, :createdAt)
on conflict (account_id, destination, sender, channel, source_type) do nothing`;

export const removeFromBlocklist = `
delete from blocklist
where account_id = :accountId and destination = :destination and sender = :sender and channel = :channel
  and (:sourceType is null or source_type = :sourceType)`;

/** Four look-ups in the index at most, however many entries there are. */
export const findBlocked = `
select 1 from blocklist
where account_id = :accountId and destination = :destination and sender in ('', :sender) and channel in ('', :channel)
limit 1`;

export const hasBlocklist = `select 1 from blocklist where account_id = ? limit 1`;

const where = `
where account_id = :accountId and (:destination is null or destination = :destination)
  and (:sender is null or sender = :sender) and (:channel is null or channel = :channel)
  and (:sourceType is null or source_type = :sourceType) and (:campaign is null or campaign = :campaign)
  and (:createdFrom is null or created_at >= :createdFrom) and (:createdUntil is null or created_at <= :createdUntil)`;

export const listBlocklist = `select ${columns} from blocklist ${where} order by id desc limit :limit offset :offset`;

/** Apart, since the planner cannot know whether a parameter is null: a destination that is given is looked up. */
export const listBlocklistOfDestination = listBlocklist.replace(
  "(:destination is null or destination = :destination)",
  "destination = :destination",
);

export const countBlocklist = `select count(*) as "count" from blocklist ${where}`;

export const countBlocklistOfDestination = countBlocklist.replace(
  "(:destination is null or destination = :destination)",
  "destination = :destination",
);
