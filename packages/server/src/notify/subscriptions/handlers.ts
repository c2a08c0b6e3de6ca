import type { OPERATIONS } from "@posthorn/contract";
import type { Static, TSchema } from "typebox";
import {
  type CertificateContext,
  deleteCertificate,
  getCertificate,
  getCertificateStatus,
  listCertificates,
  listCertificateStatuses,
  testCertificate,
  uploadCertificate,
} from "./certificates.ts";
import { createProfile, deleteProfile, getProfile, listProfiles, updateProfile } from "./profiles.ts";
import { createSecurity, deleteSecurity, getSecurity, listSecurity, updateSecurity } from "./security.ts";
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  updateSubscription,
} from "./subscriptions.ts";

type Operations = typeof OPERATIONS;
type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** What an operation's handler is given, by its schemas; see http/routes.ts, which gives it. */
interface Asked<Name extends keyof Operations> {
  readonly accountId: number;
  readonly params: Operations[Name] extends { params: infer Params } ? StaticOf<Params> : undefined;
  readonly body: Operations[Name] extends { body: infer Body } ? StaticOf<Body> : undefined;
  readonly query: Operations[Name] extends { query: infer Query } ? StaticOf<Query> : undefined;
  readonly setHeader: (name: string, value: string) => void;
}

/** The handlers of `/subscriptions/1/**`, by the contract's names of the operations. */
export function subscriptionHandlers(context: CertificateContext) {
  return {
    getSubscriptions: ({ accountId, params, query }: Asked<"getSubscriptions">) =>
      listSubscriptions(context, accountId, params.channel.toUpperCase(), query),
    createSubscription: ({ accountId, params, body, setHeader }: Asked<"createSubscription">) =>
      createSubscription(context, accountId, params.channel.toUpperCase(), body, setHeader),
    getSubscription: ({ accountId, params }: Asked<"getSubscription">) =>
      getSubscription(context, placeOf(accountId, params)),
    updateSubscription: ({ accountId, params, body }: Asked<"updateSubscription">) =>
      updateSubscription(context, placeOf(accountId, params), body),
    deleteSubscription: ({ accountId, params }: Asked<"deleteSubscription">) =>
      deleteSubscription(context, placeOf(accountId, params)),
    ...profileHandlers(context),
    ...certificateHandlers(context),
  };
}

/** Channels are written in capitals; a client that does not means the same. */
function placeOf(accountId: number, { channel, subscriptionId }: { channel: string; subscriptionId: string }) {
  return { accountId, channel: channel.toUpperCase(), subscriptionId };
}

function profileHandlers(context: CertificateContext) {
  return {
    getProfiles: ({ accountId, query }: Asked<"getProfiles">) => listProfiles(context, accountId, query),
    createProfile: ({ accountId, body, setHeader }: Asked<"createProfile">) =>
      createProfile(context, accountId, body, setHeader),
    getProfile: ({ accountId, params }: Asked<"getProfile">) => getProfile(context, { accountId, ...params }),
    updateProfile: ({ accountId, params, body }: Asked<"updateProfile">) =>
      updateProfile(context, { accountId, ...params }, body),
    deleteProfile: ({ accountId, params }: Asked<"deleteProfile">) => deleteProfile(context, { accountId, ...params }),
    getSecuritySettings: ({ accountId, query }: Asked<"getSecuritySettings">) =>
      listSecurity(context, accountId, query),
    createSecuritySettings: ({ accountId, body, setHeader }: Asked<"createSecuritySettings">) =>
      createSecurity(context, accountId, body, setHeader),
    getSecuritySetting: ({ accountId, params }: Asked<"getSecuritySetting">) =>
      getSecurity(context, { accountId, ...params }),
    updateSecuritySettings: ({ accountId, params, body }: Asked<"updateSecuritySettings">) =>
      updateSecurity(context, { accountId, ...params }, body),
    deleteSecuritySettings: ({ accountId, params }: Asked<"deleteSecuritySettings">) =>
      deleteSecurity(context, { accountId, ...params }),
  };
}

function certificateHandlers(context: CertificateContext) {
  return {
    getCertificates: ({ accountId, query }: Asked<"getCertificates">) => listCertificates(context, accountId, query),
    uploadCertificate: ({ accountId, body, setHeader }: Asked<"uploadCertificate">) =>
      uploadCertificate(context, accountId, body, setHeader),
    getCertificate: ({ accountId, params }: Asked<"getCertificate">) =>
      getCertificate(context, { accountId, ...params }),
    deleteCertificate: ({ accountId, params }: Asked<"deleteCertificate">) =>
      deleteCertificate(context, { accountId, ...params }),
    getCertificateStatuses: ({ accountId, query }: Asked<"getCertificateStatuses">) =>
      listCertificateStatuses(context, accountId, query),
    getCertificateStatus: ({ accountId, params }: Asked<"getCertificateStatus">) =>
      getCertificateStatus(context, { accountId, ...params }),
    testConnectionToWebhook: ({ accountId, body }: Asked<"testConnectionToWebhook">) =>
      testCertificate(context, accountId, body),
  };
}
