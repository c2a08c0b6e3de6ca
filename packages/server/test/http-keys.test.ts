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

const BODIES: Readonly<Record<string, object>> = {
  "/sms/3/messages": oneSms(),
  "/sms/1/preview": { text: "Hi" },
  "/whatsapp/1/message/text": { from: "441134960000", to: "385981234567", content: { text: "Hi" } },
  "/sms/2/text/advanced": { messages: [{ destinations: [{ to: "385981234567" }], text: "Hi" }] },
  "/sms/2/binary/advanced": { messages: [{ destinations: [{ to: "385981234567" }], binary: { hex: "00" } }] },
  "/sms/1/text/single": { to: "385981234567", text: "Hi" },
  "/sms/2/text/single": { to: "385981234567", text: "Hi" },
  "/sms/1/text/multi": { messages: [{ to: "385981234567", text: "Hi" }] },
};
const QUERIES: Readonly<Record<string, string>> = {
  "/sms/3/text/query": "?to=385981234567&text=Hi",
  "/sms/1/text/query": "?to=385981234567&text=Hi",
};

for (const operation of Object.values(OPERATIONS) as readonly Operation[]) {
  for (const scope of operation.scopes) {
    test(`${operation.method} ${operation.path} is open to a key with nothing but ${scope}`, async () => {
      const { client } = await server.addKey({ scopes: [scope] });
      const json = BODIES[operation.path];
      const url = `${operation.path}${QUERIES[operation.path] ?? ""}`;
      const answer = await client.call(operation.method, url, json === undefined ? {} : { json });
      assert.equal(answer.status, 200, answer.text);
    });
  }
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
