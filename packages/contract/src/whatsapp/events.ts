import { Type, type Static } from "typebox";
import { shortText } from "../common.ts";
import { MESSAGES_PER_REQUEST_MAX } from "../limits.ts";
import { Platform, RequestSchedulingSettings, ValidityPeriod } from "../sms/options.ts";
import { MessageStatus } from "../sms/status.ts";

const WhatsAppEvent = Type.Object(
  {
    sender: shortText(),
    destinations: Type.Array(
      Type.Object(
        { to: shortText(), messageId: Type.Optional(Type.String({ maxLength: 200 })) },
        { title: "ToDestination" },
      ),
      { minItems: 1, maxItems: 1 },
    ),
    /** The `messageId` of a typing indicator is filled in by whoever sends it; a client's is not looked at. */
    content: Type.Object(
      { messageId: Type.Optional(shortText()), type: Type.Enum(["TYPING_INDICATOR"], { type: "string" }) },
      { title: "WhatsAppOutboundEventTypingIndicatorContent" },
    ),
    options: Type.Optional(
      Type.Object(
        { platform: Type.Optional(Platform), validityPeriod: Type.Optional(ValidityPeriod) },
        { title: "WhatsAppEventOptions" },
      ),
    ),
  },
  { title: "WhatsAppEvent" },
);

/** Body of `POST /whatsapp/1/events`: what a phone shows for a moment and does not keep. */
export const WhatsAppEventRequest = Type.Object(
  {
    events: Type.Array(WhatsAppEvent, { minItems: 1, maxItems: MESSAGES_PER_REQUEST_MAX }),
    options: Type.Optional(
      Type.Object({ schedule: Type.Optional(RequestSchedulingSettings) }, { title: "DefaultEventRequestOptions" }),
    ),
  },
  { title: "WhatsAppEventRequest" },
);
export type WhatsAppEventRequest = Static<typeof WhatsAppEventRequest>;

/** Answer of `POST /whatsapp/1/events`: one entry for each event. */
export const WhatsAppEventResponse = Type.Object(
  {
    bulkId: Type.Optional(Type.String()),
    messages: Type.Array(
      Type.Object(
        {
          messageId: Type.Optional(Type.String()),
          status: Type.Optional(MessageStatus),
          destination: Type.Optional(Type.String()),
          details: Type.Optional(Type.Object({}, { title: "MessageResponseDetails" })),
        },
        { title: "MessageResponse" },
      ),
    ),
  },
  { title: "ResponseEnvelopeMessageResponseMessageResponseDetails" },
);
export type WhatsAppEventResponse = Static<typeof WhatsAppEventResponse>;

/** Of `POST /whatsapp/1/senders/{sender}/message/{messageId}/read`. */
export const ReadMarkPath = Type.Object({ sender: Type.String(), messageId: Type.String() }, { title: "ReadMarkPath" });
export type ReadMarkPath = Static<typeof ReadMarkPath>;
