import type { NamedProperty, ObjectProperty } from "./properties.ts";

/** The reference definition's limit of an address. */
const ADDRESS_LENGTH_MAX = 24;

/** From whom and to whom: every WhatsApp action begins with these. */
export const WHATSAPP_ADDRESSES: readonly NamedProperty[] = [
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
];

/** What an answer says of one message. */
export const WHATSAPP_MESSAGE: ObjectProperty = {
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
};

export const WHATSAPP_SAMPLE = {
  to: "385000000001",
  messageCount: 1,
  messageId: "ph1-00000000000000000000000000000001",
  status: { groupId: 1, groupName: "PENDING", id: 7, name: "PENDING_ENROUTE", description: "Accepted for sending" },
} as const;
