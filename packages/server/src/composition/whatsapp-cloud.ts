/** From an entry of the configuration to a carrier for the Cloud API. */
import type { SenderNotice } from "../carrier/sender-administration.ts";
import { CloudCarrier } from "../carrier/whatsapp/cloud-carrier.ts";
import { ConfigError } from "../config/config.ts";
import { readSecret, type SecretReference } from "../config/secret.ts";
import type { WhatsAppCloudEntry } from "../config/whatsapp-carrier-schema.ts";
import { keptStructureOf } from "../whatsapp/sent-template.ts";
import { createFileFetcher } from "./fetch-file.ts";
import type { Parts } from "./parts.ts";

/** A file that a request names, from the first octet to the last; the request waits for it. */
const FILE_TIMEOUT_MS = 15_000;

export interface NewCloudCarrier extends Pick<Parts, "clock" | "log" | "store"> {
  /** Where secrets may be. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether files that requests name may be on private networks. */
  readonly allowsPrivateTargets: boolean;
  readonly onSenderNotices: (notices: readonly SenderNotice[]) => Promise<void>;
}

/** @throws ConfigError for a secret that is not where the entry says */
export function createCloudCarrier(
  name: string,
  entry: WhatsAppCloudEntry,
  { clock, log, store, env, onSenderNotices, allowsPrivateTargets }: NewCloudCarrier,
): CloudCarrier {
  const { uncertain, publicUrl, businessAccountId, appId, registrationPin, token, appSecret, verifyToken, ...rest } =
    entry;
  const secretOf = (member: string, reference: SecretReference) => {
    try {
      return readSecret(reference, env);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ConfigError([{ path: `carriers.${name}.${member}`, message }]);
    }
  };
  const account = businessAccountId === undefined ? null : Number(businessAccountId);
  return new CloudCarrier({
    ...rest,
    name,
    clock,
    log,
    readSecrets: () => ({
      token: secretOf("token", token),
      appSecret: secretOf("appSecret", appSecret),
      verifyToken: secretOf("verifyToken", verifyToken),
      registrationPin: registrationPin === undefined ? null : secretOf("registrationPin", registrationPin),
    }),
    uncertainPolicy: uncertain,
    publicUrl: publicUrl ?? null,
    businessAccountId: businessAccountId ?? null,
    appId: appId ?? null,
    fetchFile: createFileFetcher({ timeoutMs: FILE_TIMEOUT_MS, allowsPrivateTargets }),
    onNotices: onSenderNotices,
    carrierIdOf: async (accountId, messageId) =>
      (await store.findMessage(accountId, messageId))?.carrierMessageId ?? null,
    lastMessageOf: ({ accountId, sender, destination: contact }) =>
      store.findLastInbound({ accountId, carrier: name, sender, contact }),
    findStructure: async ({ accountId, ...template }) =>
      account === null ? null : keptStructureOf({ store }, accountId, { ...template, businessAccountId: account }),
  });
}
