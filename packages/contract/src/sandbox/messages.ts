import { Type, type Static } from "typebox";
import { DateTime, int32 } from "../common.ts";
import { MessageContext } from "../whatsapp/message.ts";
import { FILTER_LENGTH_MAX, SANDBOX_WAIT_MAX_S, SMS_TEXT_LENGTH_MAX } from "../limits.ts";

/** Posthorn's own, not Infobip's: a message as a virtual phone of the sandbox got it. */
export const SandboxMessage = Type.Object(
  {
    messageId: Type.String(),
    channel: Type.String(),
    from: Type.String(),
    to: Type.String(),
    /** For a binary message its octets, hexadecimal. */
    text: Type.String(),
    /** On WhatsApp: what it is (TEXT, IMAGE, INTERACTIVE_LIST ...), its content as it was sent, what it answers. */
    type: Type.Optional(Type.String()),
    content: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    context: Type.Optional(MessageContext),
    encoding: Type.String(),
    messageCount: int32(),
    receivedAt: DateTime,
    /** Only where it is true: an earlier submission's answer was lost. */
    possibleDuplicate: Type.Optional(Type.Boolean()),
  },
  { title: "SandboxMessage" },
);
export type SandboxMessage = Static<typeof SandboxMessage>;

/** Answer of `GET /sandbox/messages`: the newest first. */
export const SandboxMessages = Type.Object(
  { messages: Type.Array(SandboxMessage, { maxItems: 1000 }) },
  { title: "SandboxMessages" },
);
export type SandboxMessages = Static<typeof SandboxMessages>;

const WHOLE_SECONDS = /^([0-9]{1,2})s$/;

/** Milliseconds of a time such as `5s`; undefined for what is none, or longer than may be waited. */
export function parseWait(text: string): number | undefined {
  const seconds = Number(WHOLE_SECONDS.exec(text)?.[1] ?? Number.NaN);
  return seconds <= SANDBOX_WAIT_MAX_S ? seconds * 1000 : undefined;
}

const filter = (lengthMax: number) => Type.Optional(Type.String({ maxLength: lengthMax }));

export const SandboxMessagesQuery = Type.Object(
  {
    to: filter(FILTER_LENGTH_MAX),
    from: filter(FILTER_LENGTH_MAX),
    channel: Type.Optional(Type.Enum(["SMS", "WHATSAPP"])),
    /** A part of the text. */
    text: filter(SMS_TEXT_LENGTH_MAX),
    since: Type.Optional(DateTime),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
    wait: Type.Optional(
      Type.Refine(
        Type.String({ maxLength: FILTER_LENGTH_MAX }),
        (text) => parseWait(text) !== undefined,
        () => `must be whole seconds from 0s to ${SANDBOX_WAIT_MAX_S}s, for example 5s`,
      ),
    ),
  },
  { title: "SandboxMessagesQuery" },
);
export type SandboxMessagesQuery = Static<typeof SandboxMessagesQuery>;
