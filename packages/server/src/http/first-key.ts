import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/faults.ts";
import type { ApiKeyRecord, Store } from "../store/store.ts";
import { createKeyId, createSecret, DEFAULT_ACCOUNT_ID, hashSecret, SCOPE_ALL } from "./key-ring.ts";

/** The id of the key that the configuration gives (POSTHORN_API_KEY): one place, so that a new value replaces the old. */
export const CONFIGURED_KEY_ID = "configured";

export interface FirstKey {
  /** The new key's secret, shown once; null when there was a key already or the configuration gives one. */
  readonly secret: string | null;
  readonly isFirstStart: boolean;
}

/**
 * Sees to it that somebody can call: with the key of the configuration, or with one made at the first start only.
 *
 * @throws Fault CONFIGURED_KEY_ENDED where it gives the secret of a key that is not let in any more
 */
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
  const secretHash = hashSecret(secret);
  // Whoever has a key in the environment for the command line starts the server with it, too, without meaning to.
  const same = keys.find((key) => key.id !== CONFIGURED_KEY_ID && key.secretHash === secretHash);
  if (same !== undefined) mustBeLetIn(same, clock.now());
  if (configuredSecret !== "" && same === undefined) {
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
  // The configuration gives none of its own any more: the one it gave must not go on working.
  if (configured !== undefined && configured.revokedAt === null) {
    await store.saveApiKey({ ...configured, revokedAt: clock.now() });
  }
  if (!isFirstStart) return { secret: null, isFirstStart };
  await store.saveApiKey({ ...base, id: createKeyId(), name: "first key", secretHash, revokedAt: null });
  return { secret, isFirstStart };
}

function mustBeLetIn({ id, name, revokedAt, validUntil }: ApiKeyRecord, now: number) {
  if (revokedAt === null && (validUntil === null || validUntil > now)) return;
  throw new Fault("CONFIGURED_KEY_ENDED", { detail: `${id}, ${name}` });
}
