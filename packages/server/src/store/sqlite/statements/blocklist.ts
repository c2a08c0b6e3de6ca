import type { BlocklistFilter } from "../../store.ts";

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

/** One look-up in the index for a destination that is not there; the plus keeps it from one for each combination. */
export const findBlocked = `
select 1 from blocklist
where account_id = :accountId and destination = :destination and +sender in ('', :sender) and +channel in ('', :channel)
limit 1`;

export const hasBlocklist = `select 1 from blocklist where account_id = ? limit 1`;

const CONDITIONS: Readonly<Record<string, string>> = {
  destination: "destination = :destination",
  sender: "sender = :sender",
  channel: "channel = :channel",
  sourceType: "source_type = :sourceType",
  campaign: "campaign = :campaign",
  createdFrom: "created_at >= :createdFrom",
  createdUntil: "created_at <= :createdUntil",
};

/**
 * Only the conditions that are asked for: then the count reads an index alone unless it is one of date or campaign, and
 * a page ends at its last row. Both are the difference between a second and some milliseconds at a million entries.
 */
export function listBlocklist({ limit, offset, accountId, ...filter }: BlocklistFilter) {
  const given = Object.entries(filter).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(CONDITIONS, name),
  );
  const where = ["account_id = :accountId", ...given.map(([name]) => CONDITIONS[name])].join(" and ");
  // Few entries have one destination: without the plus all of the account would be gone through in the order of ids.
  const order = filter.destination === undefined ? "id" : "+id";
  return {
    list: `select ${columns} from blocklist where ${where} order by ${order} desc limit :limit offset :offset`,
    count: `select count(*) as "count" from blocklist where ${where}`,
    values: { accountId, ...Object.fromEntries(given) } as Record<string, string | number>,
    page: { limit, offset },
  };
}
