import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";
import { createKeyId, createSecret, DEFAULT_ACCOUNT_ID, hashSecret, SCOPE_ALL } from "./key-ring.ts";

/** The id of the key that the configuration gives (POSTHORN_API_KEY): one place, so that a new value replaces the old. */
export const CONFIGURED_KEY_ID = "configured";

export interface FirstKey {
  /** The new key's secret, shown once; null when there was a key already or the configuration gives one. */
  readonly secret: string | null;
  readonly isFirstStart: boolean;
}

/** Sees to it that somebody can call: with the key of the configuration, or with one made at the first start only. */
export async function ensureFirstKey(
  store: Pick<Store, "listApiKeys" | "saveApiKey">,
  configuredSecret: string,
  clock: Clock,
): Promise<FirstKey> {
  const keys = await store.listApiKeys();
  const isFirstStart = keys.length === 0;
  const secret = configuredSecret === "" ? createSecret() : configuredSecret;
  const configured = keys.find((key) => key.id === CONFIGURED_KEY_ID);
  const base = { accountId: DEFAULT_ACCOUNT_ID, scopes: [SCOPE_ALL], createdAt: clock.now(), validUntil: null };
  if (configuredSecret !== "") {
    const secretHash = hashSecret(secret);
    if (configured?.secretHash !== secretHash || configured.revokedAt !== null) {
      await store.saveApiKey({
        ...base,
        id: CONFIGURED_KEY_ID,
        name: "from the configuration",
        secretHash,
        revokedAt: null,
      });
    }
    return { secret: null, isFirstStart };
  }
  // The configuration gives none any more: the one it gave must not go on working.
  if (configured !== undefined && configured.revokedAt === null) {
    await store.saveApiKey({ ...configured, revokedAt: clock.now() });
  }
  if (!isFirstStart) return { secret: null, isFirstStart };
  await store.saveApiKey({
    ...base,
    id: createKeyId(),
    name: "first key",
    secretHash: hashSecret(secret),
    revokedAt: null,
  });
  return { secret, isFirstStart };
}
