import { type ComponentError, violationError } from "./error.ts";
import { BASE_URL_LENGTH_MAX } from "./limits.ts";

/** scheme, authority, then a path, query or fragment. `host:8080` is host and port, never a scheme. */
const BASE_URL = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#\\\s]*)(.*)$/is;
/** A host without a colon or a bracketed IPv6 address, then an optional port. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::([0-9]{1,5}))?$/i;
const PORT_MAX = 65_535;

function refuse(violation: string): ComponentError {
  // The value itself stays out of the error: people paste keys and passwords into the wrong field.
  return violationError("INVALID_CONNECTION", [{ property: "baseUrl", violation }]);
}

/**
 * The origin that requests go to: `xxxxx.api.infobip.com` becomes `https://xxxxx.api.infobip.com`.
 * Without a scheme it is https; http only when written. A path is dropped, as Infobip's own Java client does
 * (facts: `RequestFactory.java`), because the API sits at the root of its host.
 *
 * @throws ComponentError INVALID_CONNECTION naming `baseUrl`
 */
export function normaliseBaseUrl(value: unknown): string {
  if (typeof value !== "string") throw refuse("must be a string");
  const text = value.trim();
  if (text === "") throw refuse("must not be empty");
  if (text.length > BASE_URL_LENGTH_MAX) throw refuse(`must be at most ${BASE_URL_LENGTH_MAX} characters`);
  const [, scheme = "https", authority = "", rest = ""] = BASE_URL.exec(text) ?? [];
  const protocol = scheme.toLowerCase();
  if (protocol !== "https" && protocol !== "http") throw refuse("must be an https:// or http:// address");
  if (authority.includes("@")) throw refuse("must not contain a user name or password");
  if (/[?]/.test(rest)) throw refuse("must not contain a query");
  if (rest.includes("#")) throw refuse("must not contain a fragment");
  if (/[\\\s]/.test(rest)) throw refuse("must not contain white space or a backslash");
  const [, host, port] = AUTHORITY.exec(authority) ?? [];
  if (host === undefined) throw refuse("must be a host name, with an optional scheme and port");
  if (port !== undefined && (Number(port) === 0 || Number(port) > PORT_MAX))
    throw refuse(`must have a port from 1 to ${PORT_MAX}`);
  const url = URL.parse(`${protocol}://${host}${port === undefined ? "" : `:${port}`}`);
  if (url === null || url.hostname === "" || url.username !== "" || url.pathname !== "/") {
    throw refuse("must be a host name, with an optional scheme and port");
  }
  return url.origin;
}
