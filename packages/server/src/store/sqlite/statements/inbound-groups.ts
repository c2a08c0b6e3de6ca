const isOfKey = `sender = :sender and destination = :destination and reference = :reference
  and account_id = :accountId and channel = :channel and carrier = :carrier and kind = :kind
  and part_count = :partCount`;

/** Open ones, and those closed lately; the oldest first, with what they have in the part's place. */
export const findInboundGroups = `
select g.id as "groupId", g.closed_at is null as "isOpen", p.digest, p.carrier_message_id as "carrierMessageId"
from inbound_group g left join inbound_part p on p.group_id = g.id and p.number = :number
where ${isOfKey} and (g.closed_at is null or g.closed_at >= :duplicateSince)
order by g.id`;

export const insertInboundGroup = `
insert into inbound_group (account_id, channel, carrier, sender, destination, kind, reference, part_count, in_reply_to,
  due_at)
values (:accountId, :channel, :carrier, :sender, :destination, :kind, :reference, :partCount, :inReplyTo, :dueAt)`;

export const insertInboundPart = `
insert into inbound_part (group_id, number, carrier_message_id, digest, encoding, octets, single_shift, locking_shift,
  received_at)
values (:groupId, :number, :carrierMessageId, :digest, :encoding, :octets, :singleShift, :lockingShift, :receivedAt)`;

/** A group that has all its parts is due at once. */
export const countPartIn = `
update inbound_group set parts_kept = parts_kept + 1,
  due_at = case when parts_kept + 1 = part_count then :now else due_at end
where id = :groupId`;

export const countWaitingParts = `select coalesce(sum(parts_kept), 0) as "count" from inbound_group
where closed_at is null`;

export const countWaitingPartsOf = `select coalesce(sum(parts_kept), 0) as "count" from inbound_group
where closed_at is null and sender = :sender`;

/** Makes room: what waits longest is delivered as far as it came. `:sender` null: of every phone. */
export const hurryOldestGroup = `
update inbound_group set due_at = min(due_at, :now)
where id = (
  select id from inbound_group where due_at > :now and (:sender is null or sender = :sender) order by due_at limit 1
)`;

export const dueInboundGroups = `
select id as "groupId", account_id as "accountId", channel, carrier, sender, destination, kind, reference,
  part_count as "partCount", in_reply_to as "inReplyTo"
from inbound_group where due_at <= :now order by due_at limit :limit`;

export const inboundPartsOf = `
select number, encoding, octets, single_shift as "singleShift", locking_shift as "lockingShift",
  received_at as "receivedAt"
from inbound_part where group_id = ? order by number`;

export const closeInboundGroup = `
update inbound_group set closed_at = :now, due_at = null where id = :groupId and closed_at is null`;

export const emptyInboundParts = `update inbound_part set octets = x'' where group_id = ?`;

export const oldInboundGroups = `
select id as "groupId" from inbound_group where closed_at < :before order by closed_at limit :limit`;

export const deleteInboundParts = `delete from inbound_part where group_id = ?`;

export const deleteInboundGroup = `delete from inbound_group where id = ?`;
