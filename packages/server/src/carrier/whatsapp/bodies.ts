/** What is posted to `/{phone number id}/messages` for a message of ours (facts: Cloud API, 4.2 and 4.3). */
import type {
  AudioMessage,
  ContactsMessage,
  DocumentMessage,
  ImageMessage,
  LocationMessage,
  StickerMessage,
  TemplateMessage,
  VideoMessage,
} from "@posthorn/contract";
import type { WhatsAppType } from "../../message/whatsapp-type.ts";
import type { MessageOptions, OutboundMessage } from "../../store/store.ts";
import * as interactive from "./interactive.ts";
import type { Json } from "./json.ts";
import { templateOf } from "./template.ts";
import type { TemplateLayout } from "./template-layout.ts";

/** The types whose content each has its shape from the contract. */
interface Contents {
  readonly TEMPLATE: TemplateMessage["content"];
  readonly DOCUMENT: DocumentMessage["content"];
  readonly IMAGE: ImageMessage["content"];
  readonly VIDEO: VideoMessage["content"];
  readonly AUDIO: AudioMessage["content"];
  readonly STICKER: StickerMessage["content"];
  readonly LOCATION: LocationMessage["content"];
  readonly CONTACT: ContactsMessage["content"];
  readonly INTERACTIVE_BUTTONS: Parameters<typeof interactive.buttonsOf>[0];
  readonly INTERACTIVE_LIST: Parameters<typeof interactive.listOf>[0];
  readonly INTERACTIVE_MEDIA_CAROUSEL: Parameters<typeof interactive.mediaCarouselOf>[0];
  readonly INTERACTIVE_LOCATION_REQUEST: Parameters<typeof interactive.locationRequestOf>[0];
  readonly INTERACTIVE_PRODUCT: Parameters<typeof interactive.productOf>[0];
  readonly INTERACTIVE_MULTI_PRODUCT: Parameters<typeof interactive.multiProductOf>[0];
  readonly INTERACTIVE_ORDER_DETAILS: Parameters<typeof interactive.orderDetailsMessageOf>[0];
  readonly INTERACTIVE_ORDER_STATUS: Parameters<typeof interactive.orderStatusMessageOf>[0];
  readonly INTERACTIVE_FLOW: Parameters<typeof interactive.flowOf>[0];
  readonly INTERACTIVE_URL_BUTTON: Parameters<typeof interactive.urlButtonOf>[0];
  readonly INTERACTIVE_CALL_PERMISSION_REQUEST: unknown;
  readonly INTERACTIVE_VOICE_BUTTON: Parameters<typeof interactive.voiceButtonOf>[0];
}

/** What a message is called, and its member of that name. */
type Part = readonly [type: string, member: unknown];
type Renderers = {
  readonly [Type in keyof Contents]: (content: Contents[Type], now: number, layout: TemplateLayout) => Part;
};

function contactOf({ addresses, birthday, emails, name, org, phones, urls }: Contents["CONTACT"]["contacts"][number]) {
  return {
    addresses: addresses?.map(({ countryCode, ...address }) => ({ ...address, country_code: countryCode })),
    birthday,
    emails,
    name: {
      formatted_name: name.formattedName,
      first_name: name.firstName,
      last_name: name.lastName,
      middle_name: name.middleName,
      prefix: name.namePrefix,
      suffix: name.nameSuffix,
    },
    org,
    phones: phones?.map(({ phone, type, waId }) => ({ phone, type, wa_id: waId })),
    urls,
  };
}

const RENDERERS: Renderers = {
  TEMPLATE: (content, now, layout) => ["template", templateOf(content, { layout, now })],
  DOCUMENT: ({ mediaUrl, caption, filename }) => ["document", { link: mediaUrl, caption, filename }],
  IMAGE: ({ mediaUrl, caption }) => ["image", { link: mediaUrl, caption }],
  VIDEO: ({ mediaUrl, caption }) => ["video", { link: mediaUrl, caption }],
  AUDIO: ({ mediaUrl, voice }) => ["audio", { link: mediaUrl, voice }],
  STICKER: ({ mediaUrl }) => ["sticker", { link: mediaUrl }],
  LOCATION: ({ latitude, longitude, name, address }) => ["location", { latitude, longitude, name, address }],
  CONTACT: ({ contacts }) => ["contacts", contacts.map(contactOf)],
  INTERACTIVE_BUTTONS: (content) => ["interactive", interactive.buttonsOf(content)],
  INTERACTIVE_LIST: (content) => ["interactive", interactive.listOf(content)],
  INTERACTIVE_MEDIA_CAROUSEL: (content) => ["interactive", interactive.mediaCarouselOf(content)],
  INTERACTIVE_LOCATION_REQUEST: (content) => ["interactive", interactive.locationRequestOf(content)],
  INTERACTIVE_PRODUCT: (content) => ["interactive", interactive.productOf(content)],
  INTERACTIVE_MULTI_PRODUCT: (content) => ["interactive", interactive.multiProductOf(content)],
  INTERACTIVE_ORDER_DETAILS: (content, now) => ["interactive", interactive.orderDetailsMessageOf(content, now)],
  INTERACTIVE_ORDER_STATUS: (content) => ["interactive", interactive.orderStatusMessageOf(content)],
  INTERACTIVE_FLOW: (content) => ["interactive", interactive.flowOf(content)],
  INTERACTIVE_URL_BUTTON: (content) => ["interactive", interactive.urlButtonOf(content)],
  INTERACTIVE_CALL_PERMISSION_REQUEST: () => ["interactive", interactive.callPermissionRequest()],
  INTERACTIVE_VOICE_BUTTON: (content) => ["interactive", interactive.voiceButtonOf(content)],
};

const BUSINESS_SCOPED_USER_ID = /^[A-Z]{2}\./;

export interface CloudOptions {
  readonly type?: WhatsAppType;
  /** The messageId that it answers. */
  readonly replyTo?: string;
  readonly content: Json;
}

export function optionsOf({ options }: OutboundMessage): CloudOptions {
  if (options === null) return { content: {} };
  const { type, content = {}, context } = JSON.parse(options) as MessageOptions;
  const replyTo = (context as { replyToMessageId?: string } | undefined)?.replyToMessageId;
  return { content, ...(type === undefined ? {} : { type }), ...(replyTo === undefined ? {} : { replyTo }) };
}

interface Given {
  readonly reference: string;
  readonly repliesTo: string | null;
  /** Of a template. */
  readonly layout: TemplateLayout;
  readonly now: number;
}

function partOf(
  { text }: OutboundMessage,
  { type, content }: CloudOptions,
  { layout, now }: Pick<Given, "layout" | "now">,
): Part | null {
  if (type === undefined) return ["text", { body: text, preview_url: content["previewUrl"] ?? false }];
  if (!Object.hasOwn(RENDERERS, type)) return null;
  // What was accepted as this type has the shape that the contract gives it.
  const render = RENDERERS[type as keyof Contents] as (given: Json, at: number, by: TemplateLayout) => Part;
  return render(content, now, layout);
}

/** Null: the Cloud API has no documented form of this type. */
export function bodyOf(
  message: OutboundMessage,
  options: CloudOptions,
  { reference, repliesTo, ...given }: Given,
): Json | null {
  const part = partOf(message, options, given);
  if (part === null) return null;
  const { destination } = message;
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    // A user without a number has another name.
    ...(BUSINESS_SCOPED_USER_ID.test(destination) ? { recipient: destination } : { to: destination }),
    ...(repliesTo === null ? {} : { context: { message_id: repliesTo } }),
    biz_opaque_callback_data: reference,
    type: part[0],
    [part[0]]: part[1],
  };
}

/** That a user's message was read; and that an answer is being typed. */
export function readMarkOf(wamid: string, isTyping: boolean): Json {
  return {
    messaging_product: "whatsapp",
    status: "read",
    message_id: wamid,
    ...(isTyping ? { typing_indicator: { type: "text" } } : {}),
  };
}
