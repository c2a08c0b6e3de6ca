import { type ApiKeyPlatform, parseKeyDate } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { parseIpRange } from "../kernel/ip-ranges.ts";
import { secretHex } from "../kernel/random.ts";
import type { ApiKeyLimits, KeyPlatform } from "../store/store.ts";
import { PERMISSIONS_DEFAULT } from "./key-scopes.ts";

/** What a request says of a key, whatever its version. What is absent stays as it is. */
export interface KeyChange {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly allowedIPs?: readonly string[];
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly permissions?: readonly string[];
  readonly platform?: readonly ApiKeyPlatform[];
  readonly scopes?: readonly string[] | undefined;
}

/**
 * What the schema cannot say. Infobip's own examples have an end before their beginning: such a key is made, and never
 * works.
 *
 * @throws InvalidRequest
 */
export function checkKey(request: CheckedRequest, isUpdate: boolean) {
  const { allowedIPs = [], permissions = [], platform = [], scopeGuids = [] } = request;
  for (const [index, range] of allowedIPs.entries()) {
    if (parseIpRange(range) === null) {
      throw new InvalidRequest(`allowedIPs[${index}]`, "must be an IP address or a range such as 10.0.0.0/8");
    }
  }
  if (permissions.includes("PUBLIC_API") && permissions.includes("WEB_SDK")) {
    throw new InvalidRequest("permissions", "must not have both PUBLIC_API and WEB_SDK");
  }
  if (platform.length > 0 && permissions.length > 0) {
    throw new InvalidRequest("permissions", "must be empty where platform is given");
  }
  // The document says so of an update only: a new key may have both.
  if (isUpdate && platform.length > 0 && scopeGuids.length > 0) {
    throw new InvalidRequest("scopeGuids", "must be empty where platform is given");
  }
}

interface CheckedRequest {
  readonly allowedIPs?: readonly string[];
  readonly permissions?: readonly string[];
  readonly platform?: readonly ApiKeyPlatform[];
  readonly scopeGuids?: readonly string[];
}

/** @throws InvalidRequest for permissions of a key that stays linked */
export function limitsOf(change: KeyChange, before: ApiKeyLimits): ApiKeyLimits {
  // A key has permissions or links; what is given takes the place of the other. Both at once were refused before.
  const kept = (change.permissions ?? []).length > 0 ? [] : before.platform;
  const platform = change.platform === undefined ? kept : platformOf(change.platform, before.platform);
  return {
    validFrom: dateOf(change.validFrom) ?? before.validFrom,
    allowedIps: (change.allowedIPs ?? before.allowedIps).map((range) => range.trim()),
    permissions: permissionsAfter(change, before.permissions, platform),
    platform,
  };
}

/** A linked key has none; none that are given, and links that are taken away, mean the default. */
function permissionsAfter(change: KeyChange, before: readonly string[], platform: readonly KeyPlatform[]) {
  if (change.permissions !== undefined && change.permissions.length > 0) return [...new Set(change.permissions)];
  if (platform.length > 0) return [];
  return change.permissions !== undefined || before.length === 0 ? PERMISSIONS_DEFAULT : before;
}

/** A link that was there before keeps its key. */
function platformOf(given: readonly ApiKeyPlatform[], before: readonly KeyPlatform[]): readonly KeyPlatform[] {
  return given.map(({ applicationId, entityId, action }) => {
    const known = before.find((link) => link.applicationId === applicationId && link.entityId === entityId);
    return {
      key: known?.key ?? secretHex(16).toUpperCase(),
      applicationId,
      ...(entityId === undefined ? {} : { entityId }),
      ...(action === undefined ? {} : { action }),
    };
  });
}

export function dateOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseKeyDate(text);
}
