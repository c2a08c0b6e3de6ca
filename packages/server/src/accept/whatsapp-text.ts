import { STATUS, type SingleMessageInfo, TextMessage } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import type { IdempotencyClaim, MessageOptions } from "../store/store.ts";
import { accept, requireUrl, type AcceptContext, type Draft } from "./acceptance.ts";
import { knownPart } from "./known-part.ts";

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
  const draft: Draft = {
    accountId,
    messageId: request.messageId || context.ids.next(),
    bulkId: "",
    channel: "WHATSAPP",
    sender: request.from,
    to: request.to,
    encoding: "UTF8",
    partCount: 1,
    ...textOf(context, request),
    sendAt: 0,
    validityMs: VALIDITY_MAX_MS,
    window: null,
    spread: null,
    refusal: null,
    acceptedStatusId: STATUS.PENDING_ENROUTE,
    callbackData: request.callbackData ?? null,
    applicationId: request.applicationId ?? null,
    entityId: request.entityId ?? null,
    campaignReferenceId: null,
    webhookUrl: requireUrl(request.notifyUrl, "notifyUrl"),
    webhookKind: "WHATSAPP",
    wantsReport: true,
  };
  return accept(context, accountId, [draft], claim, ([accepted]) => {
    if (accepted === undefined) throw new Error("one message was given and none came back");
    const { destination, partCount, messageId, status } = accepted;
    return { to: destination, messageCount: partCount, messageId, status };
  });
}

/** A text that its short links would make too long goes out as it was written. */
function textOf({ shortener }: AcceptContext, request: TextMessage): Pick<Draft, "text" | "options" | "shortLinks"> {
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
