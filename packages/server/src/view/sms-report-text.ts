import { type DeliveryReport, formatDate } from "@posthorn/contract";
import type { ReportRecord } from "../store/store.ts";
import { toSmsReport, type ViewOptions } from "./view.ts";

/** What JSON writes in another way than it is, and a few control characters that it does not. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/** A text as it stands between the quotes of JSON. */
function escaped(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/** What of a report is as in those around it, and the members that say so. */
interface Shared
  extends Pick<
    ReportRecord,
    "state" | "statusId" | "errorId" | "doubt" | "applicationId" | "entityId" | "campaignReferenceId"
  > {
  /** From `price` to what comes before `to`. */
  readonly outcome: string;
  /** From `platform` to the end. */
  readonly ending: string;
}

/**
 * Makes the writer of `JSON.stringify(toSmsReport(record, options))`, which a push of many reports calls for each: octet
 * for octet that text, at less than half of its price, because no object is made and what most of them share is written
 * once. The property test beside this file holds the two together.
 */
export function createSmsReportText(options: ViewOptions): (record: ReportRecord) => string {
  let shared: Shared | null = null;
  return (record) => {
    if (shared === null || !isShared(record, shared)) shared = sharedOf(record, options);
    const { bulkId, messageId, sentAt, doneAt, partCount, destination, sender, callbackData } = record;
    const callback = callbackData === null ? "" : `,"callbackData":"${escaped(callbackData)}"`;
    return `{"bulkId":"${escaped(bulkId)}","messageId":"${escaped(messageId)}","sentAt":"${formatDate(sentAt)}","doneAt":"${formatDate(doneAt ?? sentAt)}","messageCount":${partCount},${shared.outcome},"to":"${escaped(destination)}","sender":"${escaped(sender)}"${callback},${shared.ending}`;
  };
}

function isShared(record: ReportRecord, shared: Shared): boolean {
  return (
    record.state === shared.state &&
    record.statusId === shared.statusId &&
    record.errorId === shared.errorId &&
    record.doubt === shared.doubt &&
    record.applicationId === shared.applicationId &&
    record.entityId === shared.entityId &&
    record.campaignReferenceId === shared.campaignReferenceId
  );
}

function sharedOf(record: ReportRecord, options: ViewOptions): Shared {
  const { state, statusId, errorId, doubt, applicationId, entityId, campaignReferenceId } = record;
  const report: DeliveryReport & { possibleDuplicate?: true } = toSmsReport(record, options);
  const { price, status, error, possibleDuplicate, platform } = report;
  const outcome = JSON.stringify({ price, status, error, possibleDuplicate }).slice(1, -1);
  const ending = JSON.stringify({ platform, campaignReferenceId: report.campaignReferenceId }).slice(1);
  return { state, statusId, errorId, doubt, applicationId, entityId, campaignReferenceId, outcome, ending };
}
