import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { ask, subscribe } from "./harness/subscribing.ts";
import { createFolder, startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";
import { writeFileSync } from "node:fs";

const BASE = "/subscriptions/1";
const BASIC = { type: "BASIC", credentials: { username: "user", password: "pass-word-1" } };

/** Rejected at once, so its report is born as soon as it is accepted. */
const refused = (messageId: string, changes: object = {}) =>
  oneSms({ destinations: [{ to: "nobody", messageId }], ...changes });

async function pulled(server: TestServer): Promise<readonly string[]> {
  const body = (await ask(server.client, "GET", "/sms/3/reports")) as { results: readonly { messageId: string }[] };
  return body.results.map(({ messageId }) => messageId);
}

test("a subscription is made with its profile and security in one request, and each is there by itself", async (t) => {
  const { client } = await startTestServer(t);
  const security = { authId: "auth", ...BASIC };
  const made = await subscribe(client, "https://example.com/a", {
    profile: { security, headers: { "X-A": "b" } },
    subscription: { name: "n", criteria: [{ applicationId: "app" }], resources: ["1234"] },
  });
  assert.equal(made.headers.get("location"), `${BASE}/subscription/SMS/main`);
  const ids = { subscriptionId: "main", profile: { profileId: "main", security: { authId: "auth" } } };
  assert.deepEqual(made.body, ids);
  assert.deepEqual(await ask(client, "GET", `${BASE}/subscription/SMS/main`), {
    ...ids,
    name: "n",
    events: ["DELIVERY"],
    criteria: [{ applicationId: "app" }],
    resources: ["1234"],
  });
  assert.deepEqual(await ask(client, "GET", `${BASE}/profiles/main`), {
    profileId: "main",
    webhook: { notifyUrl: "https://example.com/a" },
    headers: { "X-A": "b" },
    security: { authId: "auth" },
  });
  assert.deepEqual(await ask(client, "GET", `${BASE}/security/auth`), security);
  const list = (await ask(client, "GET", `${BASE}/security`)) as { results: object[] };
  assert.deepEqual(list.results, [{ authId: "auth", type: "BASIC" }], "a list shows no credentials");
  assert.equal((await client.call("GET", `${BASE}/subscription/WHATSAPP/main`)).status, 404);
});

test("a profile that is only named is used again, and one that is not there is not found", async (t) => {
  const { client } = await startTestServer(t);
  await subscribe(client, "https://example.com/a");
  const again = { subscriptionId: "second", events: ["CLICK"], profile: { profileId: "main" } };
  await ask(client, "POST", `${BASE}/subscription/WHATSAPP`, again);
  const unknown = { subscriptionId: "third", events: ["CLICK"], profile: { profileId: "nobody" } };
  assert.equal((await client.call("POST", `${BASE}/subscription/SMS`, { json: unknown })).status, 404);
  const inline = { ...unknown, profile: { profileId: "new", security: { authId: "nobody" } } };
  assert.equal((await client.call("POST", `${BASE}/subscription/SMS`, { json: inline })).status, 404);
  assert.equal((await client.call("GET", `${BASE}/profiles/new`)).status, 404, "nothing is half done");
});

test("the same again is done already, and something else under the same id is refused", async (t) => {
  const { client } = await startTestServer(t);
  await ask(client, "POST", `${BASE}/security`, { authId: "a", ...BASIC });
  await ask(client, "POST", `${BASE}/security`, { authId: "a", ...BASIC });
  const other = { authId: "a", ...BASIC, credentials: { username: "x", password: "y" } };
  const answer = await client.call("POST", `${BASE}/security`, { json: other });
  assert.equal(answer.status, 400);
  assert.match(answer.text, /exists already/);
  assert.deepEqual(await ask(client, "GET", `${BASE}/security/a`), { authId: "a", ...BASIC });
});

test("what subscriptions deliver by cannot be deleted", async (t) => {
  const { client } = await startTestServer(t);
  await subscribe(client, "https://example.com/a", { profile: { security: { authId: "auth", ...BASIC } } });
  for (const path of [`${BASE}/profiles/main`, `${BASE}/security/auth`]) {
    const answer = await client.call("DELETE", path);
    assert.equal(answer.status, 400, path);
    assert.match(answer.text, /is used by/);
  }
  for (const path of [`${BASE}/subscription/SMS/main`, `${BASE}/profiles/main`, `${BASE}/security/auth`]) {
    await ask(client, "DELETE", path);
    assert.equal((await client.call("GET", path)).status, 404);
  }
});

const BAD_PROFILES: Readonly<Record<string, object>> = {
  "a URL that is none": { webhook: { notifyUrl: "example.com" } },
  "a URL with credentials": { webhook: { notifyUrl: "https://user:pass@example.com/" } },
  "a header that breaks the line": { headers: { "X-A": "b\r\nX-C: d" } },
  "a header that frames the request": { headers: { "Content-Length": "1" } },
  "a pattern that is none": { responseRegex: "(" },
  "HMAC without a key": { security: { authId: "a", type: "HMAC", credentials: { username: "u", password: "p" } } },
  "an id that needs encoding": { profileId: "a/b" },
};

for (const [what, change] of Object.entries(BAD_PROFILES)) {
  test(`a profile with ${what} is refused`, async (t) => {
    const { client } = await startTestServer(t);
    const json = { profileId: "p", webhook: { notifyUrl: "https://example.com/" }, ...change };
    const answer = await client.call("POST", `${BASE}/profiles`, { json });
    assert.equal(answer.status, 400, answer.text);
    assert.equal((await client.call("GET", `${BASE}/profiles`)).body.paging.totalResults, 0);
  });
}

test("lists come in pages, the newest first, and subscriptions by what they match", async (t) => {
  const { client } = await startTestServer(t);
  for (const index of [0, 1, 2, 3, 4]) {
    const criteria = [{ applicationId: `app${index}` }, { applicationId: "all" }];
    await subscribe(client, "https://example.com/", { id: `s${index}`, subscription: { criteria } });
  }
  const page = await ask(client, "GET", `${BASE}/subscription/SMS?page=1&size=2`);
  assert.deepEqual(
    page.results.map((item: { subscriptionId: string }) => item.subscriptionId),
    ["s2", "s1"],
  );
  assert.deepEqual(page.paging, { page: 1, size: 2, totalPages: 3, totalResults: 5 });
  const found = await ask(client, "GET", `${BASE}/subscription/SMS?applicationId=all&applicationId=app3`);
  assert.deepEqual(
    found.results.map((item: { subscriptionId: string }) => item.subscriptionId),
    ["s3"],
  );
});

test("a report without a URL of its own goes to every subscription that it matches, and is not pulled any more", async (t) => {
  const server = await startTestServer(t);
  const sink = await WebhookSink.start(t);
  const { client } = server;
  await subscribe(client, `${sink.url}/all`, { id: "all" });
  await subscribe(client, `${sink.url}/app`, { id: "app", subscription: { criteria: [{ applicationId: "shop" }] } });
  await subscribe(client, `${sink.url}/sender`, { id: "sender", subscription: { resources: ["447700900001"] } });
  await subscribe(client, `${sink.url}/clicks`, { id: "clicks", events: ["CLICK"] });
  await subscribe(client, `${sink.url}/whatsapp`, { id: "whatsapp", channel: "WHATSAPP" });
  await client.send(refused("plain"));
  await client.send(refused("shop", { options: { platform: { applicationId: "shop" } } }));
  await client.send(refused("number", { sender: "447700900001" }));
  await client.send(refused("own", { webhooks: { delivery: { url: `${sink.url}/own` } } }));
  await client.send(refused("silent", { webhooks: { delivery: { notify: false } } }));
  await until("all are told", () => sink.reports.length >= 6);
  const told = sink.calls.flatMap(({ path, reports }) => reports.map(({ messageId }) => `${path} ${messageId}`));
  assert.deepEqual(told.toSorted(), [
    "/reports/all number",
    "/reports/all plain",
    "/reports/all shop",
    "/reports/app shop",
    "/reports/own own",
    "/reports/sender number",
  ]);
  assert.deepEqual(await pulled(server), []);
});

test("a delivered message is told to a subscription, in the shape of its version and with its sender", async (t) => {
  const server = await startTestServer(t);
  const sink = await WebhookSink.start(t);
  await subscribe(server.client, sink.url, {
    subscription: { resources: ["Posthorn"], criteria: [{ entityId: "e" }] },
  });
  const options = { platform: { entityId: "e" } };
  await server.client.send(
    oneSms({ sender: "Posthorn", options, destinations: [{ to: "447700900000", messageId: "m" }] }),
  );
  await server.client.send(oneSms({ sender: "Posthorn", destinations: [{ to: "447700900000", messageId: "none" }] }));
  await server.untilAllEnded();
  const [report] = await until("it is told", () => (sink.reports.length > 0 ? sink.reports : null));
  assert.equal(report?.messageId, "m");
  assert.equal(report?.["sender"], "Posthorn");
  assert.deepEqual(await pulled(server), ["none"]);
});

test("nothing is told to a subscription that is gone, changed, or has no URL yet, and its reports are pulled", async (t) => {
  const server = await startTestServer(t);
  const { client } = server;
  const sink = await WebhookSink.start(t);
  await subscribe(client, sink.url);
  await ask(client, "PUT", `${BASE}/subscription/SMS/main`, { events: ["DELIVERY"], profile: { profileId: "later" } });
  await client.send(refused("reserved"));
  await ask(client, "PUT", `${BASE}/subscription/SMS/main`, { events: ["CLICK"], profile: { profileId: "main" } });
  await client.send(refused("clicks"));
  await ask(client, "DELETE", `${BASE}/subscription/SMS/main`);
  await client.send(refused("gone"));
  assert.deepEqual((await pulled(server)).toSorted(), ["clicks", "gone", "reserved"]);
  assert.equal(sink.calls.length, 0);
});

test("subscriptions outlive a restart, and a refused change changes nobody's", async (t) => {
  const folder = createFolder(t);
  const sink = await WebhookSink.start(t);
  const first = await startTestServer(t, { folder });
  await subscribe(first.client, sink.url);
  await first.stop();
  const second = await startTestServer(t, { folder });
  const taken = { subscriptionId: "main", events: ["CLICK"], profile: { profileId: "main" } };
  assert.equal((await second.client.call("POST", `${BASE}/subscription/SMS`, { json: taken })).status, 400);
  await second.client.send(refused("told"));
  await until("it is told", () => sink.reports.length === 1);
});

test("with a key file no secret is in the data folder, and without it nothing is sent unsigned", async (t) => {
  const folder = createFolder(t);
  const keyFile = join(createFolder(t), "key");
  writeFileSync(keyFile, Buffer.alloc(32, 9).toString("base64"));
  const sink = await WebhookSink.start(t);
  const first = await startTestServer(t, { folder, settings: { "webhooks.secretKeyFile": keyFile } });
  await subscribe(first.client, sink.url, { profile: { security: { authId: "auth", ...BASIC } } });
  assert.deepEqual(await ask(first.client, "GET", `${BASE}/security/auth`), { authId: "auth", ...BASIC });
  await first.client.send(refused("signed"));
  await until("it is told", () => sink.calls.length === 1);
  assert.equal(sink.calls[0]?.headers.authorization, `Basic ${Buffer.from("user:pass-word-1").toString("base64")}`);
  await first.stop();
  assert.ok(!readFileSync(join(folder, "posthorn.db")).includes("pass-word-1"));
  const second = await startTestServer(t, { folder });
  await second.client.send(refused("unsigned"));
  await until("it failed", () => second.webhooks().some(({ lastError }) => /secretKeyFile/.test(lastError ?? "")));
  assert.equal(sink.calls.length, 1);
});
