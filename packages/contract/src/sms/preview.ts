import { Type, type Static } from "typebox";
import { int32, oneOf } from "../common.ts";
import { SMS_TEXT_LENGTH_MAX } from "../limits.ts";
import { TransliterationCode } from "./content.ts";

/** Without NONE, which a message may say and a preview may not: the pattern of the contract. */
export const PreviewLanguageCode = oneOf(["TR", "ES", "PT", "AUTODETECT"], { title: "PreviewLanguageCode" });
export type PreviewLanguageCode = Static<typeof PreviewLanguageCode>;

/** Body of `POST /sms/1/preview`. */
export const PreviewRequest = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: SMS_TEXT_LENGTH_MAX }),
    languageCode: Type.Optional(PreviewLanguageCode),
    transliteration: Type.Optional(TransliterationCode),
  },
  { title: "PreviewRequest" },
);
export type PreviewRequest = Static<typeof PreviewRequest>;

export const PreviewLanguage = Type.Object({ languageCode: Type.Optional(Type.String()) }, { title: "Language" });
export type PreviewLanguage = Static<typeof PreviewLanguage>;

export const LanguageConfiguration = Type.Object(
  { language: Type.Optional(PreviewLanguage), transliteration: Type.Optional(Type.String()) },
  { title: "LanguageConfiguration" },
);
export type LanguageConfiguration = Static<typeof LanguageConfiguration>;

/** Posthorn's own: why a text needs UCS-2. `index` counts UTF-16 units of `textPreview`, from 0. */
export const PreviewForcedBy = Type.Object({ character: Type.String(), index: int32(0) }, { title: "PreviewForcedBy" });
export type PreviewForcedBy = Static<typeof PreviewForcedBy>;

/** `charactersRemaining` is what the last part could still take. `forcedBy` is there only with UCS-2. */
export const Preview = Type.Object(
  {
    textPreview: Type.Optional(Type.String()),
    messageCount: Type.Optional(int32()),
    charactersRemaining: Type.Optional(int32()),
    configuration: Type.Optional(LanguageConfiguration),
    forcedBy: Type.Optional(PreviewForcedBy),
  },
  { title: "Preview" },
);
export type Preview = Static<typeof Preview>;

/** The text as it is comes first; then one preview for each thing that the request asks for. */
export const PreviewResponse = Type.Object(
  {
    originalText: Type.Optional(Type.String()),
    previews: Type.Optional(Type.Array(Preview, { "x-xml-item": "previews" })),
  },
  { title: "PreviewResponse" },
);
export type PreviewResponse = Static<typeof PreviewResponse>;
