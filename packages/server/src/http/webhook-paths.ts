import type { FastifyInstance } from "fastify";
import { Type, type Static } from "typebox";
import { accountOf } from "./routes.ts";

const state = Type.Optional(Type.Enum(["waiting", "delivered", "failed"]));
const id = Type.Integer({ minimum: 1 });
const range = {
  receiver: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  since: Type.Optional(Type.String({ maxLength: 64 })),
  until: Type.Optional(Type.String({ maxLength: 64 })),
};

const ListQuery = Type.Object({
  state,
  ...range,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  before: Type.Optional(id),
});
type ListQuery = Static<typeof ListQuery>;

/** At least one of them, so that nobody sends everything again by a slip. */
const ReplayBody = Type.Object(
  { ...range, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) },
  { minProperties: 1 },
);
type ReplayBody = Static<typeof ReplayBody>;

const IdParams = Type.Object({ id });

export interface WebhookHandlers {
  list(accountId: number, query: ListQuery): Promise<object>;
  show(accountId: number, id: number): Promise<object | null>;
  replay(accountId: number, id: number): Promise<object>;
  replayFailed(accountId: number, body: ReplayBody): Promise<object>;
}

/** Posthorn's own: what became of webhooks, and sending them again. */
export function registerWebhookPaths(app: FastifyInstance, handlers: WebhookHandlers) {
  const config = { scopes: ["subscriptions:manage"], envelope: "ApiError" } as const;
  const path = "/posthorn/1/webhooks";
  app.get<{ Querystring: ListQuery }>(path, { config, schema: { querystring: ListQuery } }, ({ principal, query }) =>
    handlers.list(accountOf(principal), query),
  );
  app.get<{ Params: { id: number } }>(
    `${path}/:id`,
    { config, schema: { params: IdParams } },
    async ({ principal, params }, reply) => {
      const webhook = await handlers.show(accountOf(principal), params.id);
      return webhook ?? reply.callNotFound();
    },
  );
  app.post<{ Params: { id: number } }>(
    `${path}/:id/replay`,
    { config, schema: { params: IdParams } },
    ({ principal, params }) => handlers.replay(accountOf(principal), params.id),
  );
  app.post<{ Body: ReplayBody }>(`${path}/replay`, { config, schema: { body: ReplayBody } }, ({ principal, body }) =>
    handlers.replayFailed(accountOf(principal), body),
  );
}
