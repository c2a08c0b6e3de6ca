import { asObject } from "./answer.ts";
import { ComponentError, shorten } from "./error.ts";

/** System codes that say: no connection came about, so nothing was sent. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** The other side's certificate or TLS itself was refused: nothing was sent, and the next attempt would end alike. */
const TLS_REFUSED =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;
/** Names that hosts give to their time limit: fetch, axios, undici. */
const TIMED_OUT: ReadonlySet<string> = new Set([
  "TimeoutError",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "ECONNABORTED",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);
/** Set by our own host when an answer outgrows its limit: the server answered, so the message may be accepted. */
export const ANSWER_TOO_LONG = "ANSWER_TOO_LONG";
const CAUSE_DEPTH_MAX = 5;

/**
 * The error of an attempt without an answer. Of the host's error only name, code and text are kept: HTTP clients hang
 * the whole request on theirs, with the key in its headers.
 */
export function errorOfTransport(
  cause: unknown,
  timeoutMs: number,
  redact: (text: string) => string = (text) => text,
): ComponentError {
  const code = findCode(cause);
  const name = textOf(cause, "name") ?? "Error";
  const text = shorten(redact(hideCredentials(findText(cause) ?? name)));
  const kept = { name, message: text, ...(code === undefined ? {} : { code }) };
  const label = code ?? name;
  if (label === ANSWER_TOO_LONG) {
    return new ComponentError({ code: "BAD_RESPONSE", message: text, outcome: "unknown", cause: kept });
  }
  if (TIMED_OUT.has(label) || TIMED_OUT.has(name)) {
    const message = `no answer within ${timeoutMs} ms`;
    return new ComponentError({ code: "TIMEOUT", message, outcome: "unknown", cause: kept });
  }
  if (TLS_REFUSED.test(label)) {
    const message = `TLS failed (${label}); for a server without TLS write http:// in baseUrl`;
    return new ComponentError({ code: "NETWORK", message, isRetryable: false, outcome: "not-sent", cause: kept });
  }
  const outcome = NEVER_CONNECTED.has(label) ? "not-sent" : "unknown";
  return new ComponentError({ code: "NETWORK", message: `no answer (${code ?? text})`, outcome, cause: kept });
}

/** The system's code sits on the error, on its cause (fetch) or on the first of several (connecting to many addresses). */
function findCode(error: unknown): string | undefined {
  for (const link of causes(error)) {
    const code = textOf(link, "code") ?? textOf((asObject(link)["errors"] as unknown[] | undefined)?.[0], "code");
    if (code !== undefined) return shorten(code);
  }
  return undefined;
}

/** The innermost text: fetch's own is always "fetch failed". */
function findText(error: unknown): string | undefined {
  return causes(error)
    .map((link) => textOf(link, "message"))
    .findLast((text) => text !== undefined);
}

function causes(error: unknown): readonly unknown[] {
  const links: unknown[] = [];
  for (let link = error; link !== undefined && links.length < CAUSE_DEPTH_MAX; link = asObject(link)["cause"])
    links.push(link);
  return links;
}

function textOf(value: unknown, field: string): string | undefined {
  const text = asObject(value)[field];
  return typeof text === "string" && text !== "" ? text : undefined;
}

function hideCredentials(text: string): string {
  return text.replace(/\b(App|Basic|Bearer|IBSSO)\s+\S+/g, "$1 ***");
}
