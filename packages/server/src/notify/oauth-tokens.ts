import { createHash } from "node:crypto";
import type { OauthCredentials } from "@posthorn/contract";
import { type Dispatcher, request } from "undici";
import type { Clock } from "../kernel/clock.ts";
import { readText } from "./read-text.ts";

/** Tokens in memory at most; the one used longest ago goes first. */
const TOKENS_MAX = 1000;
const ANSWER_LENGTH_MAX = 65_536;
/** A token is fetched anew this long before it ends, so that none ends on its way. */
const EARLY_MS = 30_000;
/** Where the answer has no `expires_in` (RFC 6749, 5.1 only recommends it). */
const LIFE_MS_DEFAULT = 300_000;
const LIFE_MS_MAX = 86_400_000;

interface Token {
  readonly authorization: string;
  readonly until: number;
}

export interface OauthTokensOptions {
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  /** Throws for an address that may not be called. */
  readonly refuseHost: (hostname: string) => void;
}

/** Access tokens for webhooks (RFC 6749), each kept until it ends. Those who wait for the same one share its request. */
export class OauthTokens {
  readonly #options: OauthTokensOptions;
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new Map<string, Promise<Token>>();

  constructor(options: OauthTokensOptions) {
    this.#options = options;
  }

  /** @throws Error when none is given */
  async authorization(place: string, credentials: OauthCredentials): Promise<string> {
    const key = keyOf(place, credentials);
    const kept = this.#tokens.get(key);
    if (kept !== undefined && kept.until > this.#options.clock.now()) {
      this.#keep(key, kept);
      return kept.authorization;
    }
    let fetching = this.#fetching.get(key);
    if (fetching === undefined) {
      fetching = this.#fetch(credentials).finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, fetching);
    }
    const token = await fetching;
    this.#keep(key, token);
    return token.authorization;
  }

  /** A receiver does not take it any more. A newer one that came meanwhile stays. */
  forget(place: string, credentials: OauthCredentials, authorization: string) {
    const key = keyOf(place, credentials);
    if (this.#tokens.get(key)?.authorization === authorization) this.#tokens.delete(key);
  }

  #keep(key: string, token: Token) {
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > TOKENS_MAX && oldest !== undefined) this.#tokens.delete(oldest);
  }

  async #fetch(credentials: OauthCredentials): Promise<Token> {
    const { clock, dispatcher, timeoutMs, refuseHost } = this.#options;
    refuseHost(new URL(credentials.tokenUrl).hostname);
    const response = await request(credentials.tokenUrl, {
      method: "POST",
      dispatcher,
      headers: {
        ...credentials.headers,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        "user-agent": "Posthorn",
      },
      body: formOf(credentials),
    });
    const text = await readText(response.body, ANSWER_LENGTH_MAX, timeoutMs);
    if (response.statusCode !== 200) throw new Error(`the token server answered HTTP ${response.statusCode}`);
    return tokenOf(text, clock.now());
  }
}

/** With the credentials in it: changed ones must not use the old ones' token. */
function keyOf(place: string, credentials: OauthCredentials): string {
  return `${place} ${createHash("sha256").update(JSON.stringify(credentials)).digest("base64")}`;
}

/** The parameters of RFC 6749, 4.3, 4.4 and 6; `resource` is RFC 8707. */
function formOf(credentials: OauthCredentials): string {
  const named = {
    grant_type: credentials.grantType,
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    scope: credentials.scope,
    username: credentials.username,
    password: credentials.password,
    resource: credentials.resource,
    refresh_token: credentials.refreshToken,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(named)) if (value !== undefined && value !== "") form.append(name, value);
  return form.toString();
}

/** What it says is not repeated in an error: it may be a secret. */
function tokenOf(text: string, now: number): Token {
  let answer: { access_token?: unknown; expires_in?: unknown } = {};
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    // Without a token like any other answer that has none.
  }
  const { access_token: accessToken, expires_in: expiresIn } = answer ?? {};
  if (typeof accessToken !== "string" || !/^[\x21-\x7e]{1,8192}$/.test(accessToken)) {
    throw new Error("the token server gave no access_token");
  }
  const seconds = Number(expiresIn ?? Number.NaN);
  const lifeMs = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, LIFE_MS_MAX) : LIFE_MS_DEFAULT;
  return { authorization: `Bearer ${accessToken}`, until: now + Math.max(lifeMs - EARLY_MS, 0) };
}
