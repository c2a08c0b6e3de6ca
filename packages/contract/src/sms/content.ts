import { Type, type Static } from "typebox";
import { octet, oneOf } from "../common.ts";
import { SMS_HEX_LENGTH_MAX, SMS_TEXT_LENGTH_MAX } from "../limits.ts";

export const TransliterationCode = oneOf(
  [
    "NONE",
    "TURKISH",
    "GREEK",
    "CYRILLIC",
    "SERBIAN_CYRILLIC",
    "BULGARIAN_CYRILLIC",
    "CENTRAL_EUROPEAN",
    "BALTIC",
    "NON_UNICODE",
    "PORTUGUESE",
    "COLOMBIAN",
    "ALL",
  ],
  { title: "TransliterationCode" },
);
export type TransliterationCode = Static<typeof TransliterationCode>;

export const LanguageCode = oneOf(["NONE", "TR", "ES", "PT", "AUTODETECT"], { title: "LanguageCode" });
export type LanguageCode = Static<typeof LanguageCode>;

/** National language shift tables of 3GPP TS 23.038. */
export const SmsLanguage = Type.Object(
  {
    languageCode: Type.Optional(LanguageCode),
    singleShift: Type.Optional(Type.Boolean({ default: false })),
    lockingShift: Type.Optional(Type.Boolean({ default: false })),
  },
  { title: "SmsLanguage" },
);
export type SmsLanguage = Static<typeof SmsLanguage>;

/**
 * The contract tells text and binary apart by their keys alone (`oneOf` without a discriminator). The `not` of each
 * branch says so in the schema: a body with both keys fits neither, and whoever sees `hex` may rely on its type.
 */
export const SmsTextMessageContent = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: SMS_TEXT_LENGTH_MAX }),
    transliteration: Type.Optional(TransliterationCode),
    language: Type.Optional(SmsLanguage),
  },
  { title: "SmsTextMessageContent", not: { required: ["hex"] } },
);
export type SmsTextMessageContent = Static<typeof SmsTextMessageContent>;

/** `hex`: two digits a byte, separated by spaces or not; the server checks the digits and rejects that message alone. */
export const SmsBinaryMessageContent = Type.Object(
  {
    hex: Type.String({ minLength: 1, maxLength: SMS_HEX_LENGTH_MAX }),
    dataCoding: Type.Optional(octet()),
    esmClass: Type.Optional(octet()),
  },
  { title: "SmsBinaryMessageContent", not: { required: ["text"] } },
);
export type SmsBinaryMessageContent = Static<typeof SmsBinaryMessageContent>;

export const SmsMessageContent = Type.Union([SmsTextMessageContent, SmsBinaryMessageContent], {
  title: "SmsMessageContent",
});
export type SmsMessageContent = Static<typeof SmsMessageContent>;
