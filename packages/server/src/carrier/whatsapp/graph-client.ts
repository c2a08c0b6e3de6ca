/** HTTP to the Graph API: a pool of connections that are kept, with a limit on everything. */
import type { Readable } from "node:stream";
import { Agent, request } from "undici";
import type { CarrierMedia } from "../webhook.ts";
import { isObject, type Json, numberIn, objectIn, textIn } from "./json.ts";
import type { CloudSecrets } from "./secrets.ts";

/** Answers have some hundred octets; what is longer is none. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** Of the largest documents that WhatsApp carries. */
const MEDIA_BYTES_MAX = 100 * 1024 * 1024;
/** Shorter than any load balancer's: a connection that the other side has just closed loses the answer. */
export const KEEP_ALIVE_MS = 4_000;
/** Of errors that another token may mend. */
const TOKEN_ERROR_CODES: ReadonlySet<number> = new Set([0, 190]);
/** An id is part of a path. */
const MEDIA_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * `unsent`: nothing of the request has left, because there was no connection. `lost`: what came back says nothing, or
 * nothing came; the request may have been heard.
 */
export type GraphAnswer =
  | { readonly kind: "answered"; readonly body: Json }
  | { readonly kind: "unsent"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string };

export interface GraphOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly graphVersion: string;
  readonly secrets: Pick<CloudSecrets, "token" | "isReplaced">;
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

/**
 * What cannot come from a connection that stood. Not all that sounds like it: a network can become unreachable under a
 * request, and one that is under way when the carrier stops ends as UND_ERR_DESTROYED.
 */
const UNSENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_CLOSED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);
const UNSENT_CALLS: ReadonlySet<string> = new Set(["connect", "getaddrinfo"]);

export class GraphClient {
  readonly #options: GraphOptions;
  readonly #agent: Agent;

  constructor(options: GraphOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connections: options.connectionsMax,
      connectTimeout: options.connectTimeoutMs,
      headersTimeout: options.answerTimeoutMs,
      bodyTimeout: options.answerTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /**
   * Never rejects. The HTTP status is not looked at: what an answer means is said in its body. A token that is refused
   * while there is another is replaced, and the request made again: nothing came of the first.
   */
  async post(path: string, body: Json): Promise<GraphAnswer> {
    const { secrets } = this.#options;
    const used = secrets.token;
    const answer = await this.#post(path, body, used);
    const isRefused = answer.kind === "answered" && isTokenRefused(answer.body);
    return isRefused && secrets.isReplaced(used) ? this.#post(path, body, secrets.token) : answer;
  }

  async #post(path: string, body: Json, token: string): Promise<GraphAnswer> {
    const { baseUrl, graphVersion } = this.#options;
    try {
      const { body: answer } = await request(`${baseUrl}/${graphVersion}/${path}`, {
        method: "POST",
        dispatcher: this.#agent,
        headers: { ...headersOf(token), "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const read = await readJson(answer);
      return isObject(read)
        ? { kind: "answered", body: read }
        : { kind: "lost", reason: "the answer is no JSON object" };
    } catch (error) {
      return failureOf(error);
    }
  }

  /**
   * A medium by its id: where it is, and then itself. Null where there is none (any more).
   *
   * @throws Error when Meta does not answer
   */
  async media(mediaId: string, phoneNumberId: string): Promise<CarrierMedia | null> {
    if (!MEDIA_ID.test(mediaId)) return null;
    const { secrets } = this.#options;
    const query = new URLSearchParams({ phone_number_id: phoneNumberId });
    const path = `${mediaId}?${query.toString()}`;
    const used = secrets.token;
    const first = await this.#get(path, used);
    const described = isTokenRefused(first) && secrets.isReplaced(used) ? await this.#get(path, secrets.token) : first;
    const url = isObject(described) ? textIn(described["url"]) : undefined;
    if (!isObject(described) || url === undefined || !this.#mayHaveToken(url)) return null;
    if ((numberIn(described["file_size"]) ?? 0) > MEDIA_BYTES_MAX) return null;
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      headers: headersOf(secrets.token),
    });
    const contentLength = numberIn(headers["content-length"]);
    if (statusCode !== 200 || (contentLength ?? 0) > MEDIA_BYTES_MAX) {
      body.destroy();
      return null;
    }
    const contentType = textIn(described["mime_type"]) ?? "application/octet-stream";
    return { contentType, ...(contentLength === undefined ? {} : { contentLength }), body: limited(body) };
  }

  async close() {
    await this.#agent.destroy();
  }

  async #get(path: string, token: string): Promise<unknown> {
    const { baseUrl, graphVersion } = this.#options;
    const { body } = await request(`${baseUrl}/${graphVersion}/${path}`, {
      dispatcher: this.#agent,
      headers: headersOf(token),
    });
    return readJson(body);
  }

  /** The token goes to Meta over TLS, or back to where everything else goes. */
  #mayHaveToken(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { protocol, origin } = new URL(url);
    return protocol === "https:" || origin === new URL(this.#options.baseUrl).origin;
  }
}

export function headersOf(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, "user-agent": "Posthorn" };
}

export function isTokenRefused(answer: unknown): boolean {
  const code = numberIn(objectIn(objectIn(answer)["error"])["code"]);
  return code !== undefined && TOKEN_ERROR_CODES.has(code);
}

/** Undefined: it is longer, or no JSON. */
export async function readJson(body: Readable, bytesMax: number = ANSWER_BYTES_MAX): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    if (length > bytesMax) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Breaks off where a medium is longer than any may be. */
function limited(body: Readable): Readable {
  let length = 0;
  body.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > MEDIA_BYTES_MAX) body.destroy(new Error("the medium is larger than any may be"));
  });
  body.pause();
  return body;
}

interface NetworkError {
  readonly code?: string;
  readonly syscall?: string;
  readonly message?: string;
  /** One for each address that was tried. */
  readonly errors?: readonly NetworkError[];
}

function isUnsent({ code = "", syscall = "", errors }: NetworkError): boolean {
  if (UNSENT_CODES.has(code) || UNSENT_CALLS.has(syscall)) return true;
  return errors !== undefined && errors.length > 0 && errors.every(isUnsent);
}

export function failureOf(error: unknown): Exclude<GraphAnswer, { readonly kind: "answered" }> {
  const { code = "", message = "" } = error as NetworkError;
  const reason = [code, message].filter((part) => part !== "").join(": ") || String(error);
  return { kind: isUnsent(error as NetworkError) ? "unsent" : "lost", reason };
}
