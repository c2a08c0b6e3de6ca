import type {
  Account,
  AccountsQuery,
  AccountsResponse,
  BalanceInfoResponse,
  UpdateAccountRequest,
} from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { Store } from "../store/store.ts";
import { accountKeyOf, isOwnAccount } from "./account-key.ts";

/** The document that keeps what an account says of itself. One of each account. */
const KIND = "account";
const ID = "settings";
const NAME_DEFAULT = "Main account";

export interface AccountsOptions {
  readonly store: Pick<Store, "changeDocuments" | "findDocument">;
  readonly clock: Clock;
}

/** `GET /settings/1/accounts`: there is one account, and everybody sees their own. */
export async function listAccounts(
  options: AccountsOptions,
  accountId: number,
  { name, enabled = true }: AccountsQuery,
): Promise<AccountsResponse> {
  const account = await findAccount(options, accountId);
  const isMeant = enabled && (name === undefined || account.name === name);
  return { accounts: isMeant ? [account] : [] };
}

/** `PUT /settings/1/accounts/{accountKey}`. @throws RequestRefused 404 for another account, 403 for its own end */
export async function updateAccount(
  options: AccountsOptions,
  accountId: number,
  accountKey: string,
  { name, enabled }: UpdateAccountRequest,
): Promise<Account> {
  if (!isOwnAccount(accountKey, accountId)) throw new RequestRefused(404, `There is no account ${accountKey}.`);
  if (enabled === false) throw new RequestRefused(403, "The main account cannot be disabled.");
  if (name !== undefined) {
    const { store, clock } = options;
    const body = JSON.stringify({ name });
    await store.changeDocuments([{ action: "put", accountId, kind: KIND, id: ID, body, at: clock.now() }]);
  }
  return findAccount(options, accountId);
}

async function findAccount({ store }: AccountsOptions, accountId: number): Promise<Account & { name: string }> {
  const document = await store.findDocument(accountId, KIND, ID);
  const { name } = document === null ? { name: NAME_DEFAULT } : (JSON.parse(document.body) as { name: string });
  const key = accountKeyOf(accountId);
  return { key, ownerKey: key, name, enabled: true };
}

/** `GET /account/1/total-balance`: what is configured. Nothing is lent, counted by the month or given away. */
export function totalBalance({ balance, currency }: { balance: number; currency: string }): BalanceInfoResponse {
  const symbol = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" })
    .formatToParts(0)
    .find(({ type }) => type === "currency")?.value;
  const currencyName = new Intl.DisplayNames("en", { type: "currency" }).of(currency);
  return {
    balance,
    allowedMinus: 0,
    monthlyLimit: 0,
    monthlyBalance: 0,
    currency: {
      code: currency,
      ...(currencyName === undefined ? {} : { currencyName }),
      ...(symbol === undefined ? {} : { symbol }),
    },
    freeMessages: {},
  };
}
