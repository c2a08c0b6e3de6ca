import type { BasicCredentials, HmacCredentials, OauthCredentials } from "@posthorn/contract";
import type { SecureVersion } from "node:tls";
import { Agent, type Dispatcher, request } from "undici";
import type { Clock } from "../kernel/clock.ts";
import { isFound, TRIED_LENGTH_MAX } from "./bounded-pattern.ts";
import { OauthTokens } from "./oauth-tokens.ts";
import { JSON_TYPE, type Payload } from "./payload.ts";
import type { Delivery } from "./profile-directory.ts";
import { describe, type PushOutcome, refusePrivateHost, refusePrivateLookup } from "./push.ts";
import { readText } from "./read-text.ts";
import { type SignatureFormat, signatureOf } from "./signature.ts";
import type { ClientCertificate } from "./subscriptions/certificates.ts";
import type { StoredProfile } from "./subscriptions/documents.ts";

/** Sets of connections that are kept at most; those used longest ago are closed. */
const AGENTS_MAX = 200;
/** Requests of one profile at the same time at most, however large its window is. */
export const WINDOW_SIZE_MAX = 64;
const UNAUTHORIZED = 401;

export interface ProfilePusherOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly allowsPrivateTargets: boolean;
  readonly signatureHeader: string;
  readonly signatureFormat: SignatureFormat;
}

/** Sends webhooks as a profile says: its own timeouts, headers, security, client certificate and idea of success. */
export class ProfilePusher {
  readonly #options: ProfilePusherOptions;
  readonly #agents = new Map<string, Agent>();
  readonly #tokenAgent: Agent;
  readonly #tokens: OauthTokens;

  constructor(options: ProfilePusherOptions) {
    this.#options = options;
    this.#tokenAgent = this.#createAgent({}, null);
    this.#tokens = new OauthTokens({
      clock: options.clock,
      dispatcher: this.#tokenAgent,
      timeoutMs: options.readTimeoutMs,
      refuseHost: (hostname) => this.#refuseHost(hostname),
    });
  }

  /** Never rejects: whatever goes wrong is an outcome. */
  async push(delivery: Delivery, payload: Payload): Promise<PushOutcome> {
    try {
      const first = await this.#pushOnce(delivery, payload);
      if (first.status !== UNAUTHORIZED || delivery.security?.type !== "OAUTH") return first;
      // The token may have been taken back before its time: one more try, with a new one.
      return await this.#pushOnce(delivery, payload);
    } catch (error) {
      return { ok: false, error: describe(error) };
    }
  }

  /** Connects as a webhook would and sends none. Resolves to why that failed, or null. */
  async testConnection(url: string, certificate: ClientCertificate): Promise<string | null> {
    const agent = this.#createAgent({}, certificate);
    try {
      this.#refuseHost(new URL(url).hostname);
      // Some servers say only after the handshake that they do not take a certificate (TLS 1.3), so one answer is read.
      const response = await request(url, { method: "HEAD", dispatcher: agent, headers: { "user-agent": "Posthorn" } });
      await readText(response.body, TRIED_LENGTH_MAX, this.#options.readTimeoutMs);
      return null;
    } catch (error) {
      return describe(error);
    } finally {
      await agent.destroy();
    }
  }

  async close() {
    await Promise.all([this.#tokenAgent.close(), ...[...this.#agents.values()].map((agent) => agent.close())]);
  }

  async #pushOnce(delivery: Delivery, payload: Payload): Promise<PushOutcome> {
    const { url, profile } = delivery;
    this.#refuseHost(new URL(url).hostname);
    const security = await this.#securityHeaders(delivery, payload.body);
    const response = await request(url, {
      method: "POST",
      dispatcher: this.#agentOf(delivery),
      headers: {
        "user-agent": "Posthorn",
        ...withoutOverridden(profile.headers, security),
        "content-type": contentTypeOf(profile, payload),
        ...security,
      },
      body: payload.body,
    });
    const timeoutMs = profile.readTimeout ?? this.#options.readTimeoutMs;
    const text = await readText(response.body, TRIED_LENGTH_MAX, timeoutMs);
    const outcome = outcomeOf(profile, response, text);
    if (response.statusCode === UNAUTHORIZED && delivery.security?.type === "OAUTH") {
      const credentials = delivery.security.credentials as OauthCredentials;
      this.#tokens.forget(delivery.security.place, credentials, security["authorization"] ?? "");
    }
    return outcome;
  }

  async #securityHeaders({ security }: Delivery, body: string): Promise<Record<string, string>> {
    switch (security?.type) {
      case "BASIC": {
        const { username, password } = security.credentials as BasicCredentials;
        return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
      }
      case "HMAC": {
        const { signatureHeader, signatureFormat } = this.#options;
        return { [signatureHeader]: signatureOf(body, security.credentials as HmacCredentials, signatureFormat) };
      }
      case "OAUTH": {
        const authorization = await this.#tokens.authorization(
          security.place,
          security.credentials as OauthCredentials,
        );
        return { authorization };
      }
      // What is the customer's own is in the profile's headers.
      case "CUSTOM":
      case undefined:
        return {};
    }
  }

  #refuseHost(hostname: string) {
    if (!this.#options.allowsPrivateTargets) refusePrivateHost(hostname);
  }

  #agentOf({ connectionKey, profile, certificate }: Delivery): Agent {
    const kept = this.#agents.get(connectionKey) ?? this.#createAgent(profile, certificate);
    this.#agents.delete(connectionKey);
    this.#agents.set(connectionKey, kept);
    const [oldest] = this.#agents;
    if (this.#agents.size > AGENTS_MAX && oldest !== undefined) {
      this.#agents.delete(oldest[0]);
      // It ends when its last answer has come.
      oldest[1].close().catch(() => undefined);
    }
    return kept;
  }

  #createAgent(profile: StoredProfile, certificate: ClientCertificate | null): Agent {
    const { connectTimeoutMs, readTimeoutMs, allowsPrivateTargets } = this.#options;
    const readTimeout = profile.readTimeout ?? readTimeoutMs;
    return new Agent({
      connections: Math.min(profile.windowSize ?? WINDOW_SIZE_MAX, WINDOW_SIZE_MAX),
      connectTimeout: profile.connectTimeout ?? connectTimeoutMs,
      headersTimeout: readTimeout,
      bodyTimeout: readTimeout,
      keepAliveTimeout: 4_000,
      connect: {
        ...tlsVersions(profile.enabledSSLProtocols),
        ...(certificate === null ? {} : { cert: certificate.pem, key: certificate.pem }),
        ...(certificate?.passphrase === undefined ? {} : { passphrase: certificate.passphrase }),
        ...(allowsPrivateTargets ? {} : { lookup: refusePrivateLookup }),
      },
    });
  }
}

function tlsVersions(enabled: readonly SecureVersion[] = []): {
  minVersion?: SecureVersion;
  maxVersion?: SecureVersion;
} {
  const [lowest] = enabled.toSorted();
  const highest = enabled.toSorted().at(-1);
  return lowest === undefined || highest === undefined ? {} : { minVersion: lowest, maxVersion: highest };
}

/** A header that the security settings set, whatever its case, is theirs. */
function withoutOverridden(headers: Readonly<Record<string, string>> = {}, security: Readonly<Record<string, string>>) {
  const taken = new Set(Object.keys(security).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !taken.has(name.toLowerCase())));
}

/** Bodies are JSON: another type is not claimed for them. */
/** Reports in XML, as a message's own content type can ask for them, too. */
export function wantsXml({ webhook }: StoredProfile): boolean {
  return /^(application|text)\/xml\b/i.test(webhook?.contentType ?? "");
}

/** What a profile says of JSON is said in its words; anything else is what the body is. */
function contentTypeOf({ webhook }: StoredProfile, payload: Payload): string {
  const { contentType = "" } = webhook ?? {};
  const isJson =
    payload.contentType === JSON_TYPE && /^application\/([\w.+-]+\+)?json\b[\x20-\x7e]*$/i.test(contentType);
  return isJson ? contentType : payload.contentType;
}

/** A 2xx, narrowed by the profile's patterns for the status and for the beginning of the body. */
function outcomeOf(profile: StoredProfile, response: Dispatcher.ResponseData, text: string): PushOutcome {
  const status = response.statusCode;
  if (status < 200 || status >= 300) return { ok: false, status, error: `HTTP ${status}` };
  const tried = [
    ["responseRegex", profile.responseRegex, String(status)],
    ["responseBodyRegex", profile.responseBodyRegex, text],
  ] as const;
  for (const [name, pattern, against] of tried) {
    const found = pattern === undefined || pattern === "" ? true : isFound(pattern, against);
    if (found === true) continue;
    const why = found === null ? `${name} took too long` : `${name} does not match`;
    return { ok: false, status, error: `HTTP ${status}, and ${why}` };
  }
  return { ok: true, status };
}
