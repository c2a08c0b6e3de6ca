import { validateHeaderName, validateHeaderValue } from "node:http";
import { InvalidRequest } from "../../kernel/invalid-request.ts";

/** Headers of a profile or a token request at most, and characters of all of them. */
const HEADERS_MAX = 50;
const HEADERS_LENGTH_MAX = 8192;
/** Longer patterns are programs. */
export const PATTERN_LENGTH_MAX = 512;

/** They frame the request, or say where it goes. */
const OURS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @throws InvalidRequest unless it is an http or https URL without credentials in it */
export function checkUrl(property: string, text: string) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new InvalidRequest(property, "must be an http or https URL");
  }
  if (url.username !== "" || url.password !== "") throw new InvalidRequest(property, "must not have credentials in it");
}

/** @throws InvalidRequest for a header that cannot be sent or is not the client's to set */
export function checkHeaders(property: string, headers: Readonly<Record<string, string>> | undefined) {
  const entries = Object.entries(headers ?? {});
  if (entries.length > HEADERS_MAX) throw new InvalidRequest(property, `size must be between 0 and ${HEADERS_MAX}`);
  const length = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length > HEADERS_LENGTH_MAX) {
    throw new InvalidRequest(property, `must have at most ${HEADERS_LENGTH_MAX} characters in all`);
  }
  for (const [name, value] of entries) {
    if (OURS.has(name.toLowerCase())) throw new InvalidRequest(`${property}.${name}`, "cannot be set");
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new InvalidRequest(`${property}.${name}`, "is no HTTP header");
    }
  }
}

/** @throws InvalidRequest for what is no regular expression */
export function checkPattern(property: string, pattern: string | undefined) {
  if (pattern === undefined) return;
  if (pattern.length > PATTERN_LENGTH_MAX) {
    throw new InvalidRequest(property, `size must be between 0 and ${PATTERN_LENGTH_MAX}`);
  }
  try {
    RegExp(pattern, "u");
  } catch {
    throw new InvalidRequest(property, "must be a regular expression");
  }
}
