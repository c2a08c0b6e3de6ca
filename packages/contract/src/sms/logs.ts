import { Type, type Static } from "typebox";
import { DateTime, filter, int32, listFilter } from "../common.ts";
import { CURSOR_LENGTH_MAX } from "../limits.ts";
import { SmsMessageContent } from "./content.ts";
import { Platform } from "./options.ts";
import { MessageError, MessageGeneralStatus, MessagePrice, MessageStatus } from "./status.ts";

/** One row of the log. Unlike a report it names the phone `destination` and carries the content. */
export const SmsLog = Type.Object(
  {
    sender: Type.Optional(Type.String()),
    destination: Type.Optional(Type.String()),
    bulkId: Type.Optional(Type.String()),
    messageId: Type.Optional(Type.String()),
    sentAt: Type.Optional(DateTime),
    doneAt: Type.Optional(DateTime),
    messageCount: Type.Optional(int32()),
    price: Type.Optional(MessagePrice),
    status: Type.Optional(MessageStatus),
    error: Type.Optional(MessageError),
    platform: Type.Optional(Platform),
    content: Type.Optional(SmsMessageContent),
    campaignReferenceId: Type.Optional(Type.String()),
    mccMnc: Type.Optional(Type.String()),
  },
  { title: "SmsLog" },
);
export type SmsLog = Static<typeof SmsLog>;

/** `nextCursor` is absent on the last page. */
export const CursorPageInfo = Type.Object(
  { limit: Type.Optional(int32()), nextCursor: Type.Optional(Type.String()) },
  { title: "CursorPageInfo" },
);
export type CursorPageInfo = Static<typeof CursorPageInfo>;

/** Answer of `GET /sms/3/logs`; `cursor` only when the query asks for one. */
export const SmsLogs = Type.Object(
  { results: Type.Optional(Type.Array(SmsLog)), cursor: Type.Optional(CursorPageInfo) },
  { title: "SmsLogs", xml: { name: "LogResponse" } },
);
export type SmsLogs = Static<typeof SmsLogs>;

/** What logs of every version are filtered by; only what the sender and the phone are called differs. */
export const logFilters = () => ({
  mcc: filter(),
  mnc: filter(),
  bulkId: listFilter(),
  messageId: listFilter(),
  generalStatus: Type.Optional(MessageGeneralStatus),
  sentSince: Type.Optional(DateTime),
  sentUntil: Type.Optional(DateTime),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
  entityId: filter(),
  applicationId: filter(),
  campaignReferenceId: listFilter(),
});
/** An MNC says nothing without its MCC. */
export const LOG_FILTERS_TOGETHER = { mnc: ["mcc"] };

export const SmsLogsQuery = Type.Object(
  {
    sender: filter(),
    destination: filter(),
    ...logFilters(),
    useCursor: Type.Optional(Type.Boolean()),
    cursor: Type.Optional(Type.String({ maxLength: CURSOR_LENGTH_MAX })),
  },
  { title: "SmsLogsQuery", dependentRequired: LOG_FILTERS_TOGETHER },
);
export type SmsLogsQuery = Static<typeof SmsLogsQuery>;
