import type { NoIdProfileRequest, PageQuery, ProfileRequest } from "@posthorn/contract";
import { InvalidRequest } from "../../kernel/invalid-request.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { DocumentChange } from "../../store/store.ts";
import {
  PROFILE_KIND,
  SECURITY_KIND,
  SUBSCRIPTION_KIND,
  type StoredSubscription,
} from "../../store/subscription-documents.ts";
import { checkHeaders, checkPattern, checkUrl } from "./checks.ts";
import {
  apply,
  checkId,
  find,
  list,
  mustFind,
  pageOf,
  type StoredProfile,
  type StoredSecurity,
  type SubscriptionContext,
} from "./documents.ts";
import { securityChange } from "./security.ts";

interface Place {
  readonly accountId: number;
  readonly profileId: string;
}

const path = (profileId: string) => `/subscriptions/1/profiles/${profileId}`;

export async function createProfile(
  context: SubscriptionContext,
  accountId: number,
  body: ProfileRequest,
  setHeader: (name: string, value: string) => void,
) {
  const { profileId } = body;
  const { changes, profile } = await newProfile(context, accountId, body);
  const kept = await find<StoredProfile>(context, accountId, PROFILE_KIND, profileId);
  const isReserved = kept !== null && Object.keys(kept).length === 0;
  if (kept !== null && !isReserved && JSON.stringify(kept) !== JSON.stringify(profile)) {
    throw new InvalidRequest("profileId", `${profileId} exists already`);
  }
  if (kept === null) await apply(context, changes);
  else if (isReserved) await apply(context, changes.map(asReplacement));
  setHeader("location", path(profileId));
  return idsOf(profileId, profile);
}

function asReplacement(change: DocumentChange): DocumentChange {
  return change.kind === PROFILE_KIND && change.action === "create" ? { ...change, action: "replace" } : change;
}

/**
 * The changes that make a profile and, where they are new, its security settings. Settings that are there already are
 * taken as they are, whatever else the request says of them (Infobip's description of `security`).
 *
 * @throws RequestRefused 404 for settings that are only named and not there; InvalidRequest
 */
export async function newProfile(
  context: SubscriptionContext,
  accountId: number,
  { profileId, ...body }: ProfileRequest,
): Promise<{ readonly changes: readonly DocumentChange[]; readonly profile: StoredProfile }> {
  checkId("profileId", profileId);
  check(body);
  const { security, ...rest } = body;
  const changes: DocumentChange[] = [];
  if (security !== undefined) {
    const kept = await find<StoredSecurity>(context, accountId, SECURITY_KIND, security.authId);
    if (security.type === undefined) {
      if (kept === null) throw new RequestRefused(404, `Security settings ${security.authId} not found`);
    } else if (kept === null || kept.type === undefined) {
      changes.push(securityChange(context, accountId, security, kept !== null));
    }
  }
  const profile: StoredProfile = { ...rest, ...(security === undefined ? {} : { authId: security.authId }) };
  changes.push(profileChange(context, { accountId, profileId }, profile, "create"));
  return { changes, profile };
}

function profileChange(
  { clock }: SubscriptionContext,
  { accountId, profileId }: Place,
  profile: StoredProfile,
  action: "create" | "replace",
): DocumentChange {
  return { action, accountId, kind: PROFILE_KIND, id: profileId, body: JSON.stringify(profile), at: clock.now() };
}

/** An empty profile under an id that something refers to before it is there. */
export function reservedProfile(context: SubscriptionContext, place: Place): DocumentChange {
  return profileChange(context, place, {}, "create");
}

export function idsOf(profileId: string, { authId }: StoredProfile) {
  return { profileId, ...(authId === undefined ? {} : { security: { authId } }) };
}

export async function getProfile(context: SubscriptionContext, { accountId, profileId }: Place) {
  const kept = await mustFind<StoredProfile>(context, accountId, PROFILE_KIND, profileId, `Profile ${profileId}`);
  return shown(profileId, kept);
}

export async function listProfiles(context: SubscriptionContext, accountId: number, query: PageQuery) {
  const all = await list<StoredProfile>(context, accountId, PROFILE_KIND);
  return pageOf(
    all.map(({ id, body }) => shown(id, body)),
    query,
  );
}

/** `enabledSSLProtocols` stays out: the document asks of that list to be equal to one of its own items. */
function shown(profileId: string, { authId, enabledSSLProtocols: _, ...profile }: StoredProfile) {
  return { profileId, ...profile, ...(authId === undefined ? {} : { security: { authId } }) };
}

/**
 * All of it is replaced, but `webhook` and `security` stay where the request leaves them out. Settings that it names and
 * that are not there are reserved, as Infobip's own example needs it; until they are filled nothing is sent.
 */
export async function updateProfile(context: SubscriptionContext, place: Place, body: NoIdProfileRequest) {
  const { accountId, profileId } = place;
  const kept = await mustFind<StoredProfile>(context, accountId, PROFILE_KIND, profileId, `Profile ${profileId}`);
  check(body);
  const { security, webhook = kept.webhook, ...rest } = body;
  const authId = security?.authId ?? kept.authId;
  const changes: DocumentChange[] = [];
  if (security !== undefined && (await find(context, accountId, SECURITY_KIND, security.authId)) === null) {
    changes.push(securityChange(context, accountId, { authId: security.authId }, false));
  }
  const profile: StoredProfile = {
    ...(webhook === undefined ? {} : { webhook }),
    ...rest,
    ...(authId === undefined ? {} : { authId }),
  };
  await apply(context, [...changes, profileChange(context, place, profile, "replace")]);
  return idsOf(profileId, profile);
}

/** @throws InvalidRequest while a subscription delivers by it */
export async function deleteProfile(context: SubscriptionContext, { accountId, profileId }: Place) {
  const kept = await mustFind<StoredProfile>(context, accountId, PROFILE_KIND, profileId, `Profile ${profileId}`);
  const subscriptions = await list<StoredSubscription>(context, accountId, SUBSCRIPTION_KIND);
  const user = subscriptions.find(({ body }) => body.profileId === profileId);
  // One without a URL is only reserved: nobody gets anything by it, so nobody loses anything.
  if (user !== undefined && kept.webhook !== undefined) {
    throw new InvalidRequest("profileId", `${profileId} is used by the subscription ${user.body.subscriptionId}`);
  }
  await apply(context, [{ action: "delete", accountId, kind: PROFILE_KIND, id: profileId }]);
  return idsOf(profileId, kept);
}

function check({ webhook, headers, responseRegex, responseBodyRegex }: NoIdProfileRequest) {
  if (webhook !== undefined) checkUrl("webhook.notifyUrl", webhook.notifyUrl);
  checkHeaders("headers", headers);
  checkPattern("responseRegex", responseRegex);
  checkPattern("responseBodyRegex", responseBodyRegex);
}
