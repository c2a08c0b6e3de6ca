import { Type, type Static } from "typebox";
import { oneOf } from "../common.ts";
import { headerMap, SubscriptionsPageInfo, resourceId } from "./common.ts";

const credential = () => Type.String({ minLength: 1, maxLength: 255 });
const optionalCredential = () => Type.Optional(Type.String({ maxLength: 255 }));

export const CredentialsType = oneOf(["BASIC", "HMAC", "OAUTH", "CUSTOM"], { title: "CredentialsType" });
export type CredentialsType = Static<typeof CredentialsType>;

export const HmacAlgorithm = oneOf(
  ["HMAC_MD5", "HMAC_SHA_1", "HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"],
  { title: "HmacAlgorithm" },
);
export type HmacAlgorithm = Static<typeof HmacAlgorithm>;

export const BasicCredentials = Type.Object(
  { username: credential(), password: credential() },
  { title: "BasicCredentials" },
);
export type BasicCredentials = Static<typeof BasicCredentials>;

export const HmacCredentials = Type.Object(
  { secretKey: credential(), algorithm: HmacAlgorithm },
  { title: "HmacCredentials" },
);
export type HmacCredentials = Static<typeof HmacCredentials>;

export const OauthCredentials = Type.Object(
  {
    tokenUrl: credential(),
    clientId: optionalCredential(),
    clientSecret: optionalCredential(),
    grantType: credential(),
    scope: optionalCredential(),
    username: optionalCredential(),
    password: optionalCredential(),
    resource: optionalCredential(),
    refreshToken: optionalCredential(),
    headers: Type.Optional(headerMap()),
  },
  { title: "OauthCredentials" },
);
export type OauthCredentials = Static<typeof OauthCredentials>;

/** Which of them a `type` asks for is a relation between two properties, which the server checks. */
export const Credentials = Type.Union([BasicCredentials, HmacCredentials, OauthCredentials], { title: "Credentials" });
export type Credentials = Static<typeof Credentials>;

const security = () => ({ type: Type.Optional(CredentialsType), credentials: Type.Optional(Credentials) });

export const SecurityRequest = Type.Object({ authId: resourceId(), ...security() }, { title: "SecurityRequest" });
export type SecurityRequest = Static<typeof SecurityRequest>;

export const NoIdSecurityRequest = Type.Object(security(), { title: "NoIdSecurityRequest" });
export type NoIdSecurityRequest = Static<typeof NoIdSecurityRequest>;

export const IdOnlySecurityRequest = Type.Object({ authId: resourceId() }, { title: "IdOnlySecurityRequest" });

export const IdOnlySecurityResponse = Type.Object(
  { authId: Type.Optional(Type.String()) },
  { title: "IdOnlySecurityResponse" },
);
export type IdOnlySecurityResponse = Static<typeof IdOnlySecurityResponse>;

export const SecurityResponse = Type.Object(
  { authId: Type.Optional(Type.String()), ...security() },
  { title: "SecurityResponse" },
);
export type SecurityResponse = Static<typeof SecurityResponse>;

export const SecurityPage = Type.Object(
  { results: Type.Optional(Type.Array(SecurityResponse)), paging: Type.Optional(SubscriptionsPageInfo) },
  { title: "SecurityPage" },
);

export const SecurityPath = Type.Object({ authId: Type.String() }, { title: "SecurityPath" });
