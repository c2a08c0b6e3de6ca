import type { LanguageConfiguration, Preview, PreviewRequest, PreviewResponse } from "@posthorn/contract";
import { encodeText, type TextOptions } from "../message/text-plan.ts";

/** `POST /sms/1/preview`: what a text costs as it is, and then with each of the two things that a request may ask for. */
export function previewSms({ text, languageCode, transliteration }: PreviewRequest): PreviewResponse {
  const previews = [previewOf(text, {}, {})];
  if (languageCode !== undefined) {
    const language = { languageCode };
    previews.push(previewOf(text, { language }, { language }));
  }
  if (transliteration !== undefined && transliteration !== "NONE") {
    previews.push(previewOf(text, { transliteration }, { transliteration }));
  }
  return { originalText: text, previews };
}

function previewOf(text: string, options: TextOptions, configuration: LanguageConfiguration): Preview {
  const { text: textPreview, partCount, unitsRemaining, forcedBy } = encodeText(text, options);
  return {
    textPreview,
    messageCount: partCount,
    charactersRemaining: unitsRemaining,
    configuration,
    ...(forcedBy === undefined ? {} : { forcedBy }),
  };
}
