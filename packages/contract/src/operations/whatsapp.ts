import type { TSchema } from "typebox";
import type { Operation } from "../operation.ts";
import { ContactsMessage } from "../whatsapp/contacts.ts";
import { ReadMarkPath, WhatsAppEventRequest, WhatsAppEventResponse } from "../whatsapp/events.ts";
import {
  InteractiveButtonsMessage,
  InteractiveFlowMessage,
  InteractiveListMessage,
  InteractiveLocationRequestMessage,
  InteractiveMultiProductMessage,
  InteractiveProductMessage,
  InteractiveRequestContactInfoMessage,
  InteractiveUrlButtonMessage,
} from "../whatsapp/interactive.ts";
import {
  InteractiveCallPermissionRequestMessage,
  InteractiveInThreadAuthenticationRequestMessage,
  InteractiveMediaCarouselMessage,
  InteractiveVoiceButtonMessage,
} from "../whatsapp/interactive-calls.ts";
import {
  AudioMessage,
  DocumentMessage,
  ImageMessage,
  LocationMessage,
  StickerMessage,
  VideoMessage,
} from "../whatsapp/media.ts";
import { SingleMessageInfo } from "../whatsapp/message.ts";
import { InteractiveOrderDetailsMessage, InteractiveOrderStatusMessage } from "../whatsapp/orders.ts";
import { TemplateBulk, TemplateBulkInfo } from "../whatsapp/template-message.ts";
import { TextMessage } from "../whatsapp/text.ts";

const SEND_SCOPES = ["message:send", "whatsapp:message:send", "whatsapp:manage"];

const send = <Body extends TSchema, Response extends TSchema>(
  operationId: string,
  path: string,
  body: Body,
  response: Response,
) =>
  ({
    operationId,
    document: "whatsapp",
    method: "POST",
    path,
    scopes: SEND_SCOPES,
    envelope: "ApiException",
    isSend: true,
    body,
    response,
  }) as const satisfies Operation;

/** One message to one destination: its last path segments name the operation, too. */
const message = <Body extends TSchema>(kind: string, body: Body) =>
  send(`send-whatsapp-${kind.replaceAll("/", "-")}-message`, `/whatsapp/1/message/${kind}`, body, SingleMessageInfo);

/** What WhatsApp has. */
export const WHATSAPP_OPERATIONS = {
  sendWhatsappTemplateMessage: send(
    "send-whatsapp-template-message",
    "/whatsapp/1/message/template",
    TemplateBulk,
    TemplateBulkInfo,
  ),
  sendWhatsappTextMessage: message("text", TextMessage),
  sendWhatsappDocumentMessage: message("document", DocumentMessage),
  sendWhatsappImageMessage: message("image", ImageMessage),
  sendWhatsappAudioMessage: message("audio", AudioMessage),
  sendWhatsappVideoMessage: message("video", VideoMessage),
  sendWhatsappStickerMessage: message("sticker", StickerMessage),
  sendWhatsappLocationMessage: message("location", LocationMessage),
  sendWhatsappContactMessage: message("contact", ContactsMessage),
  sendWhatsappInteractiveButtonsMessage: message("interactive/buttons", InteractiveButtonsMessage),
  sendWhatsappInteractiveListMessage: message("interactive/list", InteractiveListMessage),
  sendWhatsappInteractiveMediaCarouselMessage: message("interactive/media-carousel", InteractiveMediaCarouselMessage),
  sendWhatsappInteractiveLocationRequestMessage: message(
    "interactive/location-request",
    InteractiveLocationRequestMessage,
  ),
  sendWhatsappInteractiveProductMessage: message("interactive/product", InteractiveProductMessage),
  sendWhatsappInteractiveMultiProductMessage: message("interactive/multi-product", InteractiveMultiProductMessage),
  sendWhatsappInteractiveOrderDetailsMessage: message("interactive/order-details", InteractiveOrderDetailsMessage),
  sendWhatsappInteractiveOrderStatusMessage: message("interactive/order-status", InteractiveOrderStatusMessage),
  sendWhatsappInteractiveFlowMessage: message("interactive/flow", InteractiveFlowMessage),
  sendWhatsappInteractiveUrlButtonMessage: message("interactive/url-button", InteractiveUrlButtonMessage),
  sendWhatsappInteractiveCallPermissionRequestMessage: message(
    "interactive/call-permission-request",
    InteractiveCallPermissionRequestMessage,
  ),
  sendWhatsappInteractiveVoiceButtonMessage: message("interactive/voice-button", InteractiveVoiceButtonMessage),
  sendWhatsappInteractiveInThreadAuthenticationRequestMessage: message(
    "interactive/in-thread-authentication-request",
    InteractiveInThreadAuthenticationRequestMessage,
  ),
  sendWhatsappInteractiveRequestContactInfoMessage: message(
    "interactive/request-contact-info",
    InteractiveRequestContactInfoMessage,
  ),
  sendWhatsappEvents: {
    operationId: "send-whatsapp-events",
    document: "whatsapp",
    method: "POST",
    path: "/whatsapp/1/events",
    scopes: SEND_SCOPES,
    envelope: "ApiError",
    isSend: true,
    body: WhatsAppEventRequest,
    response: WhatsAppEventResponse,
  },
  markWhatsappMessageAsRead: {
    operationId: "mark-whatsapp-message-as-read",
    document: "whatsapp",
    method: "POST",
    path: "/whatsapp/1/senders/{sender}/message/{messageId}/read",
    scopes: ["whatsapp:manage"],
    envelope: "ApiException",
    params: ReadMarkPath,
    status: 204,
  },
} as const satisfies Record<string, Operation>;
