import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, type Operation } from "@posthorn/contract";
import { hashSecret } from "../src/http/key-ring.ts";
import { oneSms } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, createFolder, startTestServer } from "./harness/test-server.ts";

/** After this a revoked key is refused at the latest; see key-ring.ts. */
const CACHE_MS = 2_000;

const clock = new FakeClock();
const server = await startTestServer(cleanupAfterFile(), { clock });

for (const operation of Object.values(OPERATIONS) as readonly Operation[]) {
  const { method, scopes, path } = operation;
  const call = async (scope: string) => {
    const { client } = await server.addKey({ scopes: [scope] });
    return client.call(method, path.replaceAll(/[{}]/g, ""));
  };

  for (const scope of scopes) {
    test(`${method} ${path} is open to a key with nothing but ${scope}`, async () => {
      // The key is judged before the rest, which is not there and may be refused.
      const { status, text } = await call(scope);
      assert.ok([200, 202, 204, 400, 404].includes(status), text);
    });
  }

  test(`${method} ${path} is closed to a key with another scope`, async () => {
    assert.equal((await call("voice:manage")).status, 403);
  });
}

test("a key that is revoked while it is in use is refused two seconds later at the latest", async () => {
  const { id, secret, client } = await server.addKey();
  assert.equal((await client.sms(oneSms())).status, 200);
  await server.addKey({ id, secretHash: hashSecret(secret), revokedAt: clock.now() });
  await clock.advanceAndSettle(CACHE_MS);
  assert.equal((await client.sms(oneSms())).status, 401);
});

test("a key ends at the moment at which its validity does", async () => {
  const { client } = await server.addKey({ validUntil: clock.now() + 1_000 });
  await clock.advanceAndSettle(999);
  assert.equal((await client.sms(oneSms())).status, 200);
  await clock.advanceAndSettle(1);
  assert.equal((await client.sms(oneSms())).status, 401);
});

test("a key that was unknown a moment ago is let in as soon as it is there", async () => {
  const secret = "made-after-it-was-tried";
  const authorization = `App ${secret}`;
  const call = () => server.client.call("GET", "/account/1/balance", { authorization });
  assert.equal((await call()).status, 401);
  await server.addKey({ secretHash: hashSecret(secret) });
  assert.equal((await call()).status, 200);
});

test("the configuration may give a key that the server made, and not one that is let in no more", async (t) => {
  const folder = createFolder(t);
  const secret = "made-by-the-server";
  const settings = { "auth.apiKey": secret };
  const first = await startTestServer(t, { folder });
  await first.addKey({ secretHash: hashSecret(secret), id: "key1" });
  await first.stop();
  const second = await startTestServer(t, { folder, settings });
  assert.equal((await second.client.call("GET", "/account/1/balance", { authorization: `App ${secret}` })).status, 200);
  assert.equal(
    (await second.client.call("GET", "/account/1/balance")).status,
    401,
    "the one before it is still let in",
  );
  const keys = await second.store.listApiKeys();
  const made = keys.find(({ id }) => id === "key1");
  assert.ok(made !== undefined);
  await second.store.saveApiKey({ ...made, revokedAt: 1 });
  await second.stop();
  await assert.rejects(startTestServer(t, { folder, settings }), { code: "CONFIGURED_KEY_ENDED" });
});

test("the key of the configuration replaces the one before it, and goes when it is taken out", async (t) => {
  const folder = createFolder(t);
  const statusOf = async (url: string, key: string) =>
    (await fetch(`${url}/account/1/balance`, { headers: { authorization: `App ${key}` } })).status;
  for (const [configured, good, bad] of [
    ["first-key", "first-key", "second-key"],
    ["second-key", "second-key", "first-key"],
  ] as const) {
    const next = await startTestServer(t, { folder, settings: { "auth.apiKey": configured } });
    assert.deepEqual([await statusOf(next.url, good), await statusOf(next.url, bad)], [200, 401]);
    await next.stop();
  }
  const without = await startTestServer(t, { folder, settings: { "auth.apiKey": "" } });
  assert.equal(await statusOf(without.url, "second-key"), 401);
  await without.stop();
  const again = await startTestServer(t, { folder, settings: { "auth.apiKey": "second-key" } });
  assert.equal(await statusOf(again.url, "second-key"), 200);
});
