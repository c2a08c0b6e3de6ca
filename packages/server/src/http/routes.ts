import { OPERATIONS, type Operation, type OperationName, writeXml } from "@posthorn/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { Static, TSchema } from "typebox";
import type { IdempotencyClaim, KeyPlatform } from "../store/store.ts";
import type { PathSuffix } from "./answer-type.ts";
import { FORM_BYTES_MAX, NO_ANSWER } from "./body-types.ts";
import { idempotencyKeyOf, REPLAYED_HEADER } from "./idempotency-key.ts";
import type { Principal } from "./key-ring.ts";

/** Does a request that has an `Idempotency-Key` once, and gives its answer again when it is repeated. */
export interface Gate {
  answer(
    request: { accountId: number; key: string; operation: string; body: unknown },
    send: (claim: IdempotencyClaim) => Promise<unknown>,
  ): Promise<{ readonly text: string; readonly isReplay: boolean }>;
}

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** What a handler of an operation is given. The types of params, body and query are what its schemas let through. */
export interface RequestOf<Of> {
  readonly accountId: number;
  readonly params: Of extends { params: infer Params } ? StaticOf<Params> : undefined;
  readonly body: Of extends { body: infer Body } ? StaticOf<Body> : undefined;
  readonly query: Of extends { query: infer Query } ? StaticOf<Query> : undefined;
  /** Null without an `Idempotency-Key`. What sends messages keeps it with them. */
  readonly claim: IdempotencyClaim | null;
  /** What the caller's key is linked to; empty: nothing in particular. */
  readonly platform: readonly KeyPlatform[];
  /** What the caller reached us by: `https://host:port`, for links in answers. */
  readonly baseUrl: string;
  /** Adds a header to the good answer, `Location` for example. */
  readonly setHeader: (name: string, value: string) => void;
}

/** What answers an operation: the body of its good answer, or nothing where that has none. */
export type OperationHandlers = {
  readonly [Name in OperationName]: (request: RequestOf<(typeof OPERATIONS)[Name]>) => Promise<unknown>;
};

/** What few handlers ask for is worked out when they do. */
class OperationRequest implements RequestOf<unknown> {
  readonly accountId: number;
  readonly params: never;
  readonly body: never;
  readonly query: never;
  readonly claim: IdempotencyClaim | null;
  readonly platform: readonly KeyPlatform[];
  readonly #received: FastifyRequest;
  readonly #reply: FastifyReply;

  constructor(received: FastifyRequest, reply: FastifyReply, claim: IdempotencyClaim | null) {
    this.accountId = accountOf(received.principal);
    this.params = received.params as never;
    this.body = received.body as never;
    this.query = received.query as never;
    this.claim = claim;
    this.platform = received.principal?.platform ?? [];
    this.#received = received;
    this.#reply = reply;
  }

  get baseUrl(): string {
    return `${this.#received.protocol}://${this.#received.host}`;
  }

  get setHeader(): RequestOf<unknown>["setHeader"] {
    return (name, value) => void this.#reply.header(name, value);
  }
}

/** Every operation of the contract gets its route from the contract: path, schemas, scopes and envelope. */
export function registerOperations(app: FastifyInstance, gate: Gate, handlers: OperationHandlers) {
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const operation: Operation = OPERATIONS[name];
    // What its schemas let through is what its handler expects.
    const handle = handlers[name] as (request: object) => Promise<unknown>;
    const { scopes, envelope, credentialsIn } = operation;
    const upload = operation.takesUpload === true ? { takesUpload: true as const } : {};
    const config = { scopes, envelope, ...(credentialsIn === undefined ? {} : { credentialsIn }), ...upload };
    const { response = NO_ANSWER } = operation;
    const isPlain = operation.status === undefined && operation.response !== undefined;
    const finish = (reply: FastifyReply, body: unknown) => {
      if (operation.status !== undefined) reply.code(operation.status);
      // Returned and not sent: what returns `reply` waits until the socket has taken the answer, at a cost.
      return operation.response === undefined ? reply.send() : body;
    };
    const answerOnce = async (received: FastifyRequest, reply: FastifyReply, key: string) => {
      const { principal, body, query, answersXml } = received;
      const { text, isReplay } = await gate.answer(
        { accountId: accountOf(principal), key, operation: name, body: body ?? query },
        (claim) => handle(new OperationRequest(received, reply, claim)),
      );
      if (isReplay) reply.header(REPLAYED_HEADER, "true");
      // The kept answer is JSON, whatever the first request asked for.
      if (answersXml) return reply.send(writeXml(response, JSON.parse(text)));
      return reply.type("application/json; charset=utf-8").send(text);
    };
    const route: Omit<RouteOptions, "url" | "config"> = {
      method: operation.method,
      schema: {
        ...(operation.body === undefined ? {} : { body: operation.body }),
        ...(operation.query === undefined ? {} : { querystring: operation.query }),
        ...(operation.params === undefined ? {} : { params: operation.params }),
      },
      handler: (received, reply) => {
        const key = operation.isSend === true ? idempotencyKeyOf(received.headers) : null;
        if (key !== null) return answerOnce(received, reply, key);
        const answer = handle(new OperationRequest(received, reply, null));
        return isPlain ? answer : answer.then((body) => finish(reply, body));
      },
    };
    for (const { url, suffix } of pathsOf(operation)) {
      const xml = operation.hasXml === true ? { xml: { suffix, response } } : {};
      app.route({ ...route, url, config: { ...config, ...xml } });
      if (operation.takesForm !== true) continue;
      const bodyLimit = Math.min(FORM_BYTES_MAX, app.initialConfig.bodyLimit ?? FORM_BYTES_MAX);
      app.route({ ...route, url, method: "POST", bodyLimit, config: { ...config, ...xml, isForm: true } });
    }
  }
}

/** With XML, the path may say the type of the answer: `/sms/1/reports.json`. */
function pathsOf({ path, hasXml }: Operation): readonly { readonly url: string; readonly suffix: PathSuffix }[] {
  const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
  if (hasXml !== true) return [{ url, suffix: null }];
  return ([null, "json", "xml"] as const).map((suffix) => ({
    url: suffix === null ? url : `${url}.${suffix}`,
    suffix,
  }));
}

export interface HealthSource {
  /** Why it should get no requests, or null when it may. */
  notReady(): string | null;
}

/** `live`: the process runs and its event loop turns. `ready`: it takes messages. No key is needed. */
export function registerHealth(app: FastifyInstance, source: HealthSource) {
  // Load balancers ask with HEAD, too.
  app.get("/health/live", { exposeHeadRoute: true }, async () => ({ status: "live" }));
  app.get("/health/ready", { exposeHeadRoute: true }, async (_request, reply) => {
    const reason = source.notReady();
    return reply
      .code(reason === null ? 200 : 503)
      .send(reason === null ? { status: "ready" } : { status: "not ready", reason });
  });
}

export interface OperatorHandlers {
  findMessage(request: { accountId: number; messageId: string }): Promise<object | null>;
  ledger(): Promise<object>;
}

/** Posthorn's own paths, beside Infobip's: what an operator and the CLI ask. */
export function registerOperatorPaths(app: FastifyInstance, handlers: OperatorHandlers) {
  app.get<{ Params: { messageId: string } }>(
    "/posthorn/1/messages/:messageId",
    { config: { scopes: ["message:send", "sms:logs:read", "sms:manage", "whatsapp:manage"], envelope: "ApiError" } },
    async ({ principal, params }, reply) => {
      const message = await handlers.findMessage({ accountId: accountOf(principal), messageId: params.messageId });
      if (message === null) return reply.callNotFound();
      return message;
    },
  );
  app.get("/posthorn/1/ledger", { config: { scopes: ["sms:manage"], envelope: "ApiError" } }, () => handlers.ledger());
}

/** A route with scopes is not reached without a principal. */
export function accountOf(principal: Principal | null): number {
  if (principal === null) throw new Error("the route has no scopes, so nobody was identified");
  return principal.accountId;
}
