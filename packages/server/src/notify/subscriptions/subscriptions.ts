import type { NoIdSubscriptionRequest, SubscriptionRequest, SubscriptionsQuery } from "@posthorn/contract";
import { InvalidRequest } from "../../kernel/invalid-request.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { DocumentChange } from "../../store/store.ts";
import {
  PROFILE_KIND,
  SUBSCRIPTION_KIND,
  type StoredSubscription,
  subscriptionDocumentId,
} from "../../store/subscription-documents.ts";
import {
  apply,
  checkId,
  find,
  list,
  mustFind,
  pageOf,
  type StoredProfile,
  type SubscriptionContext,
} from "./documents.ts";
import { idsOf, newProfile, reservedProfile } from "./profiles.ts";

interface Place {
  readonly accountId: number;
  readonly channel: string;
  readonly subscriptionId: string;
}

export async function createSubscription(
  context: SubscriptionContext,
  accountId: number,
  channel: string,
  body: SubscriptionRequest,
  setHeader: (name: string, value: string) => void,
) {
  const { profile: asked, subscriptionId, ...rest } = body;
  checkId("subscriptionId", subscriptionId);
  const place = { accountId, channel, subscriptionId };
  const subscription: StoredSubscription = { ...rest, channel, subscriptionId, profileId: asked.profileId };
  const id = subscriptionDocumentId(channel, subscriptionId);
  const kept = await find<StoredSubscription>(context, accountId, SUBSCRIPTION_KIND, id);
  if (kept !== null && JSON.stringify(kept) !== JSON.stringify(subscription)) {
    throw new InvalidRequest("subscriptionId", `${subscriptionId} exists already`);
  }
  const { changes, profile } = await profileFor(context, accountId, asked);
  if (kept === null) await apply(context, [...changes, subscriptionChange(context, place, subscription, "create")]);
  setHeader("location", `/subscriptions/1/subscription/${channel}/${subscriptionId}`);
  return { subscriptionId, profile: idsOf(asked.profileId, profile) };
}

/**
 * A profile that is there is taken as it is; one that is not is made from what the request says of it.
 *
 * @throws RequestRefused 404 for one that is only named and not there; InvalidRequest
 */
async function profileFor(
  context: SubscriptionContext,
  accountId: number,
  asked: SubscriptionRequest["profile"],
): Promise<{ readonly changes: readonly DocumentChange[]; readonly profile: StoredProfile }> {
  const kept = await find<StoredProfile>(context, accountId, PROFILE_KIND, asked.profileId);
  if (kept !== null) return { changes: [], profile: kept };
  if (Object.keys(asked).length === 1) throw new RequestRefused(404, `Profile ${asked.profileId} not found`);
  return newProfile(context, accountId, asked);
}

function subscriptionChange(
  { clock }: SubscriptionContext,
  { accountId, channel, subscriptionId }: Place,
  subscription: StoredSubscription,
  action: "create" | "replace",
): DocumentChange {
  const id = subscriptionDocumentId(channel, subscriptionId);
  return { action, accountId, kind: SUBSCRIPTION_KIND, id, body: JSON.stringify(subscription), at: clock.now() };
}

function mustFindSubscription(context: SubscriptionContext, { accountId, channel, subscriptionId }: Place) {
  const id = subscriptionDocumentId(channel, subscriptionId);
  return mustFind<StoredSubscription>(context, accountId, SUBSCRIPTION_KIND, id, `Subscription ${subscriptionId}`);
}

async function idsOfProfile(context: SubscriptionContext, accountId: number, profileId: string) {
  const profile = await find<StoredProfile>(context, accountId, PROFILE_KIND, profileId);
  return idsOf(profileId, profile ?? {});
}

export async function getSubscription(context: SubscriptionContext, place: Place) {
  const { profileId, channel: _, ...kept } = await mustFindSubscription(context, place);
  return { ...kept, profile: await idsOfProfile(context, place.accountId, profileId) };
}

/** Newest first. Every filter and every value of it must be there. */
export async function listSubscriptions(
  context: SubscriptionContext,
  accountId: number,
  channel: string,
  query: SubscriptionsQuery,
) {
  const profiles = new Map(
    (await list<StoredProfile>(context, accountId, PROFILE_KIND)).map(({ id, body }) => [id, body]),
  );
  const all = await list<StoredSubscription>(context, accountId, SUBSCRIPTION_KIND);
  const matching = all.filter(({ body }) => body.channel === channel && doesMatch(body, query));
  return pageOf(
    matching.map(({ body: { profileId, channel: _, ...kept } }) => {
      return { ...kept, profile: idsOf(profileId, profiles.get(profileId) ?? {}) };
    }),
    query,
  );
}

function doesMatch({ criteria = [], resources = [], users = [] }: StoredSubscription, query: SubscriptionsQuery) {
  const hasAll = (asked: string | readonly string[] | undefined, there: readonly (string | undefined)[]) =>
    asked === undefined || [asked].flat().every((value) => there.includes(value));
  return (
    hasAll(
      query.applicationId,
      criteria.map((pair) => pair.applicationId),
    ) &&
    hasAll(
      query.entityId,
      criteria.map((pair) => pair.entityId),
    ) &&
    hasAll(
      query.callsConfigurationId,
      criteria.map((pair) => pair.callsConfigurationId),
    ) &&
    hasAll(query.resource, resources) &&
    hasAll(query.user, users)
  );
}

/**
 * All of it is replaced. A profile that it names and that is not there is reserved, as Infobip's own example needs it:
 * until it has a URL nothing matches the subscription, and reports wait to be pulled.
 */
export async function updateSubscription(context: SubscriptionContext, place: Place, body: NoIdSubscriptionRequest) {
  const { accountId, channel, subscriptionId } = place;
  await mustFindSubscription(context, place);
  const { profile: asked, ...rest } = body;
  const profile = await find<StoredProfile>(context, accountId, PROFILE_KIND, asked.profileId);
  if (profile === null) checkId("profile.profileId", asked.profileId);
  const subscription: StoredSubscription = { ...rest, channel, subscriptionId, profileId: asked.profileId };
  await apply(context, [
    ...(profile === null ? [reservedProfile(context, { accountId, profileId: asked.profileId })] : []),
    subscriptionChange(context, place, subscription, "replace"),
  ]);
  return { subscriptionId, profile: idsOf(asked.profileId, profile ?? {}) };
}

export async function deleteSubscription(context: SubscriptionContext, place: Place) {
  const { accountId, channel, subscriptionId } = place;
  const { profileId } = await mustFindSubscription(context, place);
  const id = subscriptionDocumentId(channel, subscriptionId);
  await apply(context, [{ action: "delete", accountId, kind: SUBSCRIPTION_KIND, id }]);
  return { subscriptionId, profile: await idsOfProfile(context, accountId, profileId) };
}
