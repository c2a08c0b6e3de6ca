import { createHash } from "node:crypto";
import type { Credentials, CredentialsType } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { SecretBox } from "../kernel/secret-box.ts";
import type { DueWebhook, Store } from "../store/store.ts";
import {
  CERTIFICATE_KIND,
  PROFILE_KIND,
  SECURITY_KIND,
  SUBSCRIPTION_KIND,
  type StoredSubscription,
} from "../store/subscription-documents.ts";
import { type ClientCertificate, usableCertificate } from "./subscriptions/certificates.ts";
import {
  find,
  openCredentials,
  placeOf,
  type StoredCertificate,
  type StoredProfile,
  type StoredSecurity,
} from "./subscriptions/documents.ts";

/** How webhooks of a subscription are sent, as its profile says now. */
export interface Delivery {
  readonly url: string;
  readonly profile: StoredProfile;
  /** Where the security settings are kept, and what they are; null: none are asked for. */
  readonly security: {
    readonly place: string;
    readonly type: CredentialsType;
    readonly credentials?: Credentials;
  } | null;
  readonly certificate: ClientCertificate | null;
  /** Alike for deliveries that may share connections. */
  readonly connectionKey: string;
}

export interface ProfileDirectoryOptions {
  readonly store: Pick<Store, "findDocument">;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/**
 * Reads a subscription's profile when webhooks are sent and not when they are born, so that a URL or a secret that is
 * put right heals what waits.
 */
export class ProfileDirectory {
  readonly #options: ProfileDirectoryOptions;

  constructor(options: ProfileDirectoryOptions) {
    this.#options = options;
  }

  /** @returns a text that says what is missing, where it cannot be sent as it should */
  async deliveryOf({ accountId, subscription, origin }: DueWebhook): Promise<Delivery | string> {
    const context = this.#options;
    const subscribed = await find<StoredSubscription>(context, accountId, SUBSCRIPTION_KIND, subscription ?? "");
    // What a subscription was to get goes on by the profile that it had, also after it is gone.
    const profileId = subscribed?.profileId ?? origin.split(":").slice(2).join(":");
    const profile = await find<StoredProfile>(context, accountId, PROFILE_KIND, profileId);
    if (profile === null) return `the profile ${profileId} is not there`;
    if (profile.webhook === undefined) return `the profile ${profileId} has no notifyUrl`;
    const security = await this.#security(accountId, profile.authId);
    if (typeof security === "string") return security;
    const certificate = await this.#certificate(accountId, profile.clientCertificateId);
    if (typeof certificate === "string") return certificate;
    return {
      url: profile.webhook.notifyUrl,
      profile,
      security,
      certificate,
      connectionKey: connectionKeyOf(profile, certificate),
    };
  }

  async #security(accountId: number, authId: string | undefined): Promise<Delivery["security"] | string> {
    if (authId === undefined) return null;
    const kept = await find<StoredSecurity>(this.#options, accountId, SECURITY_KIND, authId);
    // Nothing goes out unsigned because its settings are missing.
    if (kept?.type === undefined) return `the security settings ${authId} are not there`;
    const place = placeOf(accountId, SECURITY_KIND, authId);
    const credentials = openCredentials(this.#options.secrets, kept, place);
    return { place, type: kept.type, ...(credentials === undefined ? {} : { credentials }) };
  }

  async #certificate(accountId: number, certificateId: string | undefined): Promise<ClientCertificate | null | string> {
    if (certificateId === undefined || certificateId === "") return null;
    const kept = await find<StoredCertificate>(this.#options, accountId, CERTIFICATE_KIND, certificateId);
    if (kept === null) return `the client certificate ${certificateId} is not there`;
    const usable = usableCertificate(this.#options, { accountId, certificateId }, kept);
    return typeof usable === "string" ? `the client certificate ${certificateId}: ${usable}` : usable;
  }
}

function connectionKeyOf(profile: StoredProfile, certificate: ClientCertificate | null): string {
  const { connectTimeout, readTimeout, enabledSSLProtocols, windowSize } = profile;
  const said = JSON.stringify([connectTimeout, readTimeout, enabledSSLProtocols, windowSize, certificate]);
  return createHash("sha256").update(said).digest("base64");
}
