import { type ApiKey, type ApiKeyResponse, type ApiKeysQuery, formatDate } from "@posthorn/contract";
import { SCOPE_ALL } from "../http/key-ring.ts";
import type { ApiKeyRecord } from "../store/store.ts";
import { accountKeyOf } from "./account-key.ts";
import { PERMISSIONS_DEFAULT, toPermissionsV1, toPermissionsV2 } from "./key-scopes.ts";

/** The dates of version 2 have no offset: they are UTC. */
function formatKeyDate(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19);
}

/** As version 2 shows a key. Scopes are shown unless it may do everything; a linked key shows its links instead. */
export function shownKey(record: ApiKeyRecord): ApiKey {
  const { id, accountId, name, scopes, createdAt, validUntil, revokedAt, limits } = record;
  const platform = limits?.platform ?? [];
  return {
    id,
    accountId: accountKeyOf(accountId),
    name,
    allowedIPs: [...(limits?.allowedIps ?? [])],
    validFrom: formatKeyDate(limits?.validFrom ?? createdAt),
    ...(validUntil === null ? {} : { validTo: formatKeyDate(validUntil) }),
    enabled: revokedAt === null,
    ...(platform.length > 0
      ? { platform: platform.map((link) => ({ ...link })) }
      : { permissions: toPermissionsV2(limits?.permissions ?? PERMISSIONS_DEFAULT) }),
    ...(scopes.includes(SCOPE_ALL) ? {} : { scopeGuids: [...scopes] }),
  };
}

export function shownKeyV1(record: ApiKeyRecord): ApiKeyResponse {
  const { id, accountId, name, createdAt, validUntil, revokedAt, limits } = record;
  return {
    key: id,
    accountKey: accountKeyOf(accountId),
    name,
    allowedIPs: [...(limits?.allowedIps ?? [])],
    validFrom: formatDate(limits?.validFrom ?? createdAt),
    ...(validUntil === null ? {} : { validTo: formatDate(validUntil) }),
    enabled: revokedAt === null,
    permissions: toPermissionsV1(limits?.permissions ?? PERMISSIONS_DEFAULT),
  };
}

type Order = NonNullable<ApiKeysQuery["orderBy"]>;

const RANK: Readonly<Record<Order, (key: ApiKeyRecord) => string | number>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  validFrom: ({ limits, createdAt }) => limits?.validFrom ?? createdAt,
  validTo: ({ validUntil }) => validUntil ?? Number.POSITIVE_INFINITY,
  enabled: ({ revokedAt }) => (revokedAt === null ? 1 : 0),
};

/** Equals are in the order of their ids, so that pages do not overlap. */
export function sortKeys(keys: readonly ApiKeyRecord[], order: Order, isDescending: boolean): readonly ApiKeyRecord[] {
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  const sign = isDescending ? -1 : 1;
  const rank = RANK[order];
  return keys.toSorted((a, b) => sign * compare(rank(a), rank(b)) || compare(a.id, b.id));
}
