import { Type, type Static } from "typebox";
import { int32 } from "../common.ts";

/** Answer of `GET /account/1/balance`; `currency` is an ISO 4217 code. */
export const AccountBalance = Type.Object(
  { balance: Type.Optional(Type.Number()), currency: Type.Optional(Type.String()) },
  { title: "AccountBalance" },
);
export type AccountBalance = Static<typeof AccountBalance>;

/** Answer of `GET /account/1/free-messages`. */
export const FreeMessagesResponse = Type.Object(
  { remainingCount: Type.Optional(int32()) },
  { title: "FreeMessagesResponse" },
);
export type FreeMessagesResponse = Static<typeof FreeMessagesResponse>;

/** Answer of `GET /account/1/total-balance`; `currency.code` is an ISO 4217 code. */
export const BalanceInfoResponse = Type.Object(
  {
    balance: Type.Optional(Type.Number()),
    allowedMinus: Type.Optional(Type.Number()),
    monthlyLimit: Type.Optional(Type.Number()),
    monthlyBalance: Type.Optional(Type.Number()),
    currency: Type.Optional(
      Type.Object(
        {
          id: Type.Optional(int32()),
          code: Type.Optional(Type.String()),
          currencyName: Type.Optional(Type.String()),
          symbol: Type.Optional(Type.String()),
        },
        { title: "SimpleCurrencyInfo" },
      ),
    ),
    freeMessages: Type.Optional(Type.Record(Type.String(), int32())),
  },
  { title: "BalanceInfoResponse" },
);
export type BalanceInfoResponse = Static<typeof BalanceInfoResponse>;
