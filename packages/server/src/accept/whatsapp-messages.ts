import type { SingleMessageInfo, SmsFailover, TemplateBulk, TemplateBulkInfo, UrlOptions } from "@posthorn/contract";
import type { Static, TSchema } from "typebox";
import type { IdempotencyClaim, ShortLink } from "../store/store.ts";
import { accept, type AcceptContext, requireUrl } from "./acceptance.ts";
import { knownPart } from "./known-part.ts";
import { refuseTooManyLinks } from "./short-links.ts";
import { refuseTooMany } from "./sms-request.ts";
import { onlyOf, singleInfoOf, type WhatsAppContent, whatsAppDraft, type WhatsAppRequest } from "./whatsapp-draft.ts";
import { TEMPLATE, type TextPlace, type WhatsAppKind } from "./whatsapp-kinds.ts";

/** A schema's message, as far as all types have the same. */
interface KnownMessage extends WhatsAppRequest {
  readonly content?: Readonly<Record<string, unknown>>;
  readonly smsFailover?: SmsFailover;
}

/**
 * What answers an operation under `/whatsapp/1/message/` that sends one message to one destination. The content is kept
 * as it came, so that a carrier can send it.
 *
 * @throws InvalidRequest for what the schema cannot say; Fault when the store takes nothing. Nothing is stored then.
 */
export function acceptWhatsAppMessage<Schema extends TSchema>(kind: WhatsAppKind<Schema>) {
  return async (
    context: AcceptContext,
    accountId: number,
    request: Static<Schema> & WhatsAppRequest,
    claim: IdempotencyClaim | null,
  ): Promise<SingleMessageInfo> => {
    const draft = whatsAppDraft(context, accountId, request, contentOf(context, kind, request, ""));
    return accept(context, accountId, [draft], claim, (accepted) => singleInfoOf(onlyOf(accepted)));
  };
}

/**
 * `POST /whatsapp/1/message/template`: many messages, each to one destination, all in one commit. The text that stands
 * in for one as an SMS is kept with it.
 *
 * @throws as `acceptWhatsAppMessage`
 */
export async function acceptWhatsAppTemplates(
  context: AcceptContext,
  accountId: number,
  request: TemplateBulk,
  claim: IdempotencyClaim | null,
): Promise<TemplateBulkInfo & { messages: SingleMessageInfo[] }> {
  const { messages } = request;
  refuseTooMany(
    messages.map(() => 1),
    context.destinationsPerRequestMax,
    (index) => `messages[${index}]`,
  );
  // A message that was sent alone belongs to no bulk, unless its sender says so (contract: BulkMessageInfo).
  const bulkId = request.bulkId?.toWellFormed() || (messages.length > 1 ? context.ids.next() : "");
  let linkCount = 0;
  const drafts = messages.map((message, index) => {
    const path = `messages[${index}].`;
    const content = contentOf(context, TEMPLATE, message, path);
    linkCount += content.shortLinks?.length ?? 0;
    refuseTooManyLinks(linkCount);
    return whatsAppDraft(context, accountId, message, content, { bulkId, path });
  });
  return accept(context, accountId, drafts, claim, (accepted) => ({
    messages: accepted.map(singleInfoOf),
    ...(bulkId === "" ? {} : { bulkId }),
  }));
}

/** @param path where the message's members stand: empty, or with a dot at its end */
function contentOf<Schema extends TSchema>(
  context: AcceptContext,
  { type, schema, textOf, placesOf, check }: WhatsAppKind<Schema>,
  request: Static<Schema>,
  path: string,
): WhatsAppContent {
  check?.(request, path);
  // A copy, so that its texts can be changed.
  const message = knownPart(schema, request);
  const { urlOptions, context: replyTo, smsFailover } = message as KnownMessage;
  requireUrl(urlOptions?.trackingUrl, `${path}urlOptions.trackingUrl`);
  const text = textOf(message);
  const shortLinks = urlOptions === undefined ? [] : shorten(context, urlOptions, placesOf?.(message) ?? []);
  const shown = textOf(message);
  const { content = {} } = message as KnownMessage;
  return {
    text: shown,
    options: {
      type,
      content,
      ...(urlOptions === undefined ? {} : { urlOptions }),
      ...(replyTo === undefined ? {} : { context: replyTo }),
      ...(smsFailover === undefined ? {} : { smsFailover }),
      ...(shown === text ? {} : { originalText: text }),
    },
    ...(shortLinks.length === 0 ? {} : { shortLinks }),
  };
}

/** A text that its short links would make too long stays as it was written. */
function shorten({ shortener }: AcceptContext, options: UrlOptions, places: readonly TextPlace[]): ShortLink[] {
  if (shortener === undefined) return [];
  const links: ShortLink[] = [];
  for (const { text, lengthMax, put } of places) {
    const shortened = shortener.plan(text, options)?.shorten();
    if (shortened === undefined || shortened.text.length > lengthMax) continue;
    put(shortened.text);
    links.push(...shortened.links);
  }
  return links;
}
