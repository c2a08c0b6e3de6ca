import { Type, type Static } from "typebox";

/** Answer of `GET /account/1/balance`; `currency` is an ISO 4217 code. */
export const AccountBalance = Type.Object(
  { balance: Type.Optional(Type.Number()), currency: Type.Optional(Type.String()) },
  { title: "AccountBalance" },
);
export type AccountBalance = Static<typeof AccountBalance>;
