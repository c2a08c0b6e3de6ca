import {
  OPERATIONS,
  type Operation,
  type OperationName,
  type PreviewRequest,
  type SmsBinaryRequest,
  type SmsLogsQuery,
  type SmsLogsQueryV1,
  type SmsMultiText,
  type SmsReportsQuery,
  type SmsRequestEnvelope,
  type SmsSingleText,
  type SmsTextQueryV1,
  type SmsTextQueryV3,
  type SmsTextualRequest,
  type TextMessage,
} from "@posthorn/contract";
import type { FastifyInstance, RouteOptions } from "fastify";
import type { IdempotencyClaim } from "../store/store.ts";
import { idempotencyKeyOf, REPLAYED_HEADER } from "./idempotency-key.ts";
import type { Principal } from "./key-ring.ts";

export interface OperationRequest {
  readonly accountId: number;
  readonly body: unknown;
  readonly query: unknown;
  /** Null without an `Idempotency-Key`. What sends messages keeps it with them. */
  readonly claim: IdempotencyClaim | null;
}

/** Does a request that has an `Idempotency-Key` once, and gives its answer again when it is repeated. */
export interface Gate {
  answer(
    request: { accountId: number; key: string; operation: string; body: unknown },
    send: (claim: IdempotencyClaim) => Promise<unknown>,
  ): Promise<{ readonly text: string; readonly isReplay: boolean }>;
}

type Claim = Pick<OperationRequest, "claim">;

/** What answers an operation: the body of its 200. The types of body and query are what its schema let through. */
export interface OperationHandlers {
  sendSmsMessages(request: Claim & { accountId: number; body: SmsRequestEnvelope }): Promise<unknown>;
  getSmsReports(request: { accountId: number; query: SmsReportsQuery }): Promise<unknown>;
  getSmsLogs(request: { accountId: number; query: SmsLogsQuery }): Promise<unknown>;
  sendWhatsappTextMessage(request: Claim & { accountId: number; body: TextMessage }): Promise<unknown>;
  previewSmsMessage(request: { body: PreviewRequest }): Promise<unknown>;
  sendSmsAdvancedText(request: Claim & { accountId: number; body: SmsTextualRequest }): Promise<unknown>;
  sendSmsAdvancedBinary(request: Claim & { accountId: number; body: SmsBinaryRequest }): Promise<unknown>;
  sendSmsSingleV2(request: Claim & { accountId: number; body: SmsSingleText }): Promise<unknown>;
  sendSmsSingle(request: Claim & { accountId: number; body: SmsSingleText }): Promise<unknown>;
  sendSmsMulti(request: Claim & { accountId: number; body: SmsMultiText }): Promise<unknown>;
  sendSmsByQuery(request: Claim & { accountId: number; query: SmsTextQueryV3 }): Promise<unknown>;
  sendSmsByQueryV1(request: Claim & { accountId: number; query: SmsTextQueryV1 }): Promise<unknown>;
  getSmsReportsV1(request: { accountId: number; query: SmsReportsQuery }): Promise<unknown>;
  getSmsLogsV1(request: { accountId: number; query: SmsLogsQueryV1 }): Promise<unknown>;
  getAccountBalance(request: { accountId: number }): Promise<unknown>;
}

/** Every operation of the contract gets its route from the contract: path, schemas, scopes and envelope. */
export function registerOperations(app: FastifyInstance, gate: Gate, handlers: OperationHandlers) {
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const operation: Operation = OPERATIONS[name];
    const handle = handlers[name] as (request: OperationRequest) => Promise<unknown>;
    const { scopes, envelope, credentialsIn } = operation;
    const route: Omit<RouteOptions, "url"> = {
      method: operation.method,
      config: { scopes, envelope, ...(credentialsIn === undefined ? {} : { credentialsIn }) },
      schema: {
        ...(operation.body === undefined ? {} : { body: operation.body }),
        ...(operation.query === undefined ? {} : { querystring: operation.query }),
      },
      handler: async ({ principal, body, query, headers }, reply) => {
        const accountId = accountOf(principal);
        const key = operation.isSend === true ? idempotencyKeyOf(headers) : null;
        if (key === null) return handle({ accountId, body, query, claim: null });
        const { text, isReplay } = await gate.answer(
          { accountId, key, operation: name, body: body ?? query },
          (claim) => handle({ accountId, body, query, claim }),
        );
        if (isReplay) reply.header(REPLAYED_HEADER, "true");
        return reply.type("application/json; charset=utf-8").send(text);
      },
    };
    for (const url of urlsOf(operation)) app.route({ ...route, url });
  }
}

/** The queries of SMS version 1 let the path say the type of the answer: `/sms/1/reports.json`. */
function urlsOf({ method, path }: Operation): readonly string[] {
  return method === "GET" && path.startsWith("/sms/1/") ? [path, `${path}.json`] : [path];
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
