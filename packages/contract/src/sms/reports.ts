import { Type, type Static } from "typebox";
import { DateTime, filter, int32 } from "../common.ts";
import { Platform } from "./options.ts";
import { MessageError, MessagePrice, MessageStatus } from "./status.ts";

/** A delivery report, pulled or pushed. `messageCount` is the number of parts; `mccMnc` is digits, for example 22801. */
export const DeliveryReport = Type.Object(
  {
    bulkId: Type.Optional(Type.String()),
    price: Type.Optional(MessagePrice),
    status: Type.Optional(MessageStatus),
    error: Type.Optional(MessageError),
    messageId: Type.Optional(Type.String()),
    to: Type.Optional(Type.String()),
    sender: Type.Optional(Type.String()),
    sentAt: Type.Optional(DateTime),
    doneAt: Type.Optional(DateTime),
    messageCount: Type.Optional(int32()),
    mccMnc: Type.Optional(Type.String()),
    callbackData: Type.Optional(Type.String()),
    platform: Type.Optional(Platform),
    campaignReferenceId: Type.Optional(Type.String()),
  },
  { title: "DeliveryReport" },
);
export type DeliveryReport = Static<typeof DeliveryReport>;

/** Answer of `GET /sms/3/reports` and body of the delivery webhook. */
export const DeliveryReports = Type.Object(
  { results: Type.Optional(Type.Array(DeliveryReport)) },
  { title: "DeliveryReports" },
);
export type DeliveryReports = Static<typeof DeliveryReports>;

export const SmsReportsQuery = Type.Object(
  {
    bulkId: filter(),
    messageId: filter(),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
    entityId: filter(),
    applicationId: filter(),
    campaignReferenceId: filter(),
  },
  { title: "SmsReportsQuery" },
);
export type SmsReportsQuery = Static<typeof SmsReportsQuery>;
