import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxMessages } from "@posthorn/contract";
import { Check } from "typebox/value";
import { oneSms, violationsOf } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const server = await startTestServer(cleanupAfterFile());
const { client } = server;
const LIST = "/sandbox/messages";

async function send(messageId: string, to: string, text = "Hi") {
  await client.send(oneSms({ content: { text } }, { to, messageId }));
  await server.untilState(messageId, ["delivered"]);
}

async function ids(query: string) {
  const { status, body } = await client.call("GET", `${LIST}?${query}`);
  assert.equal(status, 200);
  assert.ok(Check(SandboxMessages, body), JSON.stringify(body));
  return body.messages.map(({ messageId }) => messageId);
}

test("what a phone received is listed newest first, by filters and by id, until it is cleared", async () => {
  await send("one", "385981234567", "Order 17 has shipped");
  await send("two", "385981234568");
  await send("three", "385981234567");
  assert.deepEqual(await ids("to=385981234567"), ["three", "one"]);
  assert.deepEqual(await ids("to=%2B385981234567&text=shipped&channel=SMS&from=Posthorn"), ["one"]);
  assert.deepEqual(await ids("channel=WHATSAPP"), []);
  assert.deepEqual(await ids("limit=1"), ["three"]);
  assert.deepEqual(await ids("since=2999-01-01T00:00:00.000%2B0000"), []);
  assert.equal((await ids("since=2020-01-01T00:00:00.000%2B0000")).length, 3);

  const { body } = await client.call("GET", `${LIST}/one`);
  const { receivedAt, ...shown } = body;
  assert.match(receivedAt, /^\d{4}-\d\d-\d\dT.*\+0000$/);
  assert.deepEqual(shown, {
    messageId: "one",
    channel: "SMS",
    from: "Posthorn",
    to: "385981234567",
    text: "Order 17 has shipped",
    encoding: "GSM7",
    messageCount: 1,
  });
  const unknown = await client.call("GET", `${LIST}/nobody`);
  assert.deepEqual([unknown.status, unknown.body.errorCode], [404, "E404"]);

  assert.equal((await client.call("DELETE", LIST)).status, 204);
  assert.deepEqual(await ids(""), []);
});

test("a wait is answered by the message that fits, and not by another", async () => {
  const waiting = client.call("GET", `${LIST}?text=awaited&wait=30s`);
  await send("other", "385981234567");
  await send("awaited", "385981234567", "the awaited one");
  const { status, body } = await waiting;
  assert.deepEqual(
    [status, body.messages.map(({ messageId }: { messageId: string }) => messageId)],
    [200, ["awaited"]],
  );
  assert.deepEqual(await ids("text=awaited&wait=30s"), ["awaited"]);
});

test("a wait in vain is answered empty when its time is over", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  const waiting = own.client.call("GET", `${LIST}?wait=5s`);
  const tick = setInterval(() => clock.advance(500), 1);
  const { status, body } = await waiting;
  clearInterval(tick);
  assert.deepEqual([status, body], [200, { messages: [] }]);
});

test("a stop answers those who wait at once", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  const before = clock.timerCount;
  const waiting = own.client.call("GET", `${LIST}?wait=30s`);
  await until("the request waits", () => clock.timerCount > before);
  const stopped = own.stop();
  assert.deepEqual((await waiting).body, { messages: [] });
  await stopped;
});

test("a client that hangs up waits no longer", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  const before = clock.timerCount;
  const hangUp = new AbortController();
  const headers = { authorization: own.client.authorization };
  const waiting = fetch(`${own.url}${LIST}?wait=30s`, { headers, signal: hangUp.signal });
  await until("the request waits", () => clock.timerCount > before);
  hangUp.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await until("nobody waits", () => clock.timerCount === before);
});

for (const [query, property] of [
  ["wait=31s", "wait"],
  ["wait=5", "wait"],
  ["wait=-1s", "wait"],
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["since=yesterday", "since"],
  ["channel=FAX", "channel"],
  ["form=Posthorn", "form"],
  ["to=1&to=2", "to"],
] as const) {
  test(`GET ${LIST}?${query} is 400 and names ${property}`, async () => {
    const answer = await client.call("GET", `${LIST}?${query}`);
    assert.deepEqual([answer.status, answer.body.errorCode], [400, "E400"]);
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  });
}

test("a key and a scope are needed, and an account sees only its own", async () => {
  await send("mine", "385981234567");
  assert.equal((await client.call("GET", LIST, { authorization: null })).status, 401);
  const reader = await server.addKey({ scopes: ["sms:logs:read"] });
  for (const method of ["GET", "DELETE"]) assert.equal((await reader.client.call(method, LIST)).status, 403);
  const sender = await server.addKey({ scopes: ["sms:message:send"] });
  assert.equal((await sender.client.call("GET", `${LIST}/mine`)).status, 200);
  const other = await server.addKey({ accountId: 2 });
  assert.equal((await other.client.call("GET", `${LIST}/mine`)).status, 404);
  assert.deepEqual((await other.client.call("GET", LIST)).body, { messages: [] });
  assert.equal((await other.client.call("DELETE", LIST)).status, 204);
  assert.equal((await client.call("GET", `${LIST}/mine`)).status, 200);
});
