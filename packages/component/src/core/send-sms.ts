import type { Action } from "./action.ts";
import { parseAnswer } from "./answer.ts";
import { SETTLED_SMS, settleDuplicate } from "./duplicate.ts";
import { JSON_HEADERS } from "./json-headers.ts";

export interface SendSmsInput {
  readonly sender: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** Infobip's status of one message. A rejection (`groupId` 5) of one destination comes inside a successful answer. */
export interface MessageStatus {
  readonly groupId?: number;
  readonly groupName?: string;
  readonly id?: number;
  readonly name?: string;
  readonly description?: string;
  readonly action?: string;
}

export interface SendSmsOutput {
  readonly bulkId?: string;
  readonly messages: readonly {
    readonly messageId?: string;
    readonly status?: MessageStatus;
    readonly destination?: string;
    readonly details?: { readonly messageCount?: number };
  }[];
}

export const sendSms: Action<SendSmsInput, SendSmsOutput> = {
  name: "sendSMS",
  title: "Send SMS",
  description: "Send a new SMS message",
  effect: "write",
  idempotent: "with-key",
  properties: [
    {
      name: "sender",
      label: "From",
      description: "The sender ID. It can be alphanumeric or numeric (e.g., CompanyName).",
      required: true,
      type: "STRING",
    },
    {
      name: "to",
      label: "To",
      description: "Message recipient numbers.",
      required: true,
      type: "ARRAY",
      items: [{ type: "STRING" }],
    },
    { name: "text", label: "Text", description: "Content of the message being sent.", required: true, type: "STRING" },
  ],
  output: {
    type: "OBJECT",
    properties: [
      {
        name: "bulkId",
        description:
          "ID assigned to the request if messaging multiple recipients or sending multiple messages via a single API request.",
        type: "STRING",
      },
      {
        name: "messages",
        description: "An array of message objects of a single message or multiple messages sent under one bulk ID.",
        type: "ARRAY",
        items: [
          {
            type: "OBJECT",
            properties: [
              { name: "messageId", description: "ID of the message.", type: "STRING" },
              {
                name: "status",
                description: "Status of the message.",
                type: "OBJECT",
                properties: [
                  { name: "groupId", description: "Status group ID.", type: "INTEGER" },
                  {
                    name: "groupName",
                    description: "Status group name that describes which category the status code belongs to",
                    type: "STRING",
                  },
                  { name: "id", description: "Status code ID.", type: "INTEGER" },
                  { name: "name", description: "Status code name.", type: "STRING" },
                  { name: "description", description: "Human-readable description of the status.", type: "STRING" },
                  { name: "action", description: "Action to take to recover from the error.", type: "STRING" },
                ],
              },
              { name: "destination", description: "The destination address of the message.", type: "STRING" },
              {
                name: "details",
                description: "Other details of the message.",
                type: "OBJECT",
                properties: [
                  {
                    name: "messageCount",
                    description: "Number of SMS message parts required to deliver the message.",
                    type: "INTEGER",
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  sampleOutput: {
    bulkId: "1700000000000000001",
    messages: [
      {
        messageId: "ph1-00000000000000000000000000000001",
        status: {
          groupId: 1,
          groupName: "PENDING",
          id: 26,
          name: "PENDING_ACCEPTED",
          description: "Accepted for sending",
        },
        destination: "385000000001",
        details: { messageCount: 1 },
      },
    ],
  },

  destinations: ({ to }) => to,

  buildRequest: ({ sender, to, text }, { messageIds }) => ({
    method: "POST",
    path: "/sms/3/messages",
    query: {},
    headers: JSON_HEADERS,
    body: {
      messages: [
        {
          sender,
          destinations: to.map((destination, index) => ({ to: destination, messageId: messageIds[index] })),
          content: { text },
        },
      ],
    },
  }),

  parseResponse(response, { isRepeat } = { isRepeat: false }) {
    const parsed = parseAnswer<SendSmsOutput>(response, (body) => Array.isArray(body["messages"]));
    if (!parsed.ok || !isRepeat) return parsed;
    const messages = parsed.output.messages.map((message) => settleDuplicate(message, SETTLED_SMS));
    return { ok: true, output: { ...parsed.output, messages } };
  },
};
