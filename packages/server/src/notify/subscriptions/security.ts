import type { NoIdSecurityRequest, OauthCredentials, PageQuery, SecurityRequest } from "@posthorn/contract";
import { InvalidRequest } from "../../kernel/invalid-request.ts";
import type { DocumentChange } from "../../store/store.ts";
import {
  PROFILE_KIND,
  SECURITY_KIND,
  SUBSCRIPTION_KIND,
  type StoredSubscription,
} from "../../store/subscription-documents.ts";
import {
  apply,
  checkId,
  find,
  list,
  mustFind,
  openCredentials,
  pageOf,
  placeOf,
  type StoredProfile,
  type StoredSecurity,
  type SubscriptionContext,
} from "./documents.ts";
import { checkHeaders, checkUrl } from "./checks.ts";

/** What each type cannot do without. */
const NEEDS = {
  BASIC: ["username", "password"],
  HMAC: ["secretKey", "algorithm"],
  OAUTH: ["tokenUrl", "grantType"],
  CUSTOM: [],
} as const;

interface Place {
  readonly accountId: number;
  readonly authId: string;
}

const path = (authId: string) => `/subscriptions/1/security/${authId}`;

export async function createSecurity(
  context: SubscriptionContext,
  accountId: number,
  body: SecurityRequest,
  setHeader: (name: string, value: string) => void,
) {
  const { authId } = body;
  checkId("authId", authId);
  check(body);
  const kept = await find<StoredSecurity>(context, accountId, SECURITY_KIND, authId);
  const isReserved = kept !== null && kept.type === undefined;
  if (kept !== null && !isReserved && !isSame(context, { accountId, authId }, kept, body)) {
    throw new InvalidRequest("authId", `${authId} exists already`);
  }
  if (kept === null || isReserved) await apply(context, [securityChange(context, accountId, body, isReserved)]);
  setHeader("location", path(authId));
  return { authId };
}

/** The change that keeps new settings, `put` where an id was only reserved. @throws InvalidRequest */
export function securityChange(
  { clock, secrets }: SubscriptionContext,
  accountId: number,
  { authId, type, credentials }: SecurityRequest,
  isThere: boolean,
): DocumentChange {
  checkId("authId", authId);
  check({ type, credentials });
  const place = placeOf(accountId, SECURITY_KIND, authId);
  const stored: StoredSecurity = {
    ...(type === undefined ? {} : { type }),
    ...(credentials === undefined ? {} : { credentials: secrets.seal(JSON.stringify(credentials), place) }),
  };
  const document = { accountId, kind: SECURITY_KIND, id: authId, body: JSON.stringify(stored), at: clock.now() };
  return { ...document, action: isThere ? "replace" : "create" };
}

export async function getSecurity(context: SubscriptionContext, { accountId, authId }: Place) {
  const kept = await mustFind<StoredSecurity>(context, accountId, SECURITY_KIND, authId, `Security settings ${authId}`);
  const credentials = openCredentials(context.secrets, kept, placeOf(accountId, SECURITY_KIND, authId));
  return { authId, ...(kept.type === undefined ? {} : { type: kept.type }), ...(credentials && { credentials }) };
}

/** Without the credentials: only the document's example of a single one shows them. */
export async function listSecurity(context: SubscriptionContext, accountId: number, query: PageQuery) {
  const all = await list<StoredSecurity>(context, accountId, SECURITY_KIND);
  return pageOf(
    all.map(({ id, body: { type } }) => ({ authId: id, ...(type === undefined ? {} : { type }) })),
    query,
  );
}

/** What the request does not name stays. */
export async function updateSecurity(context: SubscriptionContext, place: Place, body: NoIdSecurityRequest) {
  const { accountId, authId } = place;
  const kept = await getSecurity(context, place);
  const { type = kept.type, credentials = kept.credentials } = body;
  const merged = { authId, ...(type === undefined ? {} : { type }), ...(credentials && { credentials }) };
  await apply(context, [securityChange(context, accountId, merged, true)]);
  return { authId };
}

/** @throws InvalidRequest while a profile that subscriptions deliver by is sent with them */
export async function deleteSecurity(context: SubscriptionContext, { accountId, authId }: Place) {
  await mustFind(context, accountId, SECURITY_KIND, authId, `Security settings ${authId}`);
  const subscriptions = await list<StoredSubscription>(context, accountId, SUBSCRIPTION_KIND);
  const inUse = new Set(subscriptions.map(({ body }) => body.profileId));
  const profiles = await list<StoredProfile>(context, accountId, PROFILE_KIND);
  const user = profiles.find(({ id, body }) => body.authId === authId && inUse.has(id));
  if (user !== undefined) {
    throw new InvalidRequest("authId", `${authId} is used by the profile ${user.id}, which a subscription delivers by`);
  }
  await apply(context, [{ action: "delete", accountId, kind: SECURITY_KIND, id: authId }]);
  return { authId };
}

function isSame(context: SubscriptionContext, place: Place, kept: StoredSecurity, asked: NoIdSecurityRequest): boolean {
  const opened = openCredentials(context.secrets, kept, placeOf(place.accountId, SECURITY_KIND, place.authId));
  return kept.type === asked.type && JSON.stringify(opened) === JSON.stringify(asked.credentials);
}

function check({ type, credentials }: { type?: SecurityRequest["type"] | undefined; credentials?: unknown }) {
  if (type === undefined) {
    if (credentials !== undefined) throw new InvalidRequest("type", "must not be null");
    return;
  }
  for (const name of NEEDS[type]) {
    if (credentials === undefined || !Object.hasOwn(credentials as object, name)) {
      throw new InvalidRequest(`credentials.${name}`, "must not be null");
    }
  }
  if (type !== "OAUTH") return;
  const { tokenUrl, headers } = credentials as OauthCredentials;
  checkUrl("credentials.tokenUrl", tokenUrl);
  checkHeaders("credentials.headers", headers);
}
