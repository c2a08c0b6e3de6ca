/**
 * The documents that direct webhooks. They are kept like all documents; the writer reads these as they change, so that
 * a message's end finds its subscriptions without a read.
 */
import type { Channel } from "./messages.ts";

export const SUBSCRIPTION_KIND = "subscription";
export const PROFILE_KIND = "subscription-profile";
export const SECURITY_KIND = "subscription-security";
export const CERTIFICATE_KIND = "subscription-certificate";

/** What a subscription may be told of that Posthorn serves. */
export type SubscribedEvent = "DELIVERY" | "INBOUND_MESSAGE" | "CLICK" | "SEEN" | "TEMPLATE_UPDATE" | "IDENTITY_CHANGE";

/** A subscription as it is kept; the id of its document is `subscriptionDocumentId`. */
export interface StoredSubscription {
  readonly channel: string;
  readonly subscriptionId: string;
  readonly name?: string;
  readonly events: readonly (string | { readonly event: string; readonly format: string })[];
  readonly criteria?: readonly {
    readonly applicationId?: string;
    readonly entityId?: string;
    readonly callsConfigurationId?: string;
  }[];
  readonly resources?: readonly string[];
  readonly users?: readonly string[];
  readonly profileId: string;
}

/** As much of a profile as directs webhooks. Without a URL it is only reserved, and nothing is sent by it. */
export interface StoredProfileTarget {
  readonly webhook?: { readonly notifyUrl: string };
}

/** Ids are unique in their channel. */
export function subscriptionDocumentId(channel: string, subscriptionId: string): string {
  return `${channel}:${subscriptionId}`;
}

/**
 * The receiver of what goes out by a profile. Not the host, as for other webhooks: so a corrected URL takes what waits
 * along, and a profile's limits hold for it alone.
 */
export function receiverOfProfile(accountId: number, profileId: string): string {
  return `profile:${accountId}:${profileId}`;
}

/** What an event or a report is matched by. */
export interface EventFacts {
  readonly accountId: number;
  readonly channel: Channel;
  readonly event: SubscribedEvent;
  readonly applicationId: string | null;
  readonly entityId: string | null;
  /** The sender of a message that we sent, the number that an inbound message came to. */
  readonly resource: string;
}
