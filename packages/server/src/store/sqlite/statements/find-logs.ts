import type { LogFilter } from "../../store.ts";
import { messageRecordColumns } from "./columns.ts";

/**
 * Newest first. Conditions are written out only where a filter is given, because an `or ... is null` would keep SQLite
 * from using the index of that filter. Values are always bound, never written into the text.
 */
export function findLogs(filter: LogFilter): {
  readonly text: string;
  readonly values: Record<string, string | number>;
} {
  const conditions = [
    "m.account_id = :accountId",
    "m.channel = :channel",
    "m.sent_at >= :sentSince",
    "m.sent_at <= :sentUntil",
  ];
  const values: Record<string, string | number> = {
    accountId: filter.accountId,
    channel: filter.channel,
    sentSince: filter.sentSince,
    sentUntil: filter.sentUntil,
    limit: filter.limit,
  };
  const one = (column: string, name: string, value: string | undefined) => {
    if (value === undefined) return;
    conditions.push(`m.${column} = :${name}`);
    values[name] = value;
  };
  const anyOf = (column: string, name: string, list: readonly string[] | undefined) => {
    if (list === undefined) return;
    conditions.push(`m.${column} in (select value from json_each(:${name}))`);
    values[name] = JSON.stringify(list);
  };
  if (filter.recentSince !== undefined) {
    conditions.push("(m.sent_at >= :recentSince or m.done_at >= :recentSince or m.done_at is null)");
    values["recentSince"] = filter.recentSince;
  }
  one("sender", "sender", filter.sender);
  one("destination", "destination", filter.destination);
  one("application_id", "applicationId", filter.applicationId);
  one("entity_id", "entityId", filter.entityId);
  anyOf("bulk_id", "bulkIds", filter.bulkIds);
  anyOf("message_id", "messageIds", filter.messageIds);
  anyOf("campaign_reference_id", "campaignReferenceIds", filter.campaignReferenceIds);
  anyOf("state", "states", filter.states);
  if (filter.after !== undefined) {
    conditions.push("(m.sent_at, m.seq) < (:afterSentAt, :afterSeq)");
    values["afterSentAt"] = filter.after.sentAt;
    values["afterSeq"] = filter.after.seq;
  }
  return {
    text: `
select ${messageRecordColumns("m.")}
from message m
where ${conditions.join("\n  and ")}
order by m.sent_at desc, m.seq desc
limit :limit`,
    values,
  };
}
