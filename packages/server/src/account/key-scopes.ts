import type { ApiKeyPermission, ApiKeyPermissionV1 } from "@posthorn/contract";
import { SCOPE_ALL } from "../http/key-ring.ts";

/**
 * What permissions open. Infobip keeps them beside its scopes for older keys; here they are only another way to say
 * scopes, and a key that is given scopes is held to those alone.
 */
const SCOPES_OF: Readonly<Record<string, readonly string[]>> = {
  PUBLIC_API: [SCOPE_ALL],
  "2FA_CLIENT": ["2fa:pin:send", "2fa:sdk"],
  WEB_SDK: ["web:sdk", "web:tracking:sdk"],
  PUSH_CLIENT: ["mobile-app-messaging:send"],
  EXTERNAL_INTEGRATIONS: ["saas:integrations:manage"],
};

export const PERMISSIONS_DEFAULT: readonly string[] = ["PUBLIC_API"];

export function scopesOfPermissions(permissions: readonly string[]): readonly string[] {
  const scopes = new Set(permissions.flatMap((permission) => SCOPES_OF[permission] ?? []));
  return scopes.has(SCOPE_ALL) ? [SCOPE_ALL] : [...scopes];
}

/** The two versions have a name of their own for the same three; of the others each is known to one. */
const V2_OF_V1: Readonly<Record<ApiKeyPermissionV1, string>> = {
  ALL: "PUBLIC_API",
  TFA: "2FA_CLIENT",
  PEOPLE_EVENTS_PUBLIC_CLIENT: "WEB_SDK",
  PUSH_CLIENT: "PUSH_CLIENT",
  EXTERNAL_INTEGRATIONS: "EXTERNAL_INTEGRATIONS",
};

export function fromPermissionsV1(permissions: readonly ApiKeyPermissionV1[]): readonly string[] {
  return permissions.map((permission) => V2_OF_V1[permission]);
}

export function toPermissionsV1(permissions: readonly string[]): ApiKeyPermissionV1[] {
  const names = Object.keys(V2_OF_V1) as ApiKeyPermissionV1[];
  return names.filter((name) => permissions.includes(V2_OF_V1[name]));
}

const V2: readonly ApiKeyPermission[] = ["PUBLIC_API", "2FA_CLIENT", "WEB_SDK"];

export function toPermissionsV2(permissions: readonly string[]): ApiKeyPermission[] {
  return V2.filter((name) => permissions.includes(name));
}
