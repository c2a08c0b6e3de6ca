import { Type, type Static } from "typebox";
import { int32, shortText } from "../common.ts";
import { DESTINATIONS_PER_MESSAGE_MAX, MESSAGES_PER_REQUEST_MAX } from "../limits.ts";
import { SmsMessageContent } from "./content.ts";
import { SmsMessageOptions, SmsMessageRequestOptions, Webhooks } from "./options.ts";
import { MessageStatus } from "./status.ts";

/** `to` may be empty here: an empty destination is status 51 for that message, not a fault of the request. */
export const SmsToDestination = Type.Object(
  {
    to: Type.String({ maxLength: 64 }),
    messageId: Type.Optional(Type.String({ maxLength: 200 })),
    networkId: Type.Optional(int32()),
  },
  { title: "SmsToDestination" },
);
export type SmsToDestination = Static<typeof SmsToDestination>;

export const SmsMessage = Type.Object(
  {
    sender: Type.Optional(shortText()),
    destinations: Type.Array(SmsToDestination, { minItems: 1, maxItems: DESTINATIONS_PER_MESSAGE_MAX }),
    content: SmsMessageContent,
    options: Type.Optional(SmsMessageOptions),
    webhooks: Type.Optional(Webhooks),
  },
  { title: "SmsMessage" },
);
export type SmsMessage = Static<typeof SmsMessage>;

/** Body of `POST /sms/3/messages`. */
export const SmsRequestEnvelope = Type.Object(
  {
    messages: Type.Array(SmsMessage, { minItems: 1, maxItems: MESSAGES_PER_REQUEST_MAX }),
    options: Type.Optional(SmsMessageRequestOptions),
  },
  { title: "SmsRequestEnvelope" },
);
export type SmsRequestEnvelope = Static<typeof SmsRequestEnvelope>;

/** `messageCount` is the number of parts. */
export const SmsMessageResponseDetails = Type.Object(
  { messageCount: Type.Optional(int32()) },
  { title: "SmsMessageResponseDetails" },
);
export type SmsMessageResponseDetails = Static<typeof SmsMessageResponseDetails>;

export const SmsMessageResponse = Type.Object(
  {
    messageId: Type.Optional(Type.String()),
    status: Type.Optional(MessageStatus),
    destination: Type.Optional(Type.String()),
    details: Type.Optional(SmsMessageResponseDetails),
  },
  { title: "SmsMessageResponse" },
);
export type SmsMessageResponse = Static<typeof SmsMessageResponse>;

/** One entry per destination, in the order of the request. */
export const SmsResponseEnvelope = Type.Object(
  { bulkId: Type.Optional(Type.String()), messages: Type.Array(SmsMessageResponse) },
  { title: "SmsResponseEnvelope" },
);
export type SmsResponseEnvelope = Static<typeof SmsResponseEnvelope>;
