import {
  type DeliveryReports,
  parseDate,
  type SmsLogs,
  type SmsLogsQuery,
  type SmsLogsQueryV1,
  type SmsLogsV1,
  type SmsReportsQuery,
  type SmsReportsV1,
} from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import type { LogFilter, MessageRecord, Store } from "../store/store.ts";
import {
  statesOfGeneralStatus,
  toSmsLog,
  toSmsLogV1,
  toSmsReport,
  toSmsReportV1,
  type ViewOptions,
} from "../view/view.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

/** Infobip gives reports and logs of the last 48 hours. */
const REACH_BACK_MS = 48 * 3_600_000;
/**
 * A message that took the whole of its validity was sent 48 hours before it ended. By the time of its sending alone it
 * would leave the logs in the moment of its end, and nobody could ever read there how that was. The hour is for checks
 * that come late.
 */
const LOG_REACH_BACK_MS = REACH_BACK_MS + VALIDITY_MAX_MS + 3_600_000;
const LIMIT_DEFAULT = 50;
export interface QueryContext {
  readonly store: Pick<Store, "takeReports" | "findLogs" | "findMessage" | "findFailover" | "ledger">;
  readonly clock: Clock;
  readonly view: ViewOptions;
}

/** Absent members, not undefined ones: the store's filters tell the two apart. */
function given<Name extends string, Value>(name: Name, value: Value | undefined | ""): { [Key in Name]?: Value } {
  return (value === undefined || value === "" ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

/** `GET /sms/3/reports`: each report once, those without a webhook. */
export async function pullSmsReports(
  context: QueryContext,
  accountId: number,
  query: SmsReportsQuery,
): Promise<DeliveryReports> {
  const records = await takeSmsReports(context, accountId, query);
  return { results: records.map((record) => toSmsReport(record, context.view)) };
}

/** `GET /sms/1/reports`: the same reports, in the older shape. What one of the two gives, the other does not give again. */
export async function pullSmsReportsV1(
  context: QueryContext,
  accountId: number,
  query: SmsReportsQuery,
): Promise<SmsReportsV1> {
  const records = await takeSmsReports(context, accountId, query);
  return { results: records.map((record) => toSmsReportV1(record, context.view)) };
}

function takeSmsReports(context: QueryContext, accountId: number, query: SmsReportsQuery) {
  return context.store.takeReports({
    accountId,
    channel: "SMS",
    since: context.clock.now() - REACH_BACK_MS,
    limit: query.limit ?? LIMIT_DEFAULT,
    ...given("bulkId", query.bulkId),
    ...given("messageId", query.messageId),
    ...given("applicationId", query.applicationId),
    ...given("entityId", query.entityId),
    ...given("campaignReferenceId", query.campaignReferenceId),
  });
}

/** `GET /sms/3/logs`: newest first, as often as one likes. */
export async function findSmsLogs(context: QueryContext, accountId: number, query: SmsLogsQuery): Promise<SmsLogs> {
  const limit = query.limit ?? LIMIT_DEFAULT;
  const filter = logFilterOf(context, accountId, query, limit);
  const records = filter === null ? [] : await context.store.findLogs(filter);
  const results = records.map((record) => toSmsLog(record, context.view));
  return query.useCursor === true ? { results, cursor: { limit, ...nextCursor(records, limit) } } : { results };
}

/** `GET /sms/1/logs`: the same messages, in the older shape and without a cursor. */
export async function findSmsLogsV1(
  context: QueryContext,
  accountId: number,
  query: SmsLogsQueryV1,
): Promise<SmsLogsV1> {
  const { from, to, ...rest } = query;
  const named = { ...rest, ...given("sender", from), ...given("destination", to) };
  const filter = logFilterOf(context, accountId, named, query.limit ?? LIMIT_DEFAULT);
  const records = filter === null ? [] : await context.store.findLogs(filter);
  return { results: records.map((record) => toSmsLogV1(record, context.view)) };
}

function nextCursor(records: readonly MessageRecord[], limit: number) {
  const last = records.at(-1);
  return last === undefined || records.length < limit ? {} : { nextCursor: encodeCursor(last) };
}

/** Null when nothing can fit: no carrier tells a network yet, so a filter by one (mcc, mnc) finds nothing. */
function logFilterOf(context: QueryContext, accountId: number, query: SmsLogsQuery, limit: number): LogFilter | null {
  if (given("mcc", query.mcc).mcc !== undefined) return null;
  const now = context.clock.now();
  const since = query.sentSince === undefined ? 0 : (parseDate(query.sentSince) ?? 0);
  const until = query.sentUntil === undefined ? undefined : parseDate(query.sentUntil);
  return {
    accountId,
    channel: "SMS",
    limit,
    sentSince: Math.max(since, now - LOG_REACH_BACK_MS),
    recentSince: now - REACH_BACK_MS,
    sentUntil: until ?? Number.MAX_SAFE_INTEGER,
    ...given("sender", query.sender),
    ...given("destination", query.destination?.replace(/^[+ ]/, "")),
    ...given("bulkIds", listOf(query.bulkId)),
    ...given("messageIds", listOf(query.messageId)),
    ...given("campaignReferenceIds", listOf(query.campaignReferenceId)),
    ...given("applicationId", query.applicationId),
    ...given("entityId", query.entityId),
    ...given("states", query.generalStatus === undefined ? undefined : statesOfGeneralStatus(query.generalStatus)),
    ...given("after", query.cursor === undefined ? undefined : decodeCursor(query.cursor)),
  };
}

/** `a,b` and a repeated parameter mean the same. An empty list filters nothing. */
function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  const items = [value ?? []].flat().flatMap((text) => text.split(",").map((item) => item.trim()));
  const named = items.filter((item) => item !== "");
  return named.length === 0 ? undefined : named;
}
