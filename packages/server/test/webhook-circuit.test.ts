import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { ask, subscribe } from "./harness/subscribing.ts";
import { startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";
import { newMessage } from "./store-conformance/fixtures.ts";

const POLL_MS = 1_000;
const MINUTE_MS = 60_000;
const PATH = "/posthorn/1/webhooks";

const reportTo = (url: string, messageIds: readonly string[]) =>
  oneSms({
    destinations: messageIds.map((messageId) => ({ to: "nobody", messageId })),
    webhooks: { delivery: { url } },
  });

async function start(t: TestContext, settings: Record<string, string | number | boolean> = {}) {
  const clock = new FakeClock();
  const server = await startTestServer(t, { clock, settings });
  return { clock, server, client: server.client, sink: await WebhookSink.start(t, clock) };
}

const delivered = (server: TestServer) => server.webhooks().filter(({ deliveredAt }) => deliveredAt !== null).length;
const attempts = (server: TestServer) => server.webhooks().reduce((sum, row) => sum + row.attempts, 0);

/** Goes to where something may happen next, in steps of a receiver's longest rest at most. */
async function pass(clock: FakeClock, ms: number, server: TestServer) {
  for (let left = ms; left > 0; left -= MINUTE_MS) {
    await clock.advanceAndSettle(Math.min(left, MINUTE_MS));
    await server.settle();
  }
}

test("a receiver that is down for an hour costs a call now and then, and gets every report once when it is back", async (t) => {
  const { clock, server, client, sink } = await start(t, { "webhooks.bucketSize": 10 });
  sink.behaviour = 503;
  const ids = Array.from({ length: 60 }, (_, index) => `r${index}`);
  for (const [index, id] of ids.entries()) {
    await client.send(reportTo(`${sink.url}/${index % 3}`, [id]));
    await pass(clock, MINUTE_MS, server);
  }
  const calls = sink.calls.length;
  assert.ok(calls >= 3, `${calls} calls`);
  // Tried every five minutes at most once it is known to be down, however much waits.
  assert.ok(calls <= 25, `${calls} calls`);
  sink.behaviour = 200;
  await until(
    "all are told",
    () => delivered(server) === ids.length,
    () => pass(clock, 5 * MINUTE_MS, server),
  );
  const told = sink.calls.slice(calls).flatMap(({ reports }) => reports.map(({ messageId }) => messageId));
  assert.deepEqual(told.toSorted(), ids.toSorted(), "each once");
  await pass(clock, 60 * MINUTE_MS, server);
  assert.equal(sink.calls.slice(calls).flatMap(({ reports }) => reports).length, ids.length, "none after its 2xx");
});

test("later words on a message never overtake an earlier one, whatever fails", async (t) => {
  const { clock, server, client, sink } = await start(t);
  await subscribe(client, sink.url, { events: ["INBOUND_MESSAGE", "DELIVERY"] });
  await client.send(oneSms({ destinations: [{ to: "nobody", messageId: "m" }] }));
  await until("it is told", () => delivered(server) === 1);
  const record = await server.message("m");
  assert.ok(record !== null);
  // The same message ends several times: each correction is a webhook of its own, and the receiver fails now and then.
  let call = 0;
  sink.behave = () => ((call += 1) % 3 === 0 ? 200 : 500);
  const now = clock.now();
  await server.store.insertMessages([
    newMessage("corrected", {
      accountId: record.accountId,
      route: record.route,
      carrier: record.carrier,
      acceptedAt: now,
      dueAt: now + 100_000_000,
      expiresAt: now + 200_000_000,
      webhookUrl: sink.url,
    }),
  ]);
  const corrected = await server.message("corrected");
  assert.ok(corrected !== null);
  const base = { seq: corrected.seq, attempts: 0, errorId: 0, at: now } as const;
  const moves = [
    { ...base, from: "queued", to: "expired", statusId: 15 },
    { ...base, from: "expired", to: "delivered", statusId: 5 },
  ] as const;
  for (const move of moves) assert.deepEqual(await server.store.moveMessages([move]), [true]);
  await until(
    "both are told",
    () => delivered(server) === 3,
    () => pass(clock, 2 * MINUTE_MS, server),
  );
  const told = sink.reports.filter(({ messageId }) => messageId === "corrected").map(({ status }) => status.groupName);
  assert.deepEqual(
    told,
    [...told].toSorted((one, other) => (one < other ? 1 : -1)),
    "EXPIRED and then DELIVERED",
  );
  assert.deepEqual(new Set(told), new Set(["EXPIRED", "DELIVERED"]));
});

test("one dead receiver among a hundred delays no other", async (t) => {
  const { client, server, sink } = await start(t, { "webhooks.concurrency": 8 });
  sink.behaviour = "hang";
  await client.send(
    reportTo(
      sink.url,
      Array.from({ length: 300 }, (_, index) => `dead-${index}`),
    ),
  );
  await until("it hangs", () => sink.calls.length > 0);
  const others = await Promise.all(Array.from({ length: 99 }, () => WebhookSink.start(t)));
  for (const [index, other] of others.entries()) await client.send(reportTo(other.url, [`other-${index}`]));
  await until("all others have theirs", () => others.every(({ reports }) => reports.length === 1));
  await until("all are on disk", () => delivered(server) === 99);
});

test("what waits for a receiver that never comes back is given up after 41 and a half hours, and not before", async (t) => {
  const { clock, server, client, sink } = await start(t);
  sink.behaviour = 500;
  await client.send(reportTo(sink.url, ["a", "b"]));
  await until("it failed", () => attempts(server) >= 2);
  await client.send(reportTo(sink.url, ["c", "d"]));
  const isWaiting = () => server.webhooks().filter(({ dueAt }) => dueAt !== null).length;
  const until41h = 41 * 60 * MINUTE_MS;
  for (let passed = 0; passed < until41h; passed += 10 * MINUTE_MS) {
    clock.set(clock.now() + 10 * MINUTE_MS - POLL_MS);
    await clock.advanceAndSettle(POLL_MS);
    await server.settle();
  }
  assert.equal(isWaiting(), 4);
  await until(
    "all are given up",
    () => isWaiting() === 0,
    async () => {
      clock.set(clock.now() + 10 * MINUTE_MS - POLL_MS);
      await clock.advanceAndSettle(POLL_MS);
      await server.settle();
    },
  );
  assert.ok(server.webhooks().every(({ lastError }) => lastError !== null));
});

test("attempts are shown with their time, status and error, and what was given up can be sent again", async (t) => {
  const { clock, server, client, sink } = await start(t, { "webhooks.retriesMax": 1 });
  sink.behaviour = 418;
  await client.send(reportTo(sink.url, ["shown"]));
  await until("it failed", () => attempts(server) === 1);
  const [waiting] = (await ask(client, "GET", `${PATH}?state=waiting`)).webhooks;
  assert.equal(waiting.messageId, "shown");
  assert.equal(waiting.receiver, new URL(sink.url).origin);
  assert.deepEqual((await ask(client, "GET", `${PATH}?state=failed`)).webhooks, []);
  clock.set(clock.now() + MINUTE_MS);
  await until(
    "it is given up",
    () => attempts(server) === 2,
    () => clock.advanceAndSettle(POLL_MS),
  );
  const shown = await ask(client, "GET", `${PATH}/${waiting.id}`);
  assert.equal(shown.state, "failed");
  assert.deepEqual(
    shown.lastAttempts.map(({ status, error }: { status: number; error: string }) => [status, error]),
    [
      [418, "HTTP 418"],
      [418, "HTTP 418"],
    ],
  );
  assert.match(shown.lastAttempts[0].at, /^2026-03-10T12:0/);
  sink.behaviour = 200;
  assert.deepEqual(await ask(client, "POST", `${PATH}/${waiting.id}/replay`), { replayed: 1 });
  await until("it is told", () => delivered(server) === 1);
  assert.equal((await client.call("POST", `${PATH}/${waiting.id}/replay`)).status, 409);
  assert.equal((await client.call("POST", `${PATH}/999999/replay`)).status, 404);
  assert.equal((await client.call("GET", `${PATH}/999999`)).status, 404);
  assert.equal((await ask(client, "GET", `${PATH}/${waiting.id}`)).lastAttempts.length, 3);
});

test("all that was given up of a receiver is sent again, so many a call, and nobody else's", async (t) => {
  const { server, client, sink } = await start(t, { "webhooks.retriesMax": 0 });
  const other = await WebhookSink.start(t);
  sink.behaviour = 500;
  other.behaviour = 500;
  await client.send(reportTo(sink.url, ["a", "b", "c"]));
  await client.send(reportTo(other.url, ["x"]));
  await until("all are given up", () => server.webhooks().every(({ dueAt }) => dueAt === null));
  sink.behaviour = 200;
  other.behaviour = 200;
  assert.equal(
    (await client.call("POST", `${PATH}/replay`, { json: {} })).status,
    400,
    "everything is not meant by a slip",
  );
  const receiver = new URL(sink.url).origin;
  assert.deepEqual(await ask(client, "POST", `${PATH}/replay`, { receiver, limit: 2 }), { replayed: 2, hasMore: true });
  assert.deepEqual(await ask(client, "POST", `${PATH}/replay`, { receiver, limit: 2 }), {
    replayed: 1,
    hasMore: false,
  });
  await until("they are told", () => delivered(server) === 3);
  assert.deepEqual(await ask(client, "POST", `${PATH}/replay`, { until: "2026-03-10T11:00:00Z" }), {
    replayed: 0,
    hasMore: false,
  });
  await ask(client, "POST", `${PATH}/replay`, { since: "2026-03-10T11:00:00Z" });
  await until("the other is told", () => delivered(server) === 4);
});

test("webhooks are an account's own, and need the scope of subscriptions", async (t) => {
  const { server, client, sink } = await start(t);
  await client.send(reportTo(sink.url, ["mine"]));
  await until("it is told", () => delivered(server) === 1);
  const [mine] = (await ask(client, "GET", PATH)).webhooks;
  const stranger = await server.addKey({ accountId: 99 });
  assert.deepEqual((await ask(stranger.client, "GET", PATH)).webhooks, []);
  assert.equal((await stranger.client.call("GET", `${PATH}/${mine.id}`)).status, 404);
  const narrow = await server.addKey({ scopes: ["sms:manage"] });
  assert.equal((await narrow.client.call("GET", PATH)).status, 403);
});
