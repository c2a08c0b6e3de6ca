import type { Action } from "./action.ts";
import { asObject, parseAnswer } from "./answer.ts";
import { SETTLED_WHATSAPP, settleDuplicate } from "./duplicate.ts";
import { JSON_HEADERS } from "./json-headers.ts";
import type { MessageStatus } from "./send-sms.ts";

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

/** The reference definition's limits: an address of 24 characters, WhatsApp's text of 4096. */
const ADDRESS_LENGTH_MAX = 24;
const TEXT_LENGTH_MAX = 4096;

export const sendWhatsappTextMessage: Action<SendWhatsappTextMessageInput, SendWhatsappTextMessageOutput> = {
  name: "sendWhatsappTextMessage",
  title: "Send Whatsapp Text Message",
  description: "Send a WhatsApp text message to a single recipient.",
  effect: "write",
  idempotent: "with-key",
  properties: [
    {
      name: "from",
      label: "From",
      description:
        "Registered WhatsApp sender number. Must be in international format and comply with WhatsApp's requirements.",
      required: true,
      type: "STRING",
      maxLength: ADDRESS_LENGTH_MAX,
    },
    {
      name: "to",
      label: "To",
      description: "Message recipient number. Must be in international format.",
      required: true,
      type: "STRING",
      maxLength: ADDRESS_LENGTH_MAX,
    },
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
  output: {
    type: "OBJECT",
    properties: [
      { name: "to", description: "The destination address of the message.", type: "STRING" },
      { name: "messageCount", description: "Number of messages required to deliver.", type: "INTEGER" },
      { name: "messageId", description: "ID of the message sent.", type: "STRING" },
      {
        name: "status",
        description: "Status of the message.",
        type: "OBJECT",
        properties: [
          { name: "groupId", description: "Status group ID.", type: "INTEGER" },
          { name: "groupName", description: "Status group name.", type: "STRING" },
          { name: "id", description: "Status ID.", type: "INTEGER" },
          { name: "name", description: "Status name.", type: "STRING" },
          { name: "description", description: "Human-readable description of the status.", type: "STRING" },
          { name: "action", description: "Action that should be taken to eliminate error.", type: "STRING" },
        ],
      },
    ],
  },
  sampleOutput: {
    to: "385000000001",
    messageCount: 1,
    messageId: "ph1-00000000000000000000000000000001",
    status: { groupId: 1, groupName: "PENDING", id: 7, name: "PENDING_ENROUTE", description: "Accepted for sending" },
  },

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
