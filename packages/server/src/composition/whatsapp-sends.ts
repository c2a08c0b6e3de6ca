/** WhatsApp's operations that send, each given to whoever answers it. */
import type { AcceptContext } from "../accept/acceptance.ts";
import { acceptWhatsAppEvents } from "../accept/whatsapp-events.ts";
import * as kinds from "../accept/whatsapp-kinds.ts";
import { acceptWhatsAppMessage, acceptWhatsAppTemplates } from "../accept/whatsapp-messages.ts";
import { markWhatsAppRead } from "../accept/whatsapp-read.ts";
import { acceptWhatsAppText } from "../accept/whatsapp-text.ts";
import type { OperationHandlers, RequestOf } from "../http/routes.ts";
import type { IdempotencyClaim } from "../store/store.ts";

type Take<Body> = (
  context: AcceptContext,
  accountId: number,
  body: Body,
  claim: IdempotencyClaim | null,
) => Promise<unknown>;
type Sending<Body> = Pick<RequestOf<unknown>, "accountId" | "claim" | "platform"> & { readonly body: Body };
type ByBody = <Body>(take: Take<Body>) => (request: Sending<Body>) => Promise<unknown>;

export function whatsAppSendHandlers(byBody: ByBody) {
  return {
    sendWhatsappTextMessage: byBody(acceptWhatsAppText),
    sendWhatsappTemplateMessage: byBody(acceptWhatsAppTemplates),
    sendWhatsappDocumentMessage: byBody(acceptWhatsAppMessage(kinds.DOCUMENT)),
    sendWhatsappImageMessage: byBody(acceptWhatsAppMessage(kinds.IMAGE)),
    sendWhatsappAudioMessage: byBody(acceptWhatsAppMessage(kinds.AUDIO)),
    sendWhatsappVideoMessage: byBody(acceptWhatsAppMessage(kinds.VIDEO)),
    sendWhatsappStickerMessage: byBody(acceptWhatsAppMessage(kinds.STICKER)),
    sendWhatsappLocationMessage: byBody(acceptWhatsAppMessage(kinds.LOCATION)),
    sendWhatsappContactMessage: byBody(acceptWhatsAppMessage(kinds.CONTACT)),
    sendWhatsappInteractiveButtonsMessage: byBody(acceptWhatsAppMessage(kinds.BUTTONS)),
    sendWhatsappInteractiveListMessage: byBody(acceptWhatsAppMessage(kinds.LIST)),
    sendWhatsappInteractiveMediaCarouselMessage: byBody(acceptWhatsAppMessage(kinds.MEDIA_CAROUSEL)),
    sendWhatsappInteractiveLocationRequestMessage: byBody(acceptWhatsAppMessage(kinds.LOCATION_REQUEST)),
    sendWhatsappInteractiveProductMessage: byBody(acceptWhatsAppMessage(kinds.PRODUCT)),
    sendWhatsappInteractiveMultiProductMessage: byBody(acceptWhatsAppMessage(kinds.MULTI_PRODUCT)),
    sendWhatsappInteractiveOrderDetailsMessage: byBody(acceptWhatsAppMessage(kinds.ORDER_DETAILS)),
    sendWhatsappInteractiveOrderStatusMessage: byBody(acceptWhatsAppMessage(kinds.ORDER_STATUS)),
    sendWhatsappInteractiveFlowMessage: byBody(acceptWhatsAppMessage(kinds.FLOW)),
    sendWhatsappInteractiveUrlButtonMessage: byBody(acceptWhatsAppMessage(kinds.URL_BUTTON)),
    sendWhatsappInteractiveCallPermissionRequestMessage: byBody(acceptWhatsAppMessage(kinds.CALL_PERMISSION_REQUEST)),
    sendWhatsappInteractiveVoiceButtonMessage: byBody(acceptWhatsAppMessage(kinds.VOICE_BUTTON)),
    sendWhatsappInteractiveInThreadAuthenticationRequestMessage: byBody(
      acceptWhatsAppMessage(kinds.IN_THREAD_AUTHENTICATION_REQUEST),
    ),
    sendWhatsappInteractiveRequestContactInfoMessage: byBody(acceptWhatsAppMessage(kinds.REQUEST_CONTACT_INFO)),
    sendWhatsappEvents: byBody(acceptWhatsAppEvents),
  } satisfies Partial<OperationHandlers>;
}

/** What is told to phones and is no message. */
export function whatsAppReadHandlers(context: Parameters<typeof markWhatsAppRead>[0]) {
  return {
    markWhatsappMessageAsRead: ({ accountId, params }) => markWhatsAppRead(context, { accountId, ...params }),
  } satisfies Partial<OperationHandlers>;
}
