import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiKey, CreatedApiKey, ApiKeyResponse, GetApiKeysResponse } from "@posthorn/contract";
import { ApiClient, oneSms, violationsOf } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { assertFits } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const KEYS = "/settings/2/api-keys";
const DAY_MS = 86_400_000;
const FILE = "account-management";

const clock = new FakeClock();
const server = await startTestServer(cleanupAfterFile(), { clock });

/** A day in which no key was made yet, so that no test is stopped by the keys of another. */
async function newDay() {
  await clock.advanceAndSettle(DAY_MS);
}

async function make(body: object) {
  const answer = await server.client.call("POST", KEYS, { json: { name: "made", ...body } });
  assert.equal(answer.status, 200, answer.text);
  return { ...answer.body, client: new ApiClient(server.url, answer.body.apiKeySecret) } as CreatedApiKey & {
    id: string;
    client: ApiClient;
  };
}

const update = (id: string, json: object) => server.client.call("PUT", `${KEYS}/${id}`, { json });
const balance = (client: ApiClient, headers: Record<string, string> = {}) =>
  client.call("GET", "/account/1/balance", { headers }).then(({ status }) => status);

/** `yyyy-MM-ddTHH:mm:ss` in UTC, as version 2 has its dates. */
const dated = (ms: number) => new Date(ms).toISOString().slice(0, 19);

test("a new key works at once, is valid for a year, and its secret is told once", async () => {
  await newDay();
  const answer = await server.client.call("POST", KEYS, { json: { name: "shop" } });
  assert.equal(answer.status, 200);
  assertFits(answer.body, CreatedApiKey, FILE, ["paths", KEYS, "post", "responses", "200"]);
  const { id, apiKeyId, apiKeySecret, accountId, ...rest } = answer.body;
  assert.equal(apiKeyId, id);
  const [from, to] = [new Date(clock.now()), new Date(clock.now())];
  to.setUTCFullYear(to.getUTCFullYear() + 1);
  assert.deepEqual(rest, {
    name: "shop",
    allowedIPs: [],
    validFrom: dated(from.getTime()),
    validTo: dated(to.getTime()),
    enabled: true,
    permissions: ["PUBLIC_API"],
  });
  assert.match(accountId, /^[0-9A-F]{32}$/);
  assert.equal(await balance(new ApiClient(server.url, apiKeySecret)), 200);
  const basic = `Basic ${Buffer.from(`${id}:${apiKeySecret}`).toString("base64")}`;
  assert.equal((await server.client.call("GET", "/account/1/balance", { authorization: basic })).status, 200);

  const got = await server.client.call("GET", `${KEYS}/${id}`);
  assert.deepEqual([got.status, got.body], [200, { id, accountId, ...rest }]);
  assert.ok(!(await server.client.call("GET", KEYS)).text.includes(apiKeySecret));
});

test("the list is filtered, ordered and paged", async () => {
  await newDay();
  for (const name of ["page-b", "page-a", "page-c"]) await make({ name });
  const off = await make({ name: "page-off" });
  await update(off.id, { enabled: false });
  const list = async (query: string) => {
    const answer = await server.client.call("GET", `${KEYS}?${query}`);
    assert.equal(answer.status, 200, answer.text);
    assertFits(answer.body, GetApiKeysResponse, FILE, ["paths", KEYS, "get", "responses", "200"]);
    return answer.body as GetApiKeysResponse & { apiKeys: ApiKey[] };
  };
  const all = await list("orderBy=name&orderDirection=DESC");
  const names = all.apiKeys.map(({ name }) => name);
  assert.deepEqual(
    names,
    names.toSorted((a, b) => (a < b ? 1 : -1)),
  );
  assert.equal(all.paging.totalCount, names.length);

  const page = await list("orderBy=name&orderDirection=DESC&size=2&page=1");
  assert.deepEqual(
    page.apiKeys.map(({ id }) => id),
    all.apiKeys.slice(2, 4).map(({ id }) => id),
  );
  assert.deepEqual(page.paging, {
    page: 1,
    pageSize: 2,
    orderDirection: "desc",
    orderBy: "name",
    totalCount: names.length,
    totalPages: Math.ceil(names.length / 2),
  });
  assert.deepEqual((await list("page=100")).apiKeys, []);
  const only = async (query: string) => (await list(query)).apiKeys.map(({ name }) => name);
  assert.deepEqual(await only("name=page-a"), ["page-a"]);
  assert.deepEqual(await only("name=page-off&enabled=true"), []);
  assert.deepEqual(await only("name=page-off&enabled=false"), ["page-off"]);
  assert.deepEqual(await only(`apiKeySecret=${off.apiKeySecret}`), ["page-off"]);
  const ids = (await list("")).apiKeys.map(({ id }) => id);
  assert.deepEqual(
    ids,
    ids.toSorted((a = "", b = "") => (a < b ? -1 : 1)),
  );
});

for (const [query, property] of [
  ["page=-1", "page"],
  ["page=101", "page"],
  ["size=0", "size"],
  ["size=101", "size"],
  ["orderBy=secret", "orderBy"],
  ["orderDirection=up", "orderDirection"],
  ["enabled=perhaps", "enabled"],
]) {
  test(`a list with ${query} is refused`, async () => {
    const answer = await server.client.call("GET", `${KEYS}?${query}`);
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  });
}

const REFUSED: readonly [body: object, property: string][] = [
  [{ name: undefined }, "name"],
  [{ name: "" }, "name"],
  [{ name: "a".repeat(256) }, "name"],
  [{ allowedIPs: ["10.0.0.1", "10.0.0.1/33"] }, "allowedIPs[1]"],
  [{ allowedIPs: ["here"] }, "allowedIPs[0]"],
  [{ allowedIPs: Array.from({ length: 101 }, () => "10.0.0.1") }, "allowedIPs"],
  [{ validFrom: "2026-01-01" }, "validFrom"],
  [{ validTo: "2026-02-30T00:00:00" }, "validTo"],
  [{ permissions: ["ALL"] }, "permissions[0]"],
  [{ permissions: ["PUBLIC_API", "WEB_SDK"] }, "permissions"],
  [{ permissions: ["PUBLIC_API"], platform: [{ applicationId: "a" }] }, "permissions"],
  [{ platform: [{ entityId: "e" }] }, "platform[0].applicationId"],
  [{ platform: [{ applicationId: "a", action: "GUESS" }] }, "platform[0].action"],
  [{ scopeGuids: [""] }, "scopeGuids[0]"],
];
for (const [body, property] of REFUSED) {
  test(`a key with ${JSON.stringify(body).slice(0, 60)} is refused`, async () => {
    const answer = await server.client.call("POST", KEYS, { json: { name: "bad", ...body } });
    assert.equal(answer.status, 400, answer.text);
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  });
}

test("scopes are what is given, or what the permissions mean; none open nothing", async () => {
  await newDay();
  const sends = async ({ client }: { client: ApiClient }) => (await client.sms(oneSms())).status;
  const scoped = await make({ scopeGuids: ["sms:message:send", "of:another:version"] });
  assert.deepEqual(scoped.scopeGuids, ["sms:message:send", "of:another:version"]);
  assert.deepEqual([await sends(scoped), await balance(scoped.client)], [200, 403]);
  const pin = await make({ permissions: ["2FA_CLIENT"] });
  assert.deepEqual([pin.permissions, await sends(pin)], [["2FA_CLIENT"], 403]);
  assert.equal(await sends(await make({ scopeGuids: [] })), 403);

  assert.equal((await update(scoped.id, { name: "renamed" })).body.scopeGuids.length, 2);
  await update(scoped.id, { scopeGuids: [] });
  assert.equal(await sends(scoped), 403);
  const opened = await update(pin.id, { permissions: [] });
  assert.deepEqual([opened.body.permissions, await sends(pin)], [["PUBLIC_API"], 200]);
});

test("a key is refused before its validity, after it, while it is disabled, and works again", async () => {
  await newDay();
  const now = clock.now();
  const key = await make({ validFrom: dated(now + 60_000), validTo: `${dated(now + 120_000)}.000+0000` });
  assert.equal(await balance(key.client), 401);
  await clock.advanceAndSettle(60_000);
  assert.equal(await balance(key.client), 200);
  await update(key.id, { enabled: false });
  assert.equal(await balance(key.client), 401);
  await update(key.id, { enabled: true });
  assert.equal(await balance(key.client), 200);
  await clock.advanceAndSettle(60_000);
  assert.equal(await balance(key.client), 401);
  // Infobip's own example ends before it begins.
  await update(key.id, { validFrom: dated(now + 10 * DAY_MS), validTo: dated(now) });
  assert.equal(await balance(key.client), 401);
});

test("what an update does not name stays", async () => {
  await newDay();
  const { client, apiKeyId, apiKeySecret, ...key } = await make({
    allowedIPs: ["127.0.0.0/8"],
    scopeGuids: ["account-management:manage"],
    validTo: dated(clock.now() + DAY_MS),
  });
  assert.deepEqual((await update(key.id, {})).body, key);
  const renamed = await update(key.id, { name: "new" });
  assert.deepEqual(renamed.body, { ...key, name: "new" });
  assert.equal((await update("key0", { name: "x" })).status, 404);
  assert.equal((await server.client.call("GET", `${KEYS}/key0`)).body.errorCode, "E404");
});

test("an update that gives permissions takes a key's links away, and the other way round", async () => {
  await newDay();
  const { id } = await make({ platform: [{ applicationId: "linked" }] });
  const withPermissions = (await update(id, { permissions: ["PUBLIC_API"] })).body;
  assert.deepEqual([withPermissions.permissions, withPermissions.platform], [["PUBLIC_API"], undefined]);
  const linked = (await update(id, { platform: [{ applicationId: "again" }] })).body;
  assert.deepEqual([linked.permissions, linked.platform.length], [undefined, 1]);
});

test("a key that came without limits is shown, changed and kept as it was otherwise", async () => {
  const { id, client } = await server.addKey({ scopes: ["account-management:manage"] });
  const before = (await server.client.call("GET", `${KEYS}/${id}`)).body;
  assert.deepEqual([before.validTo, before.scopeGuids], [undefined, ["account-management:manage"]]);
  await update(id, { allowedIPs: ["10.0.0.1"] });
  assert.equal(await balance(client), 401);
  await update(id, { allowedIPs: [] });
  assert.equal(await balance(client), 200);
  assert.deepEqual((await server.client.call("GET", `${KEYS}/${id}`)).body, before);
});

test("a key works only from its addresses, and no header moves its client", async () => {
  await newDay();
  const forwarded = { "x-forwarded-for": "192.0.2.7" };
  for (const [allowedIPs, status] of [
    [["127.0.0.1"], 200],
    [["127.0.0.0/8", "192.0.2.7"], 200],
    [["::1/128"], 401],
    [["192.0.2.7"], 401],
  ] as const) {
    const { client } = await make({ allowedIPs });
    assert.equal(await balance(client, forwarded), status, allowedIPs.join(" "));
  }
});

test("behind a trusted proxy the client is whom the proxy names, not whom the client names", async (t) => {
  const proxied = await startTestServer(t, { settings: { "http.trustedProxies": "127.0.0.0/8, 10.0.0.0/8" } });
  const made = await proxied.client.call("POST", KEYS, { json: { name: "far", allowedIPs: ["192.0.2.7"] } });
  const client = new ApiClient(proxied.url, made.body.apiKeySecret);
  assert.equal(await balance(client, { "x-forwarded-for": "192.0.2.7" }), 200);
  assert.equal(await balance(client, { "x-forwarded-for": "192.0.2.7, 10.1.1.1" }), 200);
  assert.equal(await balance(client, { "x-forwarded-for": "192.0.2.7, 198.51.100.1" }), 401);
  assert.equal(await balance(client), 401);
});

test("forty keys a day may be made, also at once, and the next is told to wait", async () => {
  await newDay();
  const tries = await Promise.all(
    Array.from({ length: 42 }, () => server.client.call("POST", KEYS, { json: { name: "many" } })),
  );
  const count = (status: number) => tries.filter((answer) => answer.status === status).length;
  assert.deepEqual([count(200), count(429)], [40, 2]);
  assert.equal(tries.find(({ status }) => status === 429)?.body.errorCode, "E429");
  await newDay();
  await make({});
});

test("the deprecated operations show and change the same keys", async () => {
  await newDay();
  const path = "/settings/1/accounts/_/api-keys";
  const created = await server.client.call("POST", path, {
    json: { name: "old", allowedIPs: ["127.0.0.1"], permissions: ["ALL"] },
  });
  assert.equal(created.status, 201, created.text);
  const names = ["paths", "/settings/1/accounts/{accountKey}/api-keys", "post", "responses", "201"];
  assertFits(created.body, ApiKeyResponse, FILE, names);
  const { publicApiKey, ...shown } = created.body;
  assert.match(shown.validTo, /\+0000$/);
  assert.equal(await balance(new ApiClient(server.url, publicApiKey)), 200);
  const own = `/settings/1/accounts/${shown.accountKey}/api-keys`;
  assert.deepEqual((await server.client.call("GET", `${own}/${shown.key}`)).body, shown);
  assert.deepEqual((await server.client.call("GET", `${own}?name=old`)).body, { apiKeys: [shown] });
  assert.equal((await server.client.call("GET", `${own}?limit=1`)).body.apiKeys.length, 1);
  assert.equal((await server.client.call("GET", `${own}?limit=0`)).status, 400);
  const off = await server.client.call("PUT", `${own}/${shown.key}`, {
    json: { enabled: false, permissions: ["TFA"] },
  });
  assert.deepEqual(off.body, { ...shown, enabled: false, permissions: ["TFA"] });
  assert.equal((await server.client.call("GET", `${KEYS}/${shown.key}`)).body.permissions[0], "2FA_CLIENT");
  for (const call of [
    server.client.call("GET", "/settings/1/accounts/8F0792F86035A9F4290821F1EE6BC06A/api-keys"),
    server.client.call("GET", `${own}/key0`),
    server.client.call("PUT", `${own}/key0`, { json: {} }),
    server.client.call("POST", "/settings/1/accounts/other/api-keys", { json: { name: "x" } }),
  ]) {
    assert.equal((await call).status, 404);
  }
});
