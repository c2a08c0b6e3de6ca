import { formatDate } from "@posthorn/contract";
import type { MessageState } from "../message/state.ts";
import type { ReportRecord } from "../store/store.ts";
import { APPLICATION_DEFAULT, errorOf, statusOf, type ViewOptions } from "./view.ts";

/** What JSON writes in another way than it is, and a few control characters that it does not. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/** A text as it stands between the quotes of JSON. */
function escaped(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/**
 * Makes the writer of `JSON.stringify(toSmsReport(record, options))`, which a push of many reports calls for each: octet
 * for octet that text, at a third of its price, because no object is made and what most of them share is written once.
 * The property test beside this file holds the two together.
 */
export function createSmsReportText(options: ViewOptions): (record: ReportRecord) => string {
  let outcomeText = "";
  let last: { readonly state: MessageState; readonly statusId: number; readonly errorId: number } | null = null;

  /** Price, status and error: nearly all reports of a push end alike. */
  const outcomeOf = (record: ReportRecord): string => {
    const { state, statusId, errorId } = record;
    if (last === null || last.state !== state || last.statusId !== statusId || last.errorId !== errorId) {
      const outcome = { price: options.price, status: statusOf(record), error: errorOf(record) };
      outcomeText = JSON.stringify(outcome).slice(1, -1);
      last = { state, statusId, errorId };
    }
    return outcomeText;
  };

  return (record) => {
    const { bulkId, messageId, sentAt, doneAt, partCount, destination, sender } = record;
    const { callbackData, applicationId, entityId, campaignReferenceId } = record;
    const doubt = record.doubt === "resent" ? ',"possibleDuplicate":true' : "";
    const callback = callbackData === null ? "" : `,"callbackData":"${escaped(callbackData)}"`;
    const application = applicationId === null ? APPLICATION_DEFAULT : escaped(applicationId);
    const entity = entityId === null ? "" : `,"entityId":"${escaped(entityId)}"`;
    const campaign = campaignReferenceId === null ? "" : `,"campaignReferenceId":"${escaped(campaignReferenceId)}"`;
    return `{"bulkId":"${escaped(bulkId)}","messageId":"${escaped(messageId)}","sentAt":"${formatDate(sentAt)}","doneAt":"${formatDate(doneAt ?? sentAt)}","messageCount":${partCount},${outcomeOf(record)}${doubt},"to":"${escaped(destination)}","sender":"${escaped(sender)}"${callback},"platform":{"applicationId":"${application}"${entity}}${campaign}}`;
  };
}
