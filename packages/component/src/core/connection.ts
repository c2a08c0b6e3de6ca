import { parseAnswer } from "./answer.ts";
import { normaliseBaseUrl } from "./base-url.ts";
import { isComponentError, violationError } from "./error.ts";
import { exchange, RETRY_LIMITS, type RetryLimits } from "./exchange.ts";
import { ACCEPT_JSON } from "./json-headers.ts";
import { API_KEY_LENGTH_MAX } from "./limits.ts";
import type { HttpRequest, Runtime } from "./runtime.ts";

export interface Connection {
  readonly key: string;
  /** Host with an optional scheme and port: `xxxxx.api.infobip.com`, `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
}

/**
 * A connection that can be used: key trimmed, base URL an origin.
 *
 * @throws ComponentError INVALID_CONNECTION naming `key` or `baseUrl`; never repeats either value
 */
export function checkConnection(connection: Connection): Connection {
  if (typeof connection !== "object" || connection === null) {
    throw violationError("INVALID_CONNECTION", [
      { property: "connection", violation: "must be an object with key and baseUrl" },
    ]);
  }
  return { key: checkKey(connection.key), baseUrl: normaliseBaseUrl(connection.baseUrl) };
}

function checkKey(value: unknown): string {
  const refuse = (violation: string) => violationError("INVALID_CONNECTION", [{ property: "key", violation }]);
  if (typeof value !== "string") throw refuse("must be a string");
  const key = value.trim();
  if (key === "") throw refuse("must not be empty");
  if (key.length > API_KEY_LENGTH_MAX) throw refuse(`must be at most ${API_KEY_LENGTH_MAX} characters`);
  // Only visible ASCII fits into a header; a space is mostly a pasted "App <key>". HTTP clients print the whole header
  // when they refuse one, so it must not get that far.
  if (!/^[!-~]+$/.test(key)) throw refuse("must be the key alone: visible ASCII characters, no space");
  return key;
}

/** The cheapest request that needs a valid key and changes nothing. */
export const TEST_REQUEST: HttpRequest = { method: "GET", path: "/account/1/balance", query: {}, headers: ACCEPT_JSON };

export interface ConnectionTest {
  /** The server took the key. */
  readonly ok: boolean;
  readonly balance?: number;
  readonly currency?: string;
  /** Why not; or, with `ok`, why there is no balance. */
  readonly reason?: string;
}

/** A person waits for this one, and it can simply be repeated. */
const TEST_ATTEMPTS_MAX = 2;

/** Asks for the balance. Fails only when aborted; everything else is an answer. */
export async function testConnection(
  runtime: Runtime,
  options: { readonly signal?: AbortSignal | undefined } = {},
  limits: RetryLimits = RETRY_LIMITS,
): Promise<ConnectionTest> {
  try {
    const body = await exchange(
      {
        action: "testConnection",
        request: TEST_REQUEST,
        limits: { ...limits, attemptsMax: Math.min(limits.attemptsMax, TEST_ATTEMPTS_MAX) },
        signal: options.signal,
        parse: (response) =>
          parseAnswer<{ balance: number; currency?: unknown }>(response, ({ balance }) => typeof balance === "number"),
      },
      runtime,
    );
    return {
      ok: true,
      balance: body.balance,
      ...(typeof body.currency === "string" ? { currency: body.currency } : {}),
    };
  } catch (error) {
    if (!isComponentError(error) || error.code === "ABORTED") throw error;
    // 403 is given after the key was recognised. Keys made for sending alone rarely have the account scope.
    if (error.code === "FORBIDDEN") {
      return {
        ok: true,
        reason: "The key is valid but lacks the scope account-management:manage, so the balance stays unknown.",
      };
    }
    if (error.code === "UNAUTHORIZED") return { ok: false, reason: `The key was refused (${error.message}).` };
    return { ok: false, reason: error.message };
  }
}
