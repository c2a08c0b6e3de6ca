import { Type, type Static } from "typebox";
import { DateTime, filter, int32 } from "../common.ts";
import { LOG_FILTERS_TOGETHER, logFilters } from "./logs.ts";
import { MessagePrice } from "./status.ts";
import { SmsError, SmsStatus } from "./status-v1.ts";

/** What reports and logs of version 1 share. `smsCount` is the number of parts. */
const shared = {
  bulkId: Type.Optional(Type.String()),
  messageId: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  from: Type.Optional(Type.String()),
  sentAt: Type.Optional(DateTime),
  doneAt: Type.Optional(DateTime),
  smsCount: Type.Optional(int32()),
  mccMnc: Type.Optional(Type.String()),
  price: Type.Optional(MessagePrice),
  status: Type.Optional(SmsStatus),
  error: Type.Optional(SmsError),
  applicationId: Type.Optional(Type.String()),
  entityId: Type.Optional(Type.String()),
  campaignReferenceId: Type.Optional(Type.String()),
};

export const SmsReportV1 = Type.Object(
  { ...shared, callbackData: Type.Optional(Type.String()) },
  { title: "SmsReport" },
);
export type SmsReportV1 = Static<typeof SmsReportV1>;

/** Answer of `GET /sms/1/reports`, and body of the delivery webhook of messages that were sent below version 3. */
export const SmsReportsV1 = Type.Object(
  { results: Type.Optional(Type.Array(SmsReportV1)) },
  { title: "SMSReportResponse", xml: { name: "reportResponse" } },
);
export type SmsReportsV1 = Static<typeof SmsReportsV1>;

/** `text` of a binary message is its octets, hexadecimal. */
export const SmsLogV1 = Type.Object({ ...shared, text: Type.Optional(Type.String()) }, { title: "Log" });
export type SmsLogV1 = Static<typeof SmsLogV1>;

/** Answer of `GET /sms/1/logs`. */
export const SmsLogsV1 = Type.Object(
  { results: Type.Optional(Type.Array(SmsLogV1)) },
  { title: "LogsResponse", xml: { name: "smsLogsResponse" } },
);
export type SmsLogsV1 = Static<typeof SmsLogsV1>;

export const SmsLogsQueryV1 = Type.Object(
  { from: filter(), to: filter(), ...logFilters() },
  { title: "SmsLogsQueryV1", dependentRequired: LOG_FILTERS_TOGETHER },
);
export type SmsLogsQueryV1 = Static<typeof SmsLogsQueryV1>;
