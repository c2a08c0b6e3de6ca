import type { Config } from "../config/config.ts";
import { Notifier } from "../notify/notifier.ts";
import { openSecretBox } from "../notify/open-secret-box.ts";
import { isLoopback } from "../notify/private-address.ts";
import { ProfileDirectory } from "../notify/profile-directory.ts";
import { ProfilePusher } from "../notify/profile-pusher.ts";
import { createPusher } from "../notify/push.ts";
import type { CertificateContext } from "../notify/subscriptions/certificates.ts";
import { type Parts, viewOf } from "./parts.ts";

/** A push may take both time limits; then its lease must still hold while the result is written. */
const PUSH_LEASE_SLACK_MS = 30_000;

/** Whether what goes where a customer says may go to private networks. */
export function allowsPrivateTargets({ webhooks, http }: Pick<Config, "webhooks" | "http">): boolean {
  return (
    webhooks.allowPrivateTargets === "always" || (webhooks.allowPrivateTargets === "auto" && isLoopback(http.host))
  );
}

/** The notifier, and what `/subscriptions/1/**` shares with it. */
export function createNotifier(config: Config, parts: Parts) {
  const { webhooks } = config;
  const isPrivateAllowed = allowsPrivateTargets(config);
  const secrets = openSecretBox(webhooks.secretKeyFile);
  const profilePusher = new ProfilePusher({ ...webhooks, clock: parts.clock, allowsPrivateTargets: isPrivateAllowed });
  const notifier = new Notifier({
    ...parts,
    pusher: createPusher({ ...webhooks, allowsPrivateTargets: isPrivateAllowed }),
    profilePusher,
    profiles: new ProfileDirectory({ ...parts, secrets }),
    view: viewOf(config),
    bucketSize: webhooks.bucketSize,
    concurrency: webhooks.concurrency,
    pollIntervalMs: webhooks.pollIntervalMs,
    retryBaseMs: webhooks.retryBaseMs,
    retriesMax: webhooks.retriesMax,
    leaseMs: webhooks.connectTimeoutMs + webhooks.readTimeoutMs + PUSH_LEASE_SLACK_MS,
  });
  const testConnection: CertificateContext["testConnection"] = (url, certificate) =>
    profilePusher.testConnection(url, certificate);
  return { notifier, subscriptions: { ...parts, secrets, testConnection } };
}
