import type { Action } from "./action.ts";
import { asObject, parseAnswer } from "./answer.ts";
import { SETTLED_WHATSAPP, settleDuplicate } from "./duplicate.ts";
import { JSON_HEADERS } from "./json-headers.ts";
import type { MessageStatus } from "./send-sms.ts";
import { WHATSAPP_ADDRESSES, WHATSAPP_MESSAGE, WHATSAPP_SAMPLE } from "./whatsapp-properties.ts";

export interface SendWhatsappTextMessageInput {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** The answer for one message is flat: no `messages`, no `bulkId`. */
export interface SendWhatsappTextMessageOutput {
  readonly to?: string;
  readonly messageCount?: number;
  readonly messageId?: string;
  readonly status?: MessageStatus;
}

/** WhatsApp's limit of a text. */
const TEXT_LENGTH_MAX = 4096;

export const sendWhatsappTextMessage: Action<SendWhatsappTextMessageInput, SendWhatsappTextMessageOutput> = {
  name: "sendWhatsappTextMessage",
  title: "Send Whatsapp Text Message",
  description: "Send a WhatsApp text message to a single recipient.",
  effect: "write",
  idempotent: "with-key",
  properties: [
    ...WHATSAPP_ADDRESSES,
    {
      name: "text",
      label: "Text",
      description: "Content of the message being sent.",
      required: true,
      type: "STRING",
      controlType: "TEXT_AREA",
      maxLength: TEXT_LENGTH_MAX,
    },
  ],
  output: WHATSAPP_MESSAGE,
  sampleOutput: WHATSAPP_SAMPLE,

  destinations: ({ to }) => [to],

  buildRequest: ({ from, to, text }, { messageIds }) => ({
    method: "POST",
    path: "/whatsapp/1/message/text",
    query: {},
    headers: JSON_HEADERS,
    body: { from, to, messageId: messageIds[0], content: { text } },
  }),

  parseResponse(response, { isRepeat } = { isRepeat: false }) {
    const parsed = parseAnswer<SendWhatsappTextMessageOutput>(
      response,
      (body) => typeof body["messageId"] === "string" || Object.keys(asObject(body["status"])).length > 0,
    );
    if (!parsed.ok || !isRepeat) return parsed;
    return { ok: true, output: settleDuplicate(parsed.output, SETTLED_WHATSAPP) };
  },
};
