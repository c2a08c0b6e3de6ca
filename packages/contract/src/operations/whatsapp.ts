import type { Operation } from "../operation.ts";
import { SingleMessageInfo, TextMessage } from "../whatsapp/text.ts";

/** What WhatsApp has. */
export const WHATSAPP_OPERATIONS = {
  sendWhatsappTextMessage: {
    operationId: "send-whatsapp-text-message",
    document: "whatsapp",
    method: "POST",
    path: "/whatsapp/1/message/text",
    scopes: ["message:send", "whatsapp:message:send", "whatsapp:manage"],
    envelope: "ApiException",
    isSend: true,
    body: TextMessage,
    response: SingleMessageInfo,
  },
} as const satisfies Record<string, Operation>;
