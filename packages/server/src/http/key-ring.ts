import { hash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { createIpMatcher, type IpMatcher } from "../kernel/ip-ranges.ts";
import { secretHex } from "../kernel/random.ts";
import type { ApiKeyRecord, KeyPlatform, Store } from "../store/store.ts";

/** Everything that comes in on one API key. Accounts of their own come later; until then there is one. */
export const DEFAULT_ACCOUNT_ID = 1;
/** A scope that allows every operation. */
export const SCOPE_ALL = "*";
/** Ours, beside Infobip's: what concerns the whole server and not one account. */
export const OPERATOR_SCOPE = "posthorn:manage";
/** A revoked key is refused this much later at the latest: `posthorn key revoke` runs in a process of its own. */
const CACHE_MS = 2_000;
/** Unknown secrets are never kept, so guessing fills nothing. */
const CACHE_KEYS_MAX = 10_000;
/** Longer ones are no key of ours, and are not hashed. */
const SECRET_LENGTH_MAX = 512;

export interface Principal {
  readonly keyId: string;
  readonly accountId: number;
  readonly scopes: ReadonlySet<string>;
  /** What its sends are held to; empty: nothing. */
  readonly platform: readonly KeyPlatform[];
}

interface CachedKey {
  readonly principal: Principal;
  readonly record: ApiKeyRecord;
  /** Null: from anywhere. */
  readonly isAllowedIp: IpMatcher | null;
  readonly until: number;
}

/**
 * Tells who is calling. Secrets are 288 random bits, so a plain SHA-256 of them is as good as a slow hash and cheap
 * enough for every request. They are found by that hash: nothing about a secret can be learnt from the time it takes.
 */
export class KeyRing {
  readonly #store: Pick<Store, "findApiKeyByHash">;
  readonly #clock: Clock;
  readonly #cache = new Map<string, CachedKey>();

  constructor(store: Pick<Store, "findApiKeyByHash">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * @param authorization the header's value: `App KEY` or `Basic base64(keyId:KEY)`
   * @param ip the client's address
   * @returns null: nobody that we know, or not from there. At once where the key is remembered, which it nearly always
   *   is: a request waits for nothing then
   */
  identify(authorization: string | undefined, ip: string): Principal | null | Promise<Principal | null> {
    const credentials = parseAuthorization(authorization);
    return credentials === null ? null : this.identifyPair(credentials.keyId, credentials.secret, ip);
  }

  /** As `identify`. @param keyId null where only the secret was given */
  identifyPair(keyId: string | null, secret: string, ip: string): Principal | null | Promise<Principal | null> {
    if (secret.length > SECRET_LENGTH_MAX * 2) return null;
    const secretHash = hashSecret(secret);
    const cached = this.#cached(secretHash);
    if (cached !== null) return this.#judge(cached, keyId, ip);
    return this.#load(secretHash).then((loaded) => (loaded === null ? null : this.#judge(loaded, keyId, ip)));
  }

  #judge({ record, principal, isAllowedIp }: CachedKey, keyId: string | null, ip: string): Principal | null {
    if (!isUsable(record, this.#clock.now())) return null;
    if (keyId !== null && !sameText(keyId, record.id)) return null;
    if (isAllowedIp !== null && !isAllowedIp(ip)) return null;
    return principal;
  }

  /** To be called when a key was changed here: its next use is judged by what it is now. */
  forget(secretHash: string) {
    this.#cache.delete(secretHash);
  }

  #cached(secretHash: string): CachedKey | null {
    const cached = this.#cache.get(secretHash);
    return cached !== undefined && cached.until > this.#clock.now() ? cached : null;
  }

  async #load(secretHash: string): Promise<CachedKey | null> {
    const record = await this.#store.findApiKeyByHash(secretHash);
    if (record === null) {
      this.#cache.delete(secretHash);
      return null;
    }
    if (this.#cache.size >= CACHE_KEYS_MAX) this.#cache.clear();
    const { id: keyId, accountId, scopes, limits } = record;
    const principal = { keyId, accountId, scopes: new Set(scopes), platform: limits?.platform ?? [] };
    const allowedIps = limits?.allowedIps ?? [];
    const isAllowedIp = allowedIps.length === 0 ? null : createIpMatcher(allowedIps);
    const cached = { principal, record, isAllowedIp, until: this.#clock.now() + CACHE_MS };
    this.#cache.set(secretHash, cached);
    return cached;
  }
}

/** True when the key has one of an operation's scopes. */
export function isAllowed(principal: Principal, scopes: readonly string[]): boolean {
  return principal.scopes.has(SCOPE_ALL) || scopes.some((scope) => principal.scopes.has(scope));
}

/** A secret in the shape of Infobip's own: 32 hexadecimal digits, a hyphen and a UUID. */
export function createSecret(): string {
  const digits = secretHex(36);
  const uuid = [8, 12, 16, 20].reduce(
    (text, end, index) => `${text.slice(0, end + index)}-${text.slice(end + index)}`,
    digits.slice(32, 64),
  );
  return `${digits.slice(0, 32)}-${uuid}`;
}

/** Short enough for an SMPP system_id (15 octets). */
export function createKeyId(): string {
  return `key${secretHex(6)}`;
}

export function hashSecret(secret: string): string {
  return hash("sha256", secret);
}

function isUsable({ revokedAt, validUntil, limits }: ApiKeyRecord, now: number): boolean {
  if (revokedAt !== null || (limits !== undefined && limits.validFrom > now)) return false;
  return validUntil === null || validUntil > now;
}

const APP = "App ";
const WITHOUT_BLANKS = /^\S+$/;

function parseAuthorization(header = ""): { keyId: string | null; secret: string } | null {
  const rest = header.startsWith(APP) ? header.slice(APP.length) : "";
  // Written as nearly everybody writes it: the expression for all notations costs several times as much.
  if (rest.length <= SECRET_LENGTH_MAX * 2 && WITHOUT_BLANKS.test(rest)) return { keyId: null, secret: rest };
  const match = /^(App|Basic) +(\S+) *$/i.exec(header);
  const [, scheme, value] = match ?? [];
  if (scheme === undefined || value === undefined || value.length > SECRET_LENGTH_MAX * 2) return null;
  if (scheme.toLowerCase() === "app") return { keyId: null, secret: value };
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? null : { keyId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(hashSecret(left)), Buffer.from(hashSecret(right))];
  return timingSafeEqual(a, b);
}
