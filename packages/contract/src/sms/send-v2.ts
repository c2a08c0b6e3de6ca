import { Type, type Static, type TProperties } from "typebox";
import { DateTime, int32, octet, shortText, url, UrlOptions } from "../common.ts";
import {
  DESTINATIONS_PER_MESSAGE_MAX,
  MESSAGES_PER_REQUEST_MAX,
  SMS_HEX_LENGTH_MAX,
  SMS_TEXT_LENGTH_MAX,
} from "../limits.ts";
import { SmsLanguage, TransliterationCode } from "./content.ts";
import { DeliveryTimeWindow, RegionalOptions, SendingSpeedLimit } from "./options.ts";
import { SmsStatus } from "./status-v1.ts";

/**
 * A longer one is cut to this many characters and the request goes on, where `POST /sms/3/messages` refuses it. So the
 * schemas of this file leave both lengths open.
 */
export const BULK_ID_CLIPPED_LENGTH = 100;
export const MESSAGE_ID_CLIPPED_LENGTH = 200;

const to = () => Type.String({ maxLength: 64 });
const sms = () => Type.String({ minLength: 1, maxLength: SMS_TEXT_LENGTH_MAX });

export const SmsDestination = Type.Object(
  { to: to(), messageId: Type.Optional(Type.String()) },
  { title: "SmsDestination" },
);
export type SmsDestination = Static<typeof SmsDestination>;

/** What text and binary messages share. `validityPeriod` is in minutes; above 48 hours it is shortened to 48 hours. */
const sharedProperties = <PlatformId extends TProperties>(platform: PlatformId) => ({
  from: Type.Optional(shortText()),
  destinations: Type.Array(SmsDestination, { minItems: 1, maxItems: DESTINATIONS_PER_MESSAGE_MAX }),
  flash: Type.Optional(Type.Boolean()),
  validityPeriod: Type.Optional(Type.Integer({ minimum: 1 })),
  deliveryTimeWindow: Type.Optional(DeliveryTimeWindow),
  sendAt: Type.Optional(DateTime),
  notifyUrl: Type.Optional(url()),
  notifyContentType: Type.Optional(shortText()),
  intermediateReport: Type.Optional(Type.Boolean()),
  callbackData: Type.Optional(Type.String({ maxLength: 4000 })),
  regional: Type.Optional(RegionalOptions),
  campaignReferenceId: Type.Optional(Type.String({ maxLength: 255 })),
  ...platform,
});

const platformIds = (maxLength: number) => ({
  entityId: Type.Optional(Type.String({ maxLength })),
  applicationId: Type.Optional(Type.String({ maxLength })),
});

/** A message without text is no fault of the request: it alone is rejected. So is one without `binary` below. */
export const SmsTextualMessage = Type.Object(
  {
    ...sharedProperties(platformIds(50)),
    flash: Type.Optional(Type.Boolean({ default: false })),
    text: Type.Optional(Type.String({ maxLength: SMS_TEXT_LENGTH_MAX })),
    transliteration: Type.Optional(TransliterationCode),
    language: Type.Optional(SmsLanguage),
  },
  { title: "SMSTextualMessage" },
);
export type SmsTextualMessage = Static<typeof SmsTextualMessage>;

/** `hex`: two digits a byte, separated by spaces or not; the server checks the digits and rejects that message alone. */
export const SmsBinaryContent = Type.Object(
  {
    hex: Type.String({ minLength: 1, maxLength: SMS_HEX_LENGTH_MAX }),
    dataCoding: Type.Optional(octet()),
    esmClass: Type.Optional(octet()),
  },
  { title: "BinaryContent" },
);
export type SmsBinaryContent = Static<typeof SmsBinaryContent>;

export const SmsBinaryMessage = Type.Object(
  { ...sharedProperties(platformIds(66)), binary: Type.Optional(SmsBinaryContent) },
  { title: "SMSBinaryMessage" },
);
export type SmsBinaryMessage = Static<typeof SmsBinaryMessage>;

/** Conversion tracking: `track` is SMS or, of old, URL; `type` is the customer's own name for the conversion. */
export const SmsTracking = Type.Object(
  {
    baseUrl: Type.Optional(url()),
    processKey: Type.Optional(shortText()),
    track: Type.Optional(shortText()),
    type: Type.Optional(shortText()),
  },
  { title: "SmsTracking" },
);
export type SmsTracking = Static<typeof SmsTracking>;

/** Body of `POST /sms/2/text/advanced`. */
export const SmsTextualRequest = Type.Object(
  {
    bulkId: Type.Optional(Type.String()),
    messages: Type.Array(SmsTextualMessage, { minItems: 1, maxItems: MESSAGES_PER_REQUEST_MAX }),
    sendingSpeedLimit: Type.Optional(SendingSpeedLimit),
    urlOptions: Type.Optional(UrlOptions),
    tracking: Type.Optional(SmsTracking),
    includeSmsCountInResponse: Type.Optional(Type.Boolean({ default: false })),
  },
  { title: "SMSTextualRequest", xml: { name: "SMSAdvancedTextualRequest" } },
);
export type SmsTextualRequest = Static<typeof SmsTextualRequest>;

/** Body of `POST /sms/2/binary/advanced`. */
export const SmsBinaryRequest = Type.Object(
  {
    bulkId: Type.Optional(Type.String()),
    messages: Type.Array(SmsBinaryMessage, { minItems: 1, maxItems: MESSAGES_PER_REQUEST_MAX }),
    sendingSpeedLimit: Type.Optional(SendingSpeedLimit),
  },
  { title: "SMSBinaryRequest", xml: { name: "SMSAdvancedBinaryRequest" } },
);
export type SmsBinaryRequest = Static<typeof SmsBinaryRequest>;

/** One text to one or more destinations: the oldest shape, which Infobip's documents have no more. */
export const SmsSingleText = Type.Object(
  {
    from: Type.Optional(shortText()),
    to: Type.Union([to(), Type.Array(to(), { minItems: 1, maxItems: DESTINATIONS_PER_MESSAGE_MAX })]),
    text: sms(),
  },
  { title: "SmsSingleText", xml: { name: "request" } },
);
export type SmsSingleText = Static<typeof SmsSingleText>;

/** Body of `POST /sms/1/text/multi`. */
export const SmsMultiText = Type.Object(
  { messages: Type.Array(SmsSingleText, { minItems: 1, maxItems: MESSAGES_PER_REQUEST_MAX }) },
  { title: "SmsMultiText", xml: { name: "request" } },
);
export type SmsMultiText = Static<typeof SmsMultiText>;

/** `smsCount` is the number of parts. */
export const SmsResponseDetails = Type.Object(
  {
    to: Type.Optional(Type.String()),
    status: Type.Optional(SmsStatus),
    messageId: Type.Optional(Type.String()),
    smsCount: Type.Optional(int32()),
  },
  { title: "SMSResponseDetails" },
);
export type SmsResponseDetails = Static<typeof SmsResponseDetails>;

/** Answer of every send below version 3: one entry per destination, in the order of the request. */
export const SmsResponse = Type.Object(
  { bulkId: Type.Optional(Type.String()), messages: Type.Optional(Type.Array(SmsResponseDetails)) },
  { title: "SMSResponse", xml: { name: "smsResponse" } },
);
export type SmsResponse = Static<typeof SmsResponse>;
