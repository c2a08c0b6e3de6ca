import { Type, type Static } from "typebox";
import { DateTime, filter, int32 } from "../common.ts";
import { MessagePrice } from "./status.ts";

/**
 * An SMS that a phone sent, in the format MO_JSON_2. `text` is the whole text, `cleanText` the text without the keyword
 * that led it to its configuration. Of a binary message both are its octets, hexadecimal. `smsCount` counts the parts
 * that came.
 */
export const SmsInboundReport = Type.Object(
  {
    messageId: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    to: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
    cleanText: Type.Optional(Type.String()),
    keyword: Type.Optional(Type.String()),
    receivedAt: Type.Optional(DateTime),
    smsCount: Type.Optional(int32()),
    price: Type.Optional(MessagePrice),
    callbackData: Type.Optional(Type.String()),
    applicationId: Type.Optional(Type.String()),
    entityId: Type.Optional(Type.String()),
    campaignReferenceId: Type.Optional(Type.String()),
  },
  { title: "SmsMoReport" },
);
export type SmsInboundReport = Static<typeof SmsInboundReport>;

/** Answer of `GET /sms/1/inbox/reports`, and body of the webhook of inbound SMS. */
export const SmsInboundReports = Type.Object(
  {
    results: Type.Optional(Type.Array(SmsInboundReport)),
    /** Of `results`. */
    messageCount: Type.Optional(int32()),
    /** How many more there are. */
    pendingMessageCount: Type.Optional(int32()),
  },
  { title: "SmsMoReportResponse", xml: { name: "reportResponse" } },
);
export type SmsInboundReports = Static<typeof SmsInboundReports>;

export const SmsInboundQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
    applicationId: filter(),
    entityId: filter(),
    campaignReferenceId: filter(),
  },
  { title: "SmsInboundQuery" },
);
export type SmsInboundQuery = Static<typeof SmsInboundQuery>;
