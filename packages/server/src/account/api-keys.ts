import type {
  ApiKey,
  CreatedApiKey,
  ApiKeyResponse,
  ApiKeys,
  ApiKeysQuery,
  ApiKeysQueryV1,
  CreateApiKeyRequest,
  CreateApiKeyRequestV1,
  GetApiKeysResponse,
  UpdateApiKeyRequest,
  UpdateApiKeyRequestV1,
} from "@posthorn/contract";
import { createKeyId, createSecret, hashSecret, SCOPE_ALL } from "../http/key-ring.ts";
import type { Clock } from "../kernel/clock.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { ApiKeyRecord, KeyPlatform, Store } from "../store/store.ts";
import { isOwnAccount } from "./account-key.ts";
import { shownKey, shownKeyV1, sortKeys } from "./key-view.ts";
import { fromPermissionsV1, PERMISSIONS_DEFAULT, scopesOfPermissions } from "./key-scopes.ts";
import { checkKey, dateOf, type KeyChange, limitsOf } from "./key-request.ts";

/** Infobip's document: made within a day and an account, over the API and otherwise. */
const KEYS_PER_DAY_MAX = 40;
const DAY_MS = 86_400_000;
const PAGE_SIZE_DEFAULT = 100;
const LIMIT_V1_DEFAULT = 40;

export interface ApiKeysOptions {
  readonly store: Pick<Store, "listApiKeys" | "saveApiKey">;
  readonly clock: Clock;
  /** A key was changed: whoever remembers it must look again. */
  readonly onChanged: (secretHash: string) => void;
  /** Sees to it that what a key is linked to is there. */
  readonly ensurePlatforms: (accountId: number, platform: readonly KeyPlatform[]) => Promise<void>;
}

/**
 * An account's API keys over HTTP, in both versions. A secret is told once, in the answer to its creation. Changes are
 * made one after the other, so that none is judged by what another is just replacing.
 */
export class ApiKeyDesk {
  readonly #options: ApiKeysOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ApiKeysOptions) {
    this.#options = options;
  }

  async list(accountId: number, query: ApiKeysQuery): Promise<GetApiKeysResponse> {
    const { page = 0, size = PAGE_SIZE_DEFAULT, orderBy = "id", name, enabled, apiKeySecret } = query;
    const orderDirection = (query.orderDirection ?? "asc").toLowerCase();
    const found = await this.#find(accountId, { name, enabled, secret: apiKeySecret });
    const sorted = sortKeys(found, orderBy, orderDirection === "desc");
    return {
      apiKeys: sorted.slice(page * size, (page + 1) * size).map((key) => shownKey(key)),
      paging: {
        page,
        pageSize: size,
        orderDirection,
        orderBy,
        totalCount: sorted.length,
        totalPages: Math.ceil(sorted.length / size),
      },
    };
  }

  /** @throws RequestRefused 429 after the day's last; InvalidRequest */
  async create(accountId: number, request: CreateApiKeyRequest): Promise<CreatedApiKey> {
    checkKey(request, false);
    const { record, secret } = await this.#create(accountId, { ...request, scopes: request.scopeGuids });
    return { ...shownKey(record), apiKeyId: record.id, apiKeySecret: secret };
  }

  /** @throws RequestRefused 404 */
  async get(accountId: number, id: string): Promise<ApiKey> {
    return shownKey(await this.#mustFind(accountId, id));
  }

  /** @throws RequestRefused 404; InvalidRequest */
  async update(accountId: number, id: string, request: UpdateApiKeyRequest): Promise<ApiKey> {
    checkKey(request, true);
    return shownKey(await this.#update(accountId, id, { ...request, scopes: request.scopeGuids }));
  }

  async listV1(accountId: number, accountKey: string, query: ApiKeysQueryV1): Promise<ApiKeys> {
    requireAccount(accountKey, accountId);
    const { name, enabled, publicApiKey, limit = LIMIT_V1_DEFAULT } = query;
    const found = await this.#find(accountId, { name, enabled, secret: publicApiKey });
    return { apiKeys: found.slice(0, limit).map((key) => shownKeyV1(key)) };
  }

  async createV1(accountId: number, accountKey: string, request: CreateApiKeyRequestV1): Promise<ApiKeyResponse> {
    requireAccount(accountKey, accountId);
    checkKey(request, false);
    const { record, secret } = await this.#create(accountId, changeOfV1(request));
    return { ...shownKeyV1(record), publicApiKey: secret };
  }

  async getV1(accountId: number, accountKey: string, id: string): Promise<ApiKeyResponse> {
    requireAccount(accountKey, accountId);
    return shownKeyV1(await this.#mustFind(accountId, id));
  }

  async updateV1(
    accountId: number,
    { accountKey, key }: { readonly accountKey: string; readonly key: string },
    request: UpdateApiKeyRequestV1,
  ): Promise<ApiKeyResponse> {
    requireAccount(accountKey, accountId);
    checkKey(request, true);
    return shownKeyV1(await this.#update(accountId, key, changeOfV1(request)));
  }

  async #create(accountId: number, change: KeyChange & { readonly name: string }) {
    return this.#inTurn(async () => {
      const now = this.#options.clock.now();
      const keys = await this.#ofAccount(accountId);
      if (keys.filter(({ createdAt }) => createdAt > now - DAY_MS).length >= KEYS_PER_DAY_MAX) {
        throw new RequestRefused(429, `An account may make ${KEYS_PER_DAY_MAX} API keys a day.`);
      }
      const limits = limitsOf(change, {
        validFrom: now,
        allowedIps: [],
        permissions: PERMISSIONS_DEFAULT,
        platform: [],
      });
      const secret = createSecret();
      const record: ApiKeyRecord = {
        id: createKeyId(),
        accountId,
        name: change.name,
        secretHash: hashSecret(secret),
        scopes: change.scopes === undefined ? scopesOrAll(limits.permissions) : [...new Set(change.scopes)],
        createdAt: now,
        validUntil: dateOf(change.validTo) ?? yearAfter(now),
        revokedAt: change.enabled === false ? now : null,
        limits,
      };
      await this.#save(record);
      return { record, secret };
    });
  }

  async #update(accountId: number, id: string, change: KeyChange): Promise<ApiKeyRecord> {
    return this.#inTurn(async () => {
      const old = await this.#mustFind(accountId, id);
      const before = old.limits ?? {
        validFrom: old.createdAt,
        allowedIps: [],
        permissions: PERMISSIONS_DEFAULT,
        platform: [],
      };
      const limits = limitsOf(change, before);
      const revokedAt = old.revokedAt ?? this.#options.clock.now();
      const record: ApiKeyRecord = {
        ...old,
        name: change.name ?? old.name,
        scopes: scopesAfter(old, before.permissions, limits.permissions, change),
        validUntil: dateOf(change.validTo) ?? old.validUntil,
        revokedAt: (change.enabled ?? old.revokedAt === null) ? null : revokedAt,
        limits,
      };
      await this.#save(record);
      return record;
    });
  }

  async #save(record: ApiKeyRecord) {
    await this.#options.ensurePlatforms(record.accountId, record.limits?.platform ?? []);
    await this.#options.store.saveApiKey(record);
    this.#options.onChanged(record.secretHash);
  }

  async #ofAccount(accountId: number): Promise<readonly ApiKeyRecord[]> {
    return (await this.#options.store.listApiKeys()).filter((key) => key.accountId === accountId);
  }

  async #find(
    accountId: number,
    { name, enabled, secret }: { name: string | undefined; enabled: boolean | undefined; secret: string | undefined },
  ): Promise<readonly ApiKeyRecord[]> {
    const secretHash = secret === undefined ? undefined : hashSecret(secret);
    return (await this.#ofAccount(accountId)).filter(
      (key) =>
        (name === undefined || key.name === name) &&
        (enabled === undefined || (key.revokedAt === null) === enabled) &&
        (secretHash === undefined || key.secretHash === secretHash),
    );
  }

  async #mustFind(accountId: number, id: string): Promise<ApiKeyRecord> {
    const found = (await this.#ofAccount(accountId)).find((key) => key.id === id);
    if (found === undefined) throw new RequestRefused(404, `There is no API key ${id}.`);
    return found;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

function requireAccount(accountKey: string, accountId: number) {
  if (!isOwnAccount(accountKey, accountId)) throw new RequestRefused(404, `There is no account ${accountKey}.`);
}

function changeOfV1<Request extends UpdateApiKeyRequestV1>({ permissions, ...rest }: Request) {
  return permissions === undefined ? rest : { ...rest, permissions: fromPermissionsV1(permissions) };
}

/** A key that is linked to applications has no permissions and may do everything for those. */
function scopesOrAll(permissions: readonly string[]): readonly string[] {
  return permissions.length === 0 ? [SCOPE_ALL] : scopesOfPermissions(permissions);
}

/** Scopes that were made from permissions follow them; scopes that were given stay until others are given. */
function scopesAfter(
  old: ApiKeyRecord,
  permissionsBefore: readonly string[],
  permissions: readonly string[],
  change: KeyChange,
): readonly string[] {
  if (change.scopes !== undefined) return [...new Set(change.scopes)];
  const made = scopesOrAll(permissionsBefore);
  const wasMade = made.length === old.scopes.length && made.every((scope) => old.scopes.includes(scope));
  return wasMade ? scopesOrAll(permissions) : old.scopes;
}

function yearAfter(now: number): number {
  const date = new Date(now);
  return date.setUTCFullYear(date.getUTCFullYear() + 1);
}
