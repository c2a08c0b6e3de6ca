import { type SingleMessageInfo, TextMessage } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { IdempotencyClaim, MessageOptions } from "../store/store.ts";
import { accept, requireUrl, type AcceptContext } from "./acceptance.ts";
import { knownPart } from "./known-part.ts";
import { onlyOf, singleInfoOf, type WhatsAppContent, whatsAppDraft } from "./whatsapp-draft.ts";

/** Of the contract; WhatsApp's own. */
const TEXT_LENGTH_MAX = 4096;
const URL_IN_TEXT = /https?:\/\/\S/i;

/**
 * `POST /whatsapp/1/message/text`: one message to one destination. A first refusal is a status inside the 200, as for
 * SMS; a text outside the 24-hour window is accepted, too, and fails in its report.
 *
 * @throws InvalidRequest for what the schema cannot say; Fault when the store takes nothing. Nothing is stored then.
 */
export async function acceptWhatsAppText(
  context: AcceptContext,
  accountId: number,
  request: TextMessage,
  claim: IdempotencyClaim | null,
): Promise<SingleMessageInfo> {
  refuseUnpreviewable(request);
  const draft = whatsAppDraft(context, accountId, request, textOf(context, request));
  return accept(context, accountId, [draft], claim, (accepted) => singleInfoOf(onlyOf(accepted)));
}

/** A text that its short links would make too long goes out as it was written. */
function textOf({ shortener }: AcceptContext, request: TextMessage): WhatsAppContent {
  const { text } = request.content;
  const plain = { text, options: optionsOf(request) };
  if (request.urlOptions === undefined) return plain;
  requireUrl(request.urlOptions.trackingUrl, "urlOptions.trackingUrl");
  if (shortener === undefined) return plain;
  const plan = shortener.plan(text, request.urlOptions);
  if (plan === null) return plain;
  const shortened = plan.shorten();
  if (shortened.text.length > TEXT_LENGTH_MAX) return plain;
  return { text: shortened.text, options: { ...plain.options, originalText: text }, shortLinks: shortened.links };
}

/** A preview needs a link to preview, with its protocol (contract: TextContent.previewUrl). */
function refuseUnpreviewable({ content, urlOptions }: TextMessage) {
  if (content.previewUrl !== true) return;
  if (!URL_IN_TEXT.test(content.text)) {
    throw new InvalidRequest("content.previewUrl", "text must contain an http or https URL");
  }
  if (urlOptions?.removeProtocol === true) {
    throw new InvalidRequest("urlOptions.removeProtocol", "must be false with previewUrl");
  }
}

function optionsOf(request: TextMessage): MessageOptions | null {
  if (request.content.previewUrl === undefined && request.urlOptions === undefined && request.context === undefined) {
    return null;
  }
  const { content, urlOptions, context } = knownPart(TextMessage, request);
  const options: Record<string, unknown> = {};
  if (content.previewUrl !== undefined) options["content"] = { previewUrl: content.previewUrl };
  if (urlOptions !== undefined) options["urlOptions"] = urlOptions;
  if (context !== undefined) options["context"] = context;
  return options;
}
