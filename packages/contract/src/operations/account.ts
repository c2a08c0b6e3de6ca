import type { Operation } from "../operation.ts";
import { AccountBalance } from "../account/balance.ts";

/** What an account knows of itself. */
export const ACCOUNT_OPERATIONS = {
  getAccountBalance: {
    operationId: "get-account-balance",
    document: "account-management",
    method: "GET",
    path: "/account/1/balance",
    scopes: ["account-management:manage"],
    envelope: "ApiException",
    response: AccountBalance,
  },
} as const satisfies Record<string, Operation>;
