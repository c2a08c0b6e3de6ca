/**
 * The part of the Graph API that administers. It has connections of its own, so that a list of templates never waits for
 * messages, and messages never for it.
 */
import { Agent, request } from "undici";
import { Fault } from "../../kernel/faults.ts";
import type { Log } from "../../kernel/log.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import { failureOf, type GraphOptions, headersOf, isTokenRefused, KEEP_ALIVE_MS, readJson } from "./graph-client.ts";
import { isObject, type Json, objectIn } from "./json.ts";
import { refusalOf } from "./refusals.ts";

const CONNECTIONS_MAX = 4;
/** Requests under way; those above it are refused. Each keeps what it asked for in memory. */
const PENDING_MAX = 64;
/** A page of 100 templates has some 300 KB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
/** An id, or a name that the API knows, is a part of a path. */
const PATH = /^[\w:./=+~%-]{1,2048}$/;

export interface AdminRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Without the version: `{id}/message_templates`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: Json;
  /** As multipart/form-data. */
  readonly form?: Readonly<Record<string, string | Blob>>;
  /** All the octets of an upload's session. */
  readonly file?: Uint8Array;
}

export interface GraphAdminOptions extends Omit<GraphOptions, "connectionsMax"> {
  readonly name: string;
  readonly log: Log;
}

export class GraphAdmin {
  readonly #options: GraphAdminOptions;
  readonly #agent: Agent;
  #pending = 0;

  constructor(options: GraphAdminOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connections: CONNECTIONS_MAX,
      connectTimeout: options.connectTimeoutMs,
      headersTimeout: options.answerTimeoutMs,
      bodyTimeout: options.answerTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /**
   * A token that is refused while there is another is replaced, and the request made again: nothing came of the first.
   *
   * @throws RequestRefused with Meta's words, or 429 where too many are under way; Fault CARRIER_UNREACHABLE when nothing
   *   came that says what became of it, or Meta wants it asked again
   */
  async ask(asked: AdminRequest): Promise<Json> {
    const { name, log, secrets } = this.#options;
    if (!PATH.test(asked.path) || asked.path.includes("..")) throw new RequestRefused(404, "Not found");
    if (this.#pending >= PENDING_MAX) throw new RequestRefused(429, "Too many requests to WhatsApp are under way.");
    this.#pending += 1;
    let answer: Json;
    let token = secrets.token;
    try {
      answer = await this.#answer(asked, token);
      if (isTokenRefused(answer) && secrets.isReplaced(token)) {
        token = secrets.token;
        answer = await this.#answer(asked, token);
      }
    } catch (error) {
      const { reason } = failureOf(error);
      log.warn(
        { event: "whatsapp.admin_unanswered", carrier: name, path: asked.path, reason },
        "no answer of WhatsApp",
      );
      throw new Fault("CARRIER_UNREACHABLE", { detail: reason });
    } finally {
      this.#pending -= 1;
    }
    if (!isObject(answer["error"])) return answer;
    const refused = refusalOf(objectIn(answer["error"]), token);
    const { code, subcode, words, isOperators } = refused;
    const line = { event: "whatsapp.admin_refused", carrier: name, path: asked.path, code, subcode, words };
    if (isOperators) log.error(line, "WhatsApp does not let the token administer this");
    else log.info(line, "WhatsApp refused");
    throw refused.error;
  }

  /** What answers with nothing but that it succeeded. @throws as `ask` */
  async succeed(asked: AdminRequest): Promise<void> {
    const answer = await this.ask(asked);
    if (answer["success"] === false)
      throw new Fault("CARRIER_UNREACHABLE", { detail: "it says that it did not succeed" });
  }

  async close() {
    await this.#agent.destroy();
  }

  /** @throws Error when there is none, or it is none */
  async #answer({ method, path, query, json, form, file }: AdminRequest, token: string): Promise<Json> {
    const { baseUrl, graphVersion } = this.#options;
    const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
    const encoded =
      file === undefined ? await encodedBody(json, form) : { type: "application/octet-stream", bytes: file };
    const { body } = await request(`${baseUrl}/${graphVersion}/${path}${search}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        ...headersOf(token),
        ...(file === undefined ? {} : uploadHeadersOf(token)),
        ...(encoded === null ? {} : { "content-type": encoded.type }),
      },
      ...(encoded === null ? {} : { body: encoded.bytes }),
    });
    const read = await readJson(body, ANSWER_BYTES_MAX);
    if (isObject(read)) return read;
    throw new Error("the answer is no JSON object");
  }
}

/** Meta's page on uploads has another scheme than all of its others. */
function uploadHeadersOf(token: string) {
  return { authorization: `OAuth ${token}`, file_offset: "0" };
}

async function encodedBody(json: AdminRequest["json"], form: AdminRequest["form"]) {
  if (json !== undefined) return { type: "application/json", bytes: Buffer.from(JSON.stringify(json)) };
  if (form === undefined) return null;
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value, name);
  }
  const encoded = new Response(data);
  return { type: encoded.headers.get("content-type") ?? "", bytes: Buffer.from(await encoded.arrayBuffer()) };
}
