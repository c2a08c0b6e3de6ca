import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { OPERATOR_SCOPE } from "./key-ring.ts";

const carrier = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }));
const id = Type.Optional(Type.Integer({ minimum: 1 }));

const ListQuery = Type.Object({
  carrier,
  messageId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  before: id,
});
type ListQuery = Static<typeof ListQuery>;

const RematchQuery = Type.Object({
  carrier,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  after: id,
});
type RematchQuery = Static<typeof RematchQuery>;

export interface UnmatchedReceiptHandlers {
  list(query: ListQuery): Promise<object>;
  rematch(query: RematchQuery): Promise<object>;
}

const CONFIG = { scopes: [OPERATOR_SCOPE], envelope: "ApiError" } as const;
const PATH = "/posthorn/1/unmatched-receipts";

/** Receipts whose message is not known, of all accounts, for whoever runs the server. Posthorn's own paths. */
export function registerUnmatchedReceiptPaths(app: FastifyInstance, handlers: UnmatchedReceiptHandlers) {
  app.get<{ Querystring: ListQuery }>(PATH, { config: CONFIG, schema: { querystring: ListQuery } }, ({ query }) =>
    handlers.list(query),
  );
  app.post<{ Querystring: RematchQuery }>(
    `${PATH}/rematch`,
    { config: CONFIG, schema: { querystring: RematchQuery } },
    ({ query }) => handlers.rematch(query),
  );
}
