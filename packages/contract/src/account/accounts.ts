import { Type, type Static } from "typebox";
import { shortText } from "../common.ts";
import { SHORT_TEXT_LENGTH_MAX } from "../limits.ts";

export const Account = Type.Object(
  {
    key: Type.Optional(Type.String()),
    ownerKey: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    enabled: Type.Optional(Type.Boolean()),
  },
  { title: "Account" },
);
export type Account = Static<typeof Account>;

export const AccountsResponse = Type.Object(
  { accounts: Type.Optional(Type.Array(Account)) },
  { title: "AccountsResponse" },
);
export type AccountsResponse = Static<typeof AccountsResponse>;

export const AccountsQuery = Type.Object(
  {
    name: Type.Optional(shortText()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 40 })),
    enabled: Type.Optional(Type.Boolean()),
  },
  { title: "AccountsQuery" },
);
export type AccountsQuery = Static<typeof AccountsQuery>;

export const UpdateAccountRequest = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: SHORT_TEXT_LENGTH_MAX })),
    enabled: Type.Optional(Type.Boolean()),
  },
  { title: "UpdateAccountRequest" },
);
export type UpdateAccountRequest = Static<typeof UpdateAccountRequest>;
