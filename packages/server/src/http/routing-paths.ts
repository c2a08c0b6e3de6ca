import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { OPERATOR_SCOPE } from "./key-ring.ts";
import { accountOf } from "./routes.ts";

const ExplainQuery = Type.Object({
  channel: Type.Optional(Type.Enum(["SMS", "WHATSAPP"] as const)),
  to: Type.String({ minLength: 1, maxLength: 150 }),
  sender: Type.Optional(Type.String({ maxLength: 200 })),
  account: Type.Optional(Type.Integer({ minimum: 1 })),
  application: Type.Optional(Type.String({ maxLength: 255 })),
});

export interface ExplainRequest {
  readonly channel: "SMS" | "WHATSAPP";
  readonly to: string;
  readonly sender: string;
  readonly accountId: number;
  readonly applicationId: string | null;
}

export interface RoutingHandlers {
  carriers(): object;
  explain(request: ExplainRequest): object;
  /** @throws InvalidRequest with all that is wrong; RequestRefused when a carrier does not start */
  reload(): Promise<object>;
}

const CONFIG = { scopes: [OPERATOR_SCOPE], envelope: "ApiError" } as const;

/** Carriers, routes and the configuration, for whoever runs the server. Posthorn's own paths. */
export function registerRoutingPaths(app: FastifyInstance, handlers: RoutingHandlers) {
  app.get("/posthorn/1/carriers", { config: CONFIG }, async () => handlers.carriers());
  app.get<{ Querystring: Static<typeof ExplainQuery> }>(
    "/posthorn/1/routes/explain",
    { config: CONFIG, schema: { querystring: ExplainQuery } },
    async ({ principal, query }) => {
      // A mistyped condition would be explained as if it had not been given.
      for (const name of Object.keys(query)) {
        if (Object.hasOwn(ExplainQuery.properties, name)) continue;
        throw new InvalidRequest(name, `must be one of [${Object.keys(ExplainQuery.properties).join(", ")}]`);
      }
      const { channel = "SMS", to, sender = "", account, application } = query;
      const accountId = account ?? accountOf(principal);
      return handlers.explain({ channel, to, sender, accountId, applicationId: application ?? null });
    },
  );
  app.post("/posthorn/1/config/reload", { config: CONFIG }, async () => handlers.reload());
}
