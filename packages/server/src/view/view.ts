/**
 * How a stored message looks from outside: pure translations of a record into the shapes of the contract, used by the
 * pulled reports and logs (query/) and by the webhooks (notify/) alike, so that both always say the same.
 */
import {
  type DeliveryReport,
  ERROR,
  ERRORS,
  formatDate,
  type MessageError,
  messageError,
  type MessagePrice,
  type MessageStatus,
  messageStatus,
  type SmsLog,
  type SmsLogV1,
  type SmsInboundReport,
  type SmsReportV1,
  STATUS,
  STATUSES,
  type WhatsAppDeliveryReport,
} from "@posthorn/contract";
import { FINAL_STATES, type MessageState } from "../message/state.ts";
import type { InboundRecord } from "../store/inbound.ts";
import type { MessageRecord, ReportRecord } from "../store/store.ts";

/** Infobip shows this application where a request named none (facts: a real v3 log). */
const APPLICATION_DEFAULT = "default";

/** Status groups of Infobip, by state. */
const GROUP_OF_STATE: Readonly<Record<MessageState, number>> = {
  held: 1,
  queued: 1,
  claimed: 1,
  submitted: 1,
  uncertain: 1,
  undeliverable: 2,
  delivered: 3,
  expired: 4,
  rejected: 5,
  canceled: 2,
};

/** What a state says where the carrier's own word does not fit it. */
const STATUS_OF_STATE: Readonly<Record<MessageState, number>> = {
  held: STATUS.PENDING_ACCEPTED,
  queued: STATUS.PENDING_ENROUTE,
  claimed: STATUS.PENDING_ENROUTE,
  submitted: STATUS.PENDING_WAITING_DELIVERY,
  uncertain: STATUS.PENDING_ENROUTE,
  undeliverable: STATUS.UNDELIVERABLE_NOT_DELIVERED,
  delivered: STATUS.DELIVERED_TO_HANDSET,
  expired: STATUS.EXPIRED_EXPIRED,
  rejected: STATUS.REJECTED,
  canceled: STATUS.CANCELLED,
};

const STATUSES_OF_GROUP = Map.groupBy(STATUSES, ({ groupId }) => groupId);
const ERROR_IDS: ReadonlySet<number> = new Set(ERRORS.map(({ id }) => id));

const GENERAL_STATUS: Readonly<Record<string, readonly MessageState[]>> = {
  ACCEPTED: [],
  PENDING: ["held", "queued", "claimed", "submitted", "uncertain"],
  UNDELIVERABLE: ["undeliverable", "canceled"],
  DELIVERED: ["delivered"],
  EXPIRED: ["expired"],
  REJECTED: ["rejected"],
};

/** The states behind a status group's name, for the filter of the logs. */
export function statesOfGeneralStatus(name: string): readonly MessageState[] {
  return GENERAL_STATUS[name] ?? [];
}

export interface ViewOptions {
  readonly price: Required<MessagePrice>;
}

/** Members that are absent rather than null or empty: Infobip leaves them out, and so do typed clients expect. */
function present<Value>(name: string, value: Value | null): Record<string, Value> {
  return value === null ? {} : { [name]: value };
}

function platformOf(record: ReportRecord) {
  return { applicationId: record.applicationId ?? APPLICATION_DEFAULT, ...present("entityId", record.entityId) };
}

/**
 * `possibleDuplicate` is ours and only there when it is true: an earlier submission's answer was lost and the message
 * was sent again, so the phone may have got it twice (promise 2).
 */
function doubtOf(record: ReportRecord): { possibleDuplicate?: true } {
  return record.doubt === "resent" ? { possibleDuplicate: true } : {};
}

/**
 * A carrier's id that is not in the catalogue, or in another group than the state, must not make a message's report
 * impossible: the state is the truth, and is shown in general words.
 */
export function statusOf({ state, statusId }: Pick<MessageRecord, "state" | "statusId">): MessageStatus {
  const groupId = GROUP_OF_STATE[state];
  const isKnown = STATUSES_OF_GROUP.get(groupId)?.some(({ id }) => id === statusId) === true;
  return messageStatus(isKnown ? statusId : STATUS_OF_STATE[state], groupId);
}

export function errorOf({ errorId }: Pick<MessageRecord, "errorId">): MessageError {
  return messageError(ERROR_IDS.has(errorId) ? errorId : ERROR.EC_UNKNOWN_ERROR);
}

function commonOf(record: ReportRecord, options: ViewOptions) {
  return {
    bulkId: record.bulkId,
    messageId: record.messageId,
    sentAt: formatDate(record.sentAt),
    doneAt: formatDate(record.doneAt ?? record.sentAt),
    messageCount: record.partCount,
    price: options.price,
    status: statusOf(record),
    error: errorOf(record),
    ...doubtOf(record),
  };
}

export function toSmsReport(record: ReportRecord, options: ViewOptions): DeliveryReport {
  return {
    ...commonOf(record, options),
    to: record.destination,
    sender: record.sender,
    ...present("callbackData", record.callbackData),
    platform: platformOf(record),
    ...present("campaignReferenceId", record.campaignReferenceId),
  };
}

/** A v3 log names the phone `destination`, and has the content and no callbackData. */
export function toSmsLog(record: MessageRecord, options: ViewOptions): SmsLog {
  const { doneAt, ...common } = commonOf(record, options);
  return {
    ...common,
    ...(FINAL_STATES.some((state) => state === record.state) ? { doneAt } : {}),
    sender: record.sender,
    destination: record.destination,
    platform: platformOf(record),
    content: contentOf(record),
    ...present("campaignReferenceId", record.campaignReferenceId),
  };
}

/** The content as it was sent: Infobip's Java client cannot read an empty object here (issue 53 of that client). */
function contentOf(record: MessageRecord): NonNullable<SmsLog["content"]> {
  const rest = record.options === null ? {} : ((JSON.parse(record.options) as { content?: object }).content ?? {});
  return record.encoding === "BINARY" ? { hex: record.text, ...rest } : { text: record.text, ...rest };
}

/** Where version 3 says `OK`, version 1 says `Ok`; all other groups are called the same. */
const NO_ERROR_GROUP_V1 = "Ok";

/** What reports and logs of version 1 share: other names for the phones and the parts, and the platform taken apart. */
function commonV1Of(record: ReportRecord, options: ViewOptions) {
  const { messageCount, error, ...common } = commonOf(record, options);
  return {
    ...common,
    to: record.destination,
    from: record.sender,
    smsCount: messageCount,
    error: error.groupName === "OK" ? { ...error, groupName: NO_ERROR_GROUP_V1 } : error,
    ...platformOf(record),
    ...present("campaignReferenceId", record.campaignReferenceId),
  };
}

export function toSmsReportV1(record: ReportRecord, options: ViewOptions): SmsReportV1 {
  return { ...commonV1Of(record, options), ...present("callbackData", record.callbackData) };
}

/** As `toSmsLog`: an end only when there is one, and no callbackData. */
export function toSmsLogV1(record: MessageRecord, options: ViewOptions): SmsLogV1 {
  const { doneAt, ...common } = commonV1Of(record, options);
  return {
    ...common,
    ...(FINAL_STATES.some((state) => state === record.state) ? { doneAt } : {}),
    text: record.text,
  };
}

export function toWhatsAppReport(record: ReportRecord, options: ViewOptions): WhatsAppDeliveryReport {
  return {
    ...commonOf(record, options),
    // Most messages have no bulk in this channel, and Infobip writes that as an empty string, as the record has it.
    bulkId: record.bulkId,
    to: record.destination,
    ...present("callbackData", record.callbackData),
    ...present("applicationId", record.applicationId),
    ...present("entityId", record.entityId),
  } as WhatsAppDeliveryReport;
}

/** Absent members where there is nothing: an inbound message in the inbox and in the webhook. */
export function toSmsInboundReport(message: Omit<InboundRecord, "seq">, options: ViewOptions): SmsInboundReport {
  const { messageId, sender, destination, text, cleanText, keyword, receivedAt, partCount } = message;
  const { callbackData, applicationId, entityId, campaignReferenceId } = message;
  return {
    messageId,
    from: sender,
    to: destination,
    text,
    cleanText,
    ...(keyword === null ? {} : { keyword }),
    receivedAt: formatDate(receivedAt),
    smsCount: partCount,
    price: options.price,
    ...(callbackData === null ? {} : { callbackData }),
    ...(applicationId === null ? {} : { applicationId }),
    ...(entityId === null ? {} : { entityId }),
    ...(campaignReferenceId === null ? {} : { campaignReferenceId }),
  };
}
