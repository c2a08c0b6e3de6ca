import {
  parseDate,
  parseWait,
  type SandboxMessage,
  type SandboxMessages,
  SandboxMessagesQuery,
} from "@posthorn/contract";
import type { FastifyInstance, FastifyReply } from "fastify";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { accountOf } from "./routes.ts";

const LIMIT_DEFAULT = 50;

export interface PhoneFilter {
  readonly to?: string;
  readonly from?: string;
  readonly channel?: "SMS" | "WHATSAPP";
  readonly text?: string;
  readonly since?: number;
  readonly limit: number;
}

/** The virtual phones of the sandbox. */
export interface PhoneSource {
  waitFor(
    accountId: number,
    filter: PhoneFilter,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<readonly SandboxMessage[]>;
  message(accountId: number, messageId: string): SandboxMessage | null;
  clear(accountId: number): void;
  /** Answers everybody who waits. */
  release(): void;
}

const CONFIG = {
  scopes: ["sms:manage", "message:send", "sms:message:send", "whatsapp:message:send", "whatsapp:manage"],
  envelope: "ApiError",
} as const;

/** What the sandbox's phones received, for tests to look at. Posthorn's own paths. */
export function registerSandboxPaths(app: FastifyInstance, phones: PhoneSource) {
  app.get<{ Querystring: SandboxMessagesQuery }>(
    "/sandbox/messages",
    { config: CONFIG, schema: { querystring: SandboxMessagesQuery } },
    async ({ principal, query }, reply): Promise<SandboxMessages> => {
      refuseUnknownFilters(query);
      const waitMs = query.wait === undefined ? 0 : (parseWait(query.wait) ?? 0);
      const messages = await phones.waitFor(accountOf(principal), filterOf(query), waitMs, whenGone(reply));
      return { messages: [...messages] };
    },
  );
  app.get<{ Params: { messageId: string } }>(
    "/sandbox/messages/:messageId",
    { config: CONFIG },
    async ({ principal, params }, reply) => {
      const message = phones.message(accountOf(principal), params.messageId);
      if (message === null) return reply.callNotFound();
      return message;
    },
  );
  app.delete("/sandbox/messages", { config: CONFIG }, async ({ principal }, reply) => {
    phones.clear(accountOf(principal));
    return reply.code(204).send();
  });
  // Otherwise a stop would wait for whoever waits here.
  app.addHook("preClose", async () => phones.release());
}

/** A mistyped filter would match every message, and a test with it pass by mistake. */
function refuseUnknownFilters(query: SandboxMessagesQuery) {
  for (const name of Object.keys(query)) {
    if (Object.hasOwn(SandboxMessagesQuery.properties, name)) continue;
    throw new InvalidRequest(name, `must be one of [${Object.keys(SandboxMessagesQuery.properties).join(", ")}]`);
  }
}

function filterOf({ wait: _, since, limit, ...rest }: SandboxMessagesQuery): PhoneFilter {
  const sinceMs = since === undefined ? undefined : parseDate(since);
  return { ...rest, ...(sinceMs === undefined ? {} : { since: sinceMs }), limit: limit ?? LIMIT_DEFAULT };
}

/** A client that hangs up waits no longer. */
function whenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}
