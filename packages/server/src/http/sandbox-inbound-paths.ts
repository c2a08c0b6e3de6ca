import { SandboxInbound, type SandboxInboundTaken, type SandboxMessage, SandboxReply } from "@posthorn/contract";
import type { FastifyInstance } from "fastify";
import { accountOf } from "./routes.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";

export interface WrittenMessage {
  readonly accountId: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly inParts?: boolean | undefined;
  readonly part?: { readonly reference: number; readonly number: number; readonly count: number } | undefined;
  readonly carrierMessageId?: string | undefined;
  readonly inReplyTo?: string | undefined;
}

/** The virtual phones of the sandbox, to write on. */
export interface WritingPhones {
  message(accountId: number, messageId: string): SandboxMessage | null;
  /** Null where a phone can write to the address. */
  obstacleTo(address: string): string | null;
  /** Resolves after the commit, to the number of parts that it took. */
  write(message: WrittenMessage): Promise<number>;
}

const CONFIG = {
  scopes: ["sms:manage", "message:send", "sms:message:send"],
  envelope: "ApiError",
} as const;

/** What the sandbox's phones write. Posthorn's own paths. */
export function registerSandboxInboundPaths(app: FastifyInstance, phones: WritingPhones) {
  const write = async (message: WrittenMessage, property: string): Promise<SandboxInboundTaken> => {
    const { from, to } = message;
    const obstacle = phones.obstacleTo(to);
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
      return write({ ...body, accountId, from, to, inReplyTo }, "messageId");
    },
  );
  app.post<{ Body: SandboxInbound }>(
    "/sandbox/inbound",
    { config: CONFIG, schema: { body: SandboxInbound } },
    async ({ principal, body }) => {
      const { part, inParts } = body;
      if (part !== undefined && part.number > part.count) {
        throw new InvalidRequest("part.number", "must be at most part.count");
      }
      if (part !== undefined && inParts === true) throw new InvalidRequest("inParts", "must be null beside part");
      return write({ ...body, accountId: accountOf(principal) }, "to");
    },
  );
}
