import { Type, type Static } from "typebox";
import { int32, oneOf } from "../common.ts";
import { headerMap, SubscriptionsPageInfo, resourceId } from "./common.ts";
import { IdOnlySecurityRequest, IdOnlySecurityResponse, SecurityRequest } from "./security.ts";

/** Where and how webhooks are sent. */
export const WebhookSettings = Type.Object(
  { contentType: Type.Optional(Type.String({ maxLength: 255 })), notifyUrl: Type.String({ maxLength: 512 }) },
  { title: "WebhookSettings" },
);
export type WebhookSettings = Static<typeof WebhookSettings>;

export const SslProtocol = oneOf(["TLSv1.2", "TLSv1.3"], { title: "SslProtocol" });
export type SslProtocol = Static<typeof SslProtocol>;

/** Times are milliseconds, `rateLimit` is requests a second. */
const delivery = () => ({
  clientCertificateId: Type.Optional(Type.String({ maxLength: 255 })),
  maxBucketSize: Type.Optional(int32(1, 2000)),
  windowSize: Type.Optional(int32(20, 10_000)),
  connectTimeout: Type.Optional(int32(300, 30_000)),
  readTimeout: Type.Optional(int32(1000, 90_000)),
  enabledSSLProtocols: Type.Optional(Type.Array(SslProtocol, { uniqueItems: true })),
  headers: Type.Optional(headerMap()),
  responseRegex: Type.Optional(Type.String()),
  responseBodyRegex: Type.Optional(Type.String()),
  rateLimit: Type.Optional(int32(1, 5000)),
});

/** An id alone means a profile that is there already. */
export const ProfileRequest = Type.Object(
  {
    profileId: resourceId(),
    webhook: Type.Optional(WebhookSettings),
    security: Type.Optional(SecurityRequest),
    ...delivery(),
  },
  { title: "ProfileRequest" },
);
export type ProfileRequest = Static<typeof ProfileRequest>;

export const NoIdProfileRequest = Type.Object(
  { webhook: Type.Optional(WebhookSettings), security: Type.Optional(IdOnlySecurityRequest), ...delivery() },
  { title: "NoIdProfileRequest" },
);
export type NoIdProfileRequest = Static<typeof NoIdProfileRequest>;

export const IdOnlyProfileRequest = Type.Object({ profileId: resourceId() }, { title: "IdOnlyProfileRequest" });

export const IdOnlyProfileResponse = Type.Object(
  { profileId: Type.Optional(Type.String()), security: Type.Optional(IdOnlySecurityResponse) },
  { title: "IdOnlyProfileResponse" },
);
export type IdOnlyProfileResponse = Static<typeof IdOnlyProfileResponse>;

/** Answers state no limits: what is kept has passed them. */
export const ProfileResponse = Type.Object(
  {
    profileId: Type.Optional(Type.String()),
    webhook: Type.Optional(WebhookSettings),
    security: Type.Optional(IdOnlySecurityResponse),
    clientCertificateId: Type.Optional(Type.String()),
    maxBucketSize: Type.Optional(int32()),
    windowSize: Type.Optional(int32()),
    connectTimeout: Type.Optional(int32()),
    readTimeout: Type.Optional(int32()),
    enabledSSLProtocols: Type.Optional(Type.Array(SslProtocol)),
    headers: Type.Optional(headerMap()),
    responseRegex: Type.Optional(Type.String()),
    responseBodyRegex: Type.Optional(Type.String()),
    rateLimit: Type.Optional(int32()),
  },
  { title: "ProfileResponse" },
);
export type ProfileResponse = Static<typeof ProfileResponse>;

export const ProfilePage = Type.Object(
  { results: Type.Optional(Type.Array(ProfileResponse)), paging: Type.Optional(SubscriptionsPageInfo) },
  { title: "ProfilePage" },
);

export const ProfilePath = Type.Object({ profileId: Type.String() }, { title: "ProfilePath" });
