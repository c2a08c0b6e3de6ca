import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { accountOf } from "./routes.ts";

const LIMIT_DEFAULT = 50;

const WindowsQuery = Type.Object({
  sender: Type.Optional(Type.String({ maxLength: 24 })),
  contact: Type.Optional(Type.String({ maxLength: 150 })),
  open: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});

export interface WindowsRequest {
  readonly accountId: number;
  readonly limit: number;
  readonly sender?: string;
  readonly contact?: string;
  /** Only those that are open now. */
  readonly isOpen: boolean;
}

const CONFIG = { scopes: ["whatsapp:manage"], envelope: "ApiError" } as const;

/** Which users of WhatsApp may be sent anything, and until when. Posthorn's own path. */
export function registerConversationWindows(app: FastifyInstance, list: (request: WindowsRequest) => Promise<object>) {
  app.get<{ Querystring: Static<typeof WindowsQuery> }>(
    "/posthorn/1/conversation-windows",
    { config: CONFIG, schema: { querystring: WindowsQuery } },
    async ({ principal, query }) => {
      // A mistyped filter would show the windows of others as if they were meant.
      for (const name of Object.keys(query)) {
        if (Object.hasOwn(WindowsQuery.properties, name)) continue;
        throw new InvalidRequest(name, `must be one of [${Object.keys(WindowsQuery.properties).join(", ")}]`);
      }
      const { open = false, limit = LIMIT_DEFAULT, ...filter } = query;
      return list({ accountId: accountOf(principal), limit, isOpen: open, ...filter });
    },
  );
}
