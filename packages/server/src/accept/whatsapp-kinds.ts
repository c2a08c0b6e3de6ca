import {
  AudioMessage,
  ContactsMessage,
  DocumentMessage,
  ImageMessage,
  InteractiveButtonsMessage,
  InteractiveCallPermissionRequestMessage,
  InteractiveFlowMessage,
  InteractiveInThreadAuthenticationRequestMessage,
  InteractiveListMessage,
  InteractiveLocationRequestMessage,
  InteractiveMediaCarouselMessage,
  InteractiveMultiProductMessage,
  InteractiveOrderDetailsMessage,
  InteractiveOrderStatusMessage,
  InteractiveProductMessage,
  InteractiveRequestContactInfoMessage,
  InteractiveUrlButtonMessage,
  InteractiveVoiceButtonMessage,
  LocationMessage,
  StickerMessage,
  TemplateMessage,
  VideoMessage,
} from "@posthorn/contract";
import type { Static, TSchema } from "typebox";
import type { WhatsAppType } from "../message/whatsapp-type.ts";
import { refuseBadList, refuseBadProducts, refuseBadTemplate } from "./whatsapp-rules.ts";

const CAPTION_LENGTH_MAX = 3000;
const BODY_LENGTH_MAX = 1024;
const PARAMETER_LENGTH_MAX = 4096;

/** A text of a content in which URLs can be shortened, and what it may be at most. */
export interface TextPlace {
  readonly text: string;
  readonly lengthMax: number;
  readonly put: (text: string) => void;
}

/** What is particular to a type of message. */
export interface WhatsAppKind<Schema extends TSchema = TSchema> {
  readonly type: WhatsAppType;
  /** Of the whole message; what it does not know is not kept. */
  readonly schema: Schema;
  /** What a log shows: the words of the message, as far as it has any. */
  readonly textOf: (message: Static<Schema>) => string;
  /** Absent: it has no text whose URLs could be shortened. */
  readonly placesOf?: (message: Static<Schema>) => readonly TextPlace[];
  /** What its schema cannot say. @throws InvalidRequest naming a property below `path` */
  readonly check?: (message: Static<Schema>, path: string) => void;
}

const kind = <Schema extends TSchema>(
  type: WhatsAppType,
  schema: Schema,
  textOf: WhatsAppKind<Schema>["textOf"],
  more: Pick<WhatsAppKind<Schema>, "placesOf" | "check"> = {},
): WhatsAppKind<Schema> => ({ type, schema, textOf, ...more });

function captionPlace(message: { content: { caption?: string } }): readonly TextPlace[] {
  const { content } = message;
  if (content.caption === undefined) return [];
  return [{ text: content.caption, lengthMax: CAPTION_LENGTH_MAX, put: (text) => (content.caption = text) }];
}

function bodyPlace(message: { content: { body?: { text: string } } }): readonly TextPlace[] {
  const { body } = message.content;
  return body === undefined ? [] : [{ text: body.text, lengthMax: BODY_LENGTH_MAX, put: (text) => (body.text = text) }];
}

/** What is put into the template's text. Its buttons have ends of URLs, which are no URLs. */
function placeholderPlaces({ content }: TemplateMessage): readonly TextPlace[] {
  const { placeholders } = content.templateData.body;
  return placeholders.map((text, index) => ({
    text,
    lengthMax: PARAMETER_LENGTH_MAX,
    put: (changed) => (placeholders[index] = changed),
  }));
}

const captionOf = ({ content }: { content: { caption?: string } }) => content.caption ?? "";
const bodyOf = ({ content }: { content: { body?: { text: string } } }) => content.body?.text ?? "";
const nothing = () => "";
const withCaption = { placesOf: captionPlace };
const withBody = { placesOf: bodyPlace };

export const TEMPLATE = kind("TEMPLATE", TemplateMessage, ({ content }) => content.templateName, {
  placesOf: placeholderPlaces,
  check: refuseBadTemplate,
});

export const DOCUMENT = kind("DOCUMENT", DocumentMessage, captionOf, withCaption);
export const IMAGE = kind("IMAGE", ImageMessage, captionOf, withCaption);
export const VIDEO = kind("VIDEO", VideoMessage, captionOf, withCaption);
export const AUDIO = kind("AUDIO", AudioMessage, nothing);
export const STICKER = kind("STICKER", StickerMessage, nothing);
export const LOCATION = kind(
  "LOCATION",
  LocationMessage,
  ({ content: { name, address, latitude, longitude } }) => name || address || `${latitude}, ${longitude}`,
);
export const CONTACT = kind("CONTACT", ContactsMessage, ({ content }) =>
  content.contacts.map(({ name }) => name.formattedName).join(", "),
);

export const BUTTONS = kind("INTERACTIVE_BUTTONS", InteractiveButtonsMessage, bodyOf, withBody);
export const LIST = kind("INTERACTIVE_LIST", InteractiveListMessage, bodyOf, { ...withBody, check: refuseBadList });
export const MEDIA_CAROUSEL = kind("INTERACTIVE_MEDIA_CAROUSEL", InteractiveMediaCarouselMessage, bodyOf, withBody);
export const LOCATION_REQUEST = kind(
  "INTERACTIVE_LOCATION_REQUEST",
  InteractiveLocationRequestMessage,
  bodyOf,
  withBody,
);
export const PRODUCT = kind("INTERACTIVE_PRODUCT", InteractiveProductMessage, bodyOf, withBody);
export const MULTI_PRODUCT = kind("INTERACTIVE_MULTI_PRODUCT", InteractiveMultiProductMessage, bodyOf, {
  ...withBody,
  check: refuseBadProducts,
});
export const ORDER_DETAILS = kind("INTERACTIVE_ORDER_DETAILS", InteractiveOrderDetailsMessage, bodyOf, withBody);
export const ORDER_STATUS = kind(
  "INTERACTIVE_ORDER_STATUS",
  InteractiveOrderStatusMessage,
  ({ content }) => content.body?.text ?? content.action.description ?? "",
  withBody,
);
export const FLOW = kind("INTERACTIVE_FLOW", InteractiveFlowMessage, bodyOf, withBody);
export const URL_BUTTON = kind("INTERACTIVE_URL_BUTTON", InteractiveUrlButtonMessage, bodyOf, withBody);
export const CALL_PERMISSION_REQUEST = kind(
  "INTERACTIVE_CALL_PERMISSION_REQUEST",
  InteractiveCallPermissionRequestMessage,
  nothing,
);
export const VOICE_BUTTON = kind("INTERACTIVE_VOICE_BUTTON", InteractiveVoiceButtonMessage, bodyOf, withBody);
export const IN_THREAD_AUTHENTICATION_REQUEST = kind(
  "INTERACTIVE_IN_THREAD_AUTHENTICATION_REQUEST",
  InteractiveInThreadAuthenticationRequestMessage,
  nothing,
);
export const REQUEST_CONTACT_INFO = kind(
  "INTERACTIVE_REQUEST_CONTACT_INFO",
  InteractiveRequestContactInfoMessage,
  bodyOf,
  withBody,
);
