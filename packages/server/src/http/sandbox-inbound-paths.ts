import {
  formatDate,
  SandboxIdentityChange,
  SandboxInbound,
  type SandboxInboundTaken,
  type SandboxMessage,
  SandboxReply,
  type SandboxSeen,
  type WhatsAppInboundContent,
} from "@posthorn/contract";
import type { FastifyInstance } from "fastify";
import { accountOf } from "./routes.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { ContactProfile } from "../store/inbound.ts";

export interface WrittenMessage {
  readonly accountId: number;
  readonly channel: "SMS" | "WHATSAPP";
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly message?: WhatsAppInboundContent | undefined;
  readonly contact?: ContactProfile | undefined;
  readonly inParts?: boolean | undefined;
  readonly part?: { readonly reference: number; readonly number: number; readonly count: number } | undefined;
  readonly carrierMessageId?: string | undefined;
  readonly inReplyTo?: string | undefined;
}

/** The virtual phones of the sandbox, to write on. */
export interface WritingPhones {
  message(accountId: number, messageId: string): SandboxMessage | null;
  /** Null where a phone can write to the address. */
  obstacleTo(address: string, channel: WrittenMessage["channel"]): string | null;
  /** Resolves after the commit, to the number of parts that it took. */
  write(message: WrittenMessage): Promise<number>;
  /** The user of a WhatsApp message that a phone has reads it. Resolves after the commit, to when. */
  see(accountId: number, messageId: string): Promise<number>;
  /** Resolves after the commit. */
  changeIdentity(accountId: number, change: { readonly sender: string; readonly user: string }): Promise<void>;
}

const CONFIG = {
  scopes: ["sms:manage", "message:send", "sms:message:send", "whatsapp:message:send", "whatsapp:manage"],
  envelope: "ApiError",
} as const;

/** What the sandbox's phones write. Posthorn's own paths. */
export function registerSandboxInboundPaths(app: FastifyInstance, phones: WritingPhones) {
  const write = async (message: WrittenMessage, property: string): Promise<SandboxInboundTaken> => {
    const { channel, from, to } = message;
    const obstacle = phones.obstacleTo(to, channel);
    if (obstacle !== null) throw new InvalidRequest(property, obstacle);
    return { from, to, partCount: await phones.write(message) };
  };
  app.post<{ Params: { messageId: string }; Body: SandboxReply }>(
    "/sandbox/messages/:messageId/reply",
    { config: CONFIG, schema: { body: SandboxReply } },
    async ({ principal, params, body }, reply) => {
      const accountId = accountOf(principal);
      const message = phones.message(accountId, params.messageId);
      if (message === null) return reply.callNotFound();
      const { messageId: inReplyTo, from: to, to: from } = message;
      const channel = message.channel === "WHATSAPP" ? "WHATSAPP" : "SMS";
      return write({ ...writtenOf(body, channel), accountId, from, to, inReplyTo }, "messageId");
    },
  );
  app.post<{ Body: SandboxInbound }>(
    "/sandbox/inbound",
    { config: CONFIG, schema: { body: SandboxInbound } },
    async ({ principal, body }) => {
      const { part, inParts, from, to, channel = "SMS" } = body;
      if (part !== undefined && part.number > part.count) {
        throw new InvalidRequest("part.number", "must be at most part.count");
      }
      if (part !== undefined && inParts === true) throw new InvalidRequest("inParts", "must be null beside part");
      if (part !== undefined && channel !== "SMS") throw new InvalidRequest("part", "is only for SMS");
      return write({ ...writtenOf(body, channel), accountId: accountOf(principal), from, to, part }, "to");
    },
  );
  app.post<{ Params: { messageId: string } }>(
    "/sandbox/messages/:messageId/seen",
    { config: CONFIG },
    async ({ principal, params: { messageId } }, reply): Promise<SandboxSeen> => {
      const accountId = accountOf(principal);
      const message = phones.message(accountId, messageId);
      if (message === null) return reply.callNotFound() as never;
      if (message.channel !== "WHATSAPP") {
        throw new InvalidRequest("messageId", "is of an SMS, and only WhatsApp says that a message was read");
      }
      return { messageId, seenAt: formatDate(await phones.see(accountId, messageId)) };
    },
  );
  app.post<{ Body: SandboxIdentityChange }>(
    "/sandbox/identity-changes",
    { config: CONFIG, schema: { body: SandboxIdentityChange } },
    async ({ principal, body: { from, to } }, reply) => {
      await phones.changeIdentity(accountOf(principal), { sender: to, user: from });
      return reply.code(204).send();
    },
  );
}

/** @throws InvalidRequest where the channel knows no such thing, or nothing is said */
function writtenOf(
  { text, message, contact, inParts, carrierMessageId }: SandboxReply,
  channel: WrittenMessage["channel"],
) {
  if (channel === "SMS") {
    if (message !== undefined) throw new InvalidRequest("message", "is only for WhatsApp");
    if (contact !== undefined) throw new InvalidRequest("contact", "is only for WhatsApp");
  } else if (inParts === true) throw new InvalidRequest("inParts", "is only for SMS");
  if ((text === undefined) === (message === undefined)) {
    throw new InvalidRequest("text", text === undefined ? "must not be null" : "must be null beside message");
  }
  const { phoneNumber, ...others } = contact ?? {};
  const profile = phoneNumber === undefined ? others : { ...others, phone: phoneNumber };
  return {
    channel,
    text: text ?? "",
    message,
    inParts,
    carrierMessageId,
    ...(contact === undefined ? {} : { contact: profile }),
  };
}
