import { envelopeOfPath, errorBody, type Envelope, type HttpErrorStatus, HTTP_ERRORS } from "@posthorn/contract";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyContextConfig,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Socket } from "node:net";
import { isFault } from "../kernel/faults.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { createIpMatcher, type IpMatcher } from "../kernel/ip-ranges.ts";
import type { Log } from "../kernel/log.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import { XML_TYPE } from "./answer-type.ts";
import { chooseAnswerType, envelopeText, formToQuery, registerBodyTypes } from "./body-types.ts";
import { isAllowed, type KeyRing, type Principal } from "./key-ring.ts";
import { registerUploads } from "./upload-body.ts";
import { compileValidator, SchemaViolation } from "./validator.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Any one of them allows the call. Absent: no key is asked for (health). */
    scopes?: readonly string[];
    envelope?: Envelope;
    /** The credentials may also be the parameters `username` and `password`. A header, where there is one, decides. */
    credentialsIn?: "query";
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

/** After this long a slow client's headers have not come: the connection is closed. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than the usual idle time of load balancers (60 s), so that it is they who close. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** While it closes, a connection whose answer is given waits at most this long to be closed. */
const CLOSING_SWEEP_MS = 50;
const PATH_PARAMETER_LENGTH_MAX = 256;
/** Seconds that a client is asked to wait when the server is at a limit. */
const RETRY_AFTER_S = 1;

export interface HttpOptions {
  readonly keyRing: KeyRing;
  readonly log: Log;
  readonly bodyLimitBytes: number;
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
  /** Addresses and ranges, with commas between them, whose X-Forwarded-For is believed. */
  readonly trustedProxies: string;
}

/**
 * Fastify, with the house's rules: bodies are not coerced, every error is answered in the envelope of its endpoint, and
 * nobody reaches a handler without a key that has one of the operation's scopes. Knows no stage.
 */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const { keyRing } = options;
  const fastifyLog = quietly(options.log);
  const app = Fastify({
    // Without a logger of its own Fastify does not listen for the end of each answer. What it says goes to ours; a line
    // for each request would be most of what the server writes, and stages log what matters.
    childLoggerFactory: () => fastifyLog,
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    // Nobody asks for the ids of requests.
    genReqId: () => "",
    trustProxy: proxiesOf(options.trustedProxies),
    bodyLimit: options.bodyLimitBytes,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.requestTimeoutMs) },
    // A HEAD would run its GET's handler: it would take reports, which are given once, and throw them away.
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    // A body with __proto__ is refused as bad input, not quietly cleaned.
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    // While it shuts down, Fastify itself would answer 503 in an envelope that is not ours.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    // A path that cannot be decoded, say: there is no route whose envelope could be asked for.
    clientErrorHandler: refuseNoHttp,
    frameworkErrors: (error, request, reply: FastifyReply) => {
      void reply.code(400).send(errorBody(envelopeOfPath(request.raw.url ?? "/"), 400, { description: error.message }));
    },
  });
  app.server.maxConnections = options.connectionsMax;
  // Fastify reads plain text by default; no operation of ours does, so it is a 415 like every other type.
  app.removeContentTypeParser("text/plain");
  // Node closes idle connections once, when it begins to close; those that were busy then would stay until they time out.
  app.addHook("preClose", async () => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), CLOSING_SWEEP_MS);
    app.server.once("close", () => clearInterval(sweep));
  });
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  registerBodyTypes(app);
  registerUploads(app);
  app.decorateRequest("principal", null);
  // Fastify takes a promise or the call of `done`; the caller is nearly always known at once, without a promise.
  // What a route asks for is known here: asking each request for it would make an object of its options every time.
  app.addHook("onRoute", (route) => {
    const { config = {} } = route;
    const admitFirst = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      chooseAnswerType(config, request, reply);
      // A form may hold the credentials: it is read first.
      const looking = carriesCredentialsInForm(config, request) ? undefined : authorise(config, request, keyRing);
      return looking ?? done();
    };
    route.onRequest = [admitFirst, ...[route.onRequest ?? []].flat()];
    if (config.isForm !== true) return;
    route.preValidation = async (request: FastifyRequest) => {
      formToQuery(request);
      if (request.principal === null) await authorise(config, request, keyRing);
    };
  });
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const { status, violations, words } = explain(error);
    if (status >= 500)
      request.log.error({ event: "http.failed", err: error, path: request.routeOptions.url }, "request failed");
    if (status === 429 || status === 503) reply.header("retry-after", RETRY_AFTER_S);
    const envelope = envelopeOf(request);
    const body = errorBody(envelope, status, { violations, ...words });
    if (request.answersXml) return reply.code(status).type(XML_TYPE).send(envelopeText(envelope, body));
    return reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(body));
  });
  app.setNotFoundHandler(async (request, reply) => {
    return reply.code(404).send(errorBody(envelopeOf(request), 404));
  });
  return app;
}

/** Without any, a client's address is that of its connection, whatever its headers say. */
function proxiesOf(text: string): IpMatcher | false {
  const ranges = text.split(",").filter((range) => range.trim() !== "");
  return ranges.length === 0 ? false : createIpMatcher(ranges);
}

/** HTTP status of what Node's parser refuses before there is a request (nodejs.org, `clientError`). */
const STATUS_OF_PARSER_ERROR: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is no HTTP has no path: it is told so in the newer envelope, and the connection is closed. */
function refuseNoHttp(error: NodeJS.ErrnoException, socket: Socket) {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = STATUS_OF_PARSER_ERROR[error.code ?? ""] ?? "400 Bad Request";
  const body = JSON.stringify(errorBody("ApiError", 400, { description: status.slice(4) }));
  const headers = `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\nConnection: close\r\n\r\n${body}`);
}

/** Fastify's own lines have no `event`, and what they tell at level info is told by main.ts. */
function quietly(log: Log): FastifyBaseLogger {
  return log.isLevelEnabled("warn") ? log.child({}, { level: "warn" }) : log;
}

/** Stands in for HTTP errors that our own hooks raise. */
class HttpFault extends Error {
  readonly status: HttpErrorStatus;

  constructor(status: HttpErrorStatus) {
    super(HTTP_ERRORS[status].description);
    this.status = status;
  }
}

/** @returns nothing where the caller is known at once. @throws HttpFault 401, 403 */
function authorise(
  { scopes, credentialsIn }: FastifyContextConfig,
  request: FastifyRequest,
  keyRing: KeyRing,
): Promise<void> | undefined {
  if (scopes === undefined) return undefined;
  const { authorization } = request.headers;
  const principal =
    credentialsIn === "query" && authorization === undefined
      ? identifyByQuery(request.query, keyRing, request.ip)
      : keyRing.identify(authorization, request.ip);
  if (principal instanceof Promise) return principal.then((found) => admit(request, found, scopes));
  admit(request, principal, scopes);
  return undefined;
}

function admit(request: FastifyRequest, principal: Principal | null, scopes: readonly string[]) {
  if (principal === null) throw new HttpFault(401);
  if (!isAllowed(principal, scopes)) throw new HttpFault(403);
  request.principal = principal;
}

function carriesCredentialsInForm(
  { isForm, credentialsIn }: FastifyContextConfig,
  { headers }: FastifyRequest,
): boolean {
  return isForm === true && credentialsIn === "query" && headers.authorization === undefined;
}

/** Before the schema has seen the query: a repeated parameter is a list here, and no credential. */
function identifyByQuery(query: unknown, keyRing: KeyRing, ip: string): ReturnType<KeyRing["identifyPair"]> {
  const { username, password } = query as Readonly<Record<string, unknown>>;
  if (typeof username !== "string" || typeof password !== "string") return null;
  return keyRing.identifyPair(username, password, ip);
}

function envelopeOf(request: FastifyRequest): Envelope {
  return request.routeOptions.config.envelope ?? envelopeOfPath(request.raw.url?.split("?")[0] ?? "/");
}

interface Explanation {
  readonly status: HttpErrorStatus;
  readonly violations: readonly { property: string; violation: string }[];
  /** In place of the status's own. */
  readonly words?: { readonly description: string; readonly errorCode?: string; readonly action?: string };
}

function explain(error: unknown): Explanation {
  if (error instanceof SchemaViolation || error instanceof InvalidRequest) {
    return { status: 400, violations: [...error.violations] };
  }
  if (error instanceof RequestRefused) {
    const { violations = [], ...rest } = error.details;
    return { status: error.status, violations: [...violations], words: { description: error.message, ...rest } };
  }
  if (error instanceof HttpFault) return { status: error.status, violations: [] };
  if (isFault(error)) {
    const status = error.http as HttpErrorStatus;
    return { status, violations: [], ...(status === 500 ? {} : { words: { description: error.message } }) };
  }
  const { statusCode, message } = error as FastifyError;
  if (statusCode === 400) return { status: 400, violations: [{ property: "body", violation: message }] };
  return { status: isKnownStatus(statusCode) ? statusCode : 500, violations: [] };
}

function isKnownStatus(status: number | undefined): status is HttpErrorStatus {
  return status !== undefined && Object.hasOwn(HTTP_ERRORS, status);
}
