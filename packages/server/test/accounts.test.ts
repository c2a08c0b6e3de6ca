import assert from "node:assert/strict";
import { test } from "node:test";
import { Account, AccountsResponse, BalanceInfoResponse, FreeMessagesResponse } from "@posthorn/contract";
import { assertFits } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile(), {
  settings: { "account.balance": 12.5, "account.currency": "CHF" },
});
const get = (path: string) => server.client.call("GET", path);
const names = (path: string, method = "get") => ["paths", path, method, "responses", "200"];

test("the balances are the configured ones, and nothing is free", async () => {
  assert.deepEqual((await get("/account/1/balance")).body, { balance: 12.5, currency: "CHF" });
  const total = (await get("/account/1/total-balance")).body;
  assertFits(total, BalanceInfoResponse, "account-management", names("/account/1/total-balance"));
  assert.deepEqual(total, {
    balance: 12.5,
    allowedMinus: 0,
    monthlyLimit: 0,
    monthlyBalance: 0,
    currency: { code: "CHF", currencyName: "Swiss Franc", symbol: "CHF" },
    freeMessages: {},
  });
  const free = (await get("/account/1/free-messages")).body;
  assertFits(free, FreeMessagesResponse, "account-management", names("/account/1/free-messages"));
  assert.deepEqual(free, { remainingCount: 0 });
});

test("an account sees itself and may take another name", async () => {
  const { body } = await get("/settings/1/accounts");
  assertFits(body, AccountsResponse, "account-management", names("/settings/1/accounts"));
  const [account] = body.accounts;
  assert.deepEqual(account, { key: account.key, ownerKey: account.key, name: "Main account", enabled: true });
  const path = "/settings/1/accounts/{accountKey}";
  const put = (key: string, json: object) => server.client.call("PUT", `/settings/1/accounts/${key}`, { json });
  const renamed = await put(account.key, { name: "½ Shop" });
  assertFits(renamed.body, Account, "account-management", names(path, "put"));
  assert.deepEqual(renamed.body, { ...account, name: "½ Shop" });
  assert.deepEqual((await put("_", { enabled: true })).body, renamed.body);
  assert.deepEqual((await get("/settings/1/accounts?name=%C2%BD%20Shop&enabled=true&limit=1")).body.accounts, [
    renamed.body,
  ]);
  assert.deepEqual((await get("/settings/1/accounts?name=Main")).body.accounts, []);
  assert.deepEqual((await get("/settings/1/accounts?enabled=false")).body.accounts, []);
});

test("an account cannot end itself, nor touch another, nor lose its name", async () => {
  const put = async (key: string, json: object) =>
    (await server.client.call("PUT", `/settings/1/accounts/${key}`, { json })).status;
  assert.deepEqual(
    [
      await put("_", { enabled: false }),
      await put("8F0792F86035A9F4290821F1EE6BC06A", { name: "x" }),
      await put("_", { name: "" }),
      await put("_", { name: "a".repeat(256) }),
      await put("_", { name: "a".repeat(255) }),
    ],
    [403, 404, 400, 400, 200],
  );
  assert.equal((await get("/settings/1/accounts?limit=0")).status, 400);
  assert.equal((await get("/settings/1/accounts?limit=1001")).status, 400);
});
