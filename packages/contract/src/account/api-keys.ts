import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText } from "../common.ts";
import { parseDate } from "../date.ts";
import { API_KEY_LIST_MAX, DATE_TEXT_LENGTH_MAX, SECRET_TEXT_LENGTH_MAX, SHORT_TEXT_LENGTH_MAX } from "../limits.ts";

/** Milliseconds since the epoch of a date that may lack its offset, which is UTC then: API keys' dates have none. */
export function parseKeyDate(text: string): number | undefined {
  return parseDate(text) ?? parseDate(`${text}Z`);
}

/** A date of an API key, with or without an offset. */
export const KeyDate = Type.Refine(
  Type.String({ maxLength: DATE_TEXT_LENGTH_MAX }),
  (text) => parseKeyDate(text) !== undefined,
  () => "must be a date-time, for example 2026-01-31T13:45:00",
);
export type KeyDate = Static<typeof KeyDate>;

const name = () => Type.String({ minLength: 1, maxLength: SHORT_TEXT_LENGTH_MAX });
const optionalList = <Item extends Parameters<typeof Type.Array>[0]>(item: Item) =>
  Type.Optional(Type.Array(item, { maxItems: API_KEY_LIST_MAX }));

export const ApiKeyPermission = oneOf(["PUBLIC_API", "2FA_CLIENT", "WEB_SDK"], { title: "ApiKeyPermission" });
export type ApiKeyPermission = Static<typeof ApiKeyPermission>;

export const ApiKeyPlatformAction = oneOf(["FILL", "FORCE"], { title: "ApiKeyPlatformAction" });

/** An application, or one entity of it, that a key is linked to. `key` is ours and only in answers. */
export const ApiKeyPlatform = Type.Object(
  {
    key: Type.Optional(shortText()),
    applicationId: name(),
    entityId: Type.Optional(name()),
    action: Type.Optional(ApiKeyPlatformAction),
  },
  { title: "ApiKeyPlatform" },
);
export type ApiKeyPlatform = Static<typeof ApiKeyPlatform>;

const shared = {
  accountId: Type.Optional(shortText()),
  allowedIPs: optionalList(Type.String({ maxLength: SHORT_TEXT_LENGTH_MAX })),
  validFrom: Type.Optional(KeyDate),
  validTo: Type.Optional(KeyDate),
  permissions: optionalList(ApiKeyPermission),
  platform: optionalList(ApiKeyPlatform),
  scopeGuids: optionalList(name()),
};

/** Body of `POST /settings/2/api-keys`. */
export const CreateApiKeyRequest = Type.Object({ ...shared, name: name() }, { title: "CreateApiKeyRequest" });
export type CreateApiKeyRequest = Static<typeof CreateApiKeyRequest>;

/** Body of `PUT /settings/2/api-keys/{apiKeyId}`: what is absent stays as it is. */
export const UpdateApiKeyRequest = Type.Object(
  { ...shared, name: Type.Optional(name()), enabled: Type.Optional(Type.Boolean()) },
  { title: "UpdateApiKeyRequest" },
);
export type UpdateApiKeyRequest = Static<typeof UpdateApiKeyRequest>;

/** A key as version 2 shows it. The secret is there only in the answer to its creation. */
export const ApiKey = Type.Object(
  {
    ...shared,
    id: Type.Optional(Type.String()),
    apiKeySecret: Type.Optional(Type.String()),
    name: name(),
    enabled: Type.Optional(Type.Boolean()),
  },
  { title: "ApiKey" },
);
export type ApiKey = Static<typeof ApiKey>;

/** The answer to a creation also calls the id what the paths of a key call it, so that it can be put into them. */
export const CreatedApiKey = Type.Object(
  { ...ApiKey.properties, apiKeyId: Type.Optional(Type.String()) },
  { title: "CreatedApiKey" },
);
export type CreatedApiKey = Static<typeof CreatedApiKey>;

export const API_KEY_ORDERS = ["id", "name", "validFrom", "validTo", "enabled"] as const;

/** The order is a text in the document; ours says which ones there are. */
export const ApiKeysQuery = Type.Object(
  {
    accountId: Type.Optional(shortText()),
    name: Type.Optional(shortText()),
    page: Type.Optional(int32(0, 100)),
    size: Type.Optional(int32(1, 100)),
    orderBy: Type.Optional(Type.Enum([...API_KEY_ORDERS], { type: "string" })),
    orderDirection: Type.Optional(Type.Enum(["asc", "desc", "ASC", "DESC"], { type: "string" })),
    enabled: Type.Optional(Type.Boolean()),
    apiKeySecret: Type.Optional(Type.String({ maxLength: SECRET_TEXT_LENGTH_MAX })),
  },
  { title: "ApiKeysQuery" },
);
export type ApiKeysQuery = Static<typeof ApiKeysQuery>;

/** Answer of `GET /settings/2/api-keys`. */
export const GetApiKeysResponse = Type.Object(
  {
    apiKeys: Type.Optional(Type.Array(ApiKey)),
    paging: Type.Object(
      {
        page: Type.Optional(int32()),
        pageSize: Type.Optional(int32()),
        orderDirection: Type.Optional(Type.String()),
        orderBy: Type.Optional(Type.String()),
        totalCount: Type.Optional(Type.Integer()),
        totalPages: Type.Optional(int32()),
      },
      { title: "ApiKeyPaging" },
    ),
  },
  { title: "GetApiKeysResponse" },
);
export type GetApiKeysResponse = Static<typeof GetApiKeysResponse>;

export const ApiKeyParams = Type.Object({ apiKeyId: shortText() }, { title: "ApiKeyParams" });

/** Permissions as the deprecated operations name them. */
export const ApiKeyPermissionV1 = oneOf(
  ["ALL", "TFA", "PUSH_CLIENT", "PEOPLE_EVENTS_PUBLIC_CLIENT", "EXTERNAL_INTEGRATIONS"],
  { title: "ApiKeyPermissionV1" },
);
export type ApiKeyPermissionV1 = Static<typeof ApiKeyPermissionV1>;

const sharedV1 = {
  allowedIPs: optionalList(Type.String({ maxLength: SHORT_TEXT_LENGTH_MAX })),
  validFrom: Type.Optional(KeyDate),
  validTo: Type.Optional(KeyDate),
  enabled: Type.Optional(Type.Boolean()),
  permissions: optionalList(ApiKeyPermissionV1),
};

/** Body of `POST /settings/1/accounts/{accountKey}/api-keys`. */
export const CreateApiKeyRequestV1 = Type.Object({ ...sharedV1, name: name() }, { title: "CreateApiKeyRequestV1" });
export type CreateApiKeyRequestV1 = Static<typeof CreateApiKeyRequestV1>;

export const UpdateApiKeyRequestV1 = Type.Object(
  { ...sharedV1, name: Type.Optional(name()) },
  { title: "UpdateApiKeyRequestV1" },
);
export type UpdateApiKeyRequestV1 = Static<typeof UpdateApiKeyRequestV1>;

/** A key as version 1 shows it. `publicApiKey` is the secret, there only in the answer to its creation. */
export const ApiKeyResponse = Type.Object(
  {
    ...sharedV1,
    key: Type.Optional(Type.String()),
    publicApiKey: Type.Optional(Type.String()),
    accountKey: Type.Optional(Type.String()),
    validFrom: Type.Optional(DateTime),
    validTo: Type.Optional(DateTime),
    name: name(),
  },
  { title: "ApiKeyResponse" },
);
export type ApiKeyResponse = Static<typeof ApiKeyResponse>;

export const ApiKeys = Type.Object({ apiKeys: Type.Optional(Type.Array(ApiKeyResponse)) }, { title: "ApiKeys" });
export type ApiKeys = Static<typeof ApiKeys>;

export const ApiKeysQueryV1 = Type.Object(
  {
    name: Type.Optional(shortText()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 40 })),
    enabled: Type.Optional(Type.Boolean()),
    publicApiKey: Type.Optional(Type.String({ maxLength: SECRET_TEXT_LENGTH_MAX })),
  },
  { title: "ApiKeysQueryV1" },
);
export type ApiKeysQueryV1 = Static<typeof ApiKeysQueryV1>;

export const AccountParams = Type.Object({ accountKey: shortText() }, { title: "AccountParams" });
export const ApiKeyParamsV1 = Type.Object({ accountKey: shortText(), key: shortText() }, { title: "ApiKeyParamsV1" });
