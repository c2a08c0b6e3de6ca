import { Type, type Static } from "typebox";
import { DateTime, int32, shortText, url } from "../common.ts";
import { DESTINATIONS_PER_MESSAGE_MAX, SMS_TEXT_LENGTH_MAX, TO_PARAMETER_LENGTH_MAX } from "../limits.ts";
import { LanguageCode, TransliterationCode } from "./content.ts";
import { RecipientType } from "./options.ts";
import { SmsResponseDetails } from "./send-v2.ts";

/** What both versions share. `to` is a comma-separated list, or is repeated; `validityPeriod` is in minutes. */
const shared = {
  from: Type.Optional(shortText()),
  to: Type.Union([
    Type.String({ maxLength: TO_PARAMETER_LENGTH_MAX }),
    Type.Array(Type.String({ maxLength: TO_PARAMETER_LENGTH_MAX }), { maxItems: DESTINATIONS_PER_MESSAGE_MAX }),
  ]),
  flash: Type.Optional(Type.Boolean()),
  transliteration: Type.Optional(TransliterationCode),
  languageCode: Type.Optional(LanguageCode),
  intermediateReport: Type.Optional(Type.Boolean()),
  notifyUrl: Type.Optional(url()),
  notifyContentType: Type.Optional(shortText()),
  callbackData: Type.Optional(Type.String({ maxLength: 4000 })),
  sendAt: Type.Optional(DateTime),
  trackingType: Type.Optional(shortText()),
  indiaDltContentTemplateId: Type.Optional(shortText()),
  indiaDltPrincipalEntityId: Type.Optional(shortText()),
  indiaDltTelemarketerId: Type.Optional(shortText()),
  turkeyIysBrandCode: Type.Optional(int32()),
  turkeyIysRecipientType: Type.Optional(RecipientType),
  southKoreaResellerCode: Type.Optional(int32()),
};

/** What the nested options of a body require of each other. */
const dependentRequired = {
  indiaDltContentTemplateId: ["indiaDltPrincipalEntityId"],
  indiaDltTelemarketerId: ["indiaDltPrincipalEntityId"],
  turkeyIysBrandCode: ["turkeyIysRecipientType"],
};

/**
 * Parameters of `GET /sms/1/text/query`. A longer `bulkId` is clipped, and a message without text is
 * rejected alone. The header may stand for the credentials.
 */
export const SmsTextQueryV1 = Type.Object(
  {
    username: Type.Optional(Type.String()),
    password: Type.Optional(Type.String()),
    bulkId: Type.Optional(Type.String()),
    text: Type.Optional(Type.String({ maxLength: SMS_TEXT_LENGTH_MAX })),
    ...shared,
    validityPeriod: Type.Optional(Type.Integer({ minimum: 1 })),
    track: Type.Optional(shortText()),
    processKey: Type.Optional(shortText()),
  },
  { title: "SmsTextQueryV1", dependentRequired },
);
export type SmsTextQueryV1 = Static<typeof SmsTextQueryV1>;

/** Parameters of `GET /sms/3/text/query`. */
export const SmsTextQueryV3 = Type.Object(
  {
    bulkId: Type.Optional(Type.String({ maxLength: 100 })),
    text: Type.String({ minLength: 1, maxLength: SMS_TEXT_LENGTH_MAX }),
    ...shared,
    validityPeriod: Type.Optional(int32(1)),
    includeSmsCountInResponse: Type.Optional(Type.Boolean()),
    trackingUrl: Type.Optional(url()),
    southKoreaTitle: Type.Optional(Type.String({ maxLength: 66 })),
  },
  { title: "SmsTextQueryV3", dependentRequired },
);
export type SmsTextQueryV3 = Static<typeof SmsTextQueryV3>;

/** Answer of `GET /sms/1/text/query`: that of `POST /sms/2/text/advanced` under another name. */
export const QuerySmsResponse = Type.Object(
  { bulkId: Type.Optional(Type.String()), messages: Type.Optional(Type.Array(SmsResponseDetails)) },
  { title: "QuerySmsResponse", xml: { name: "smsResponse" } },
);
