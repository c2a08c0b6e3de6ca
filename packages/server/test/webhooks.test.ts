import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, receiptOf } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { createFolder, startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { type Behaviour, WebhookSink } from "./harness/webhook-sink.ts";

const MINUTE_MS = 60_000;
const POLL_MS = 1_000;
/** Infobip's push retry cycle, in minutes: 41 and a half hours in all. */
const RETRY_MINUTES = [1, 2, 5, 10, 17, 26, 37, 50, 65, 82, 101, 122, 145, 170, 197, 226, 257, 290, 325, 362];

/** Rejected at once, so its report is there as soon as it is accepted. */
const reportTo = (url: string, messageIds: readonly string[]) =>
  oneSms({
    destinations: messageIds.map((messageId) => ({ to: "nobody", messageId })),
    webhooks: { delivery: { url } },
  });

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

async function start(t: TestContext, settings: Record<string, string | number | boolean> = {}) {
  const clock = new FakeClock();
  const server = await startTestServer(t, { clock, settings });
  const sink = await WebhookSink.start(t, clock);
  return { clock, server, sink };
}

function untilRow(
  server: TestServer,
  what: string,
  fits: (row: ReturnType<TestServer["webhooks"]>[number]) => boolean,
) {
  return until(what, () => server.webhooks().find(fits));
}

function untilDelivered(server: TestServer, count: number, between?: () => unknown) {
  const look = () => server.webhooks().filter(({ deliveredAt }) => deliveredAt !== null).length >= count;
  return until(`${count} reports are delivered`, look, between);
}

/** Goes to where the earliest row is due. */
async function advanceToNext(server: TestServer, clock: FakeClock) {
  const due = server.webhooks().flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  if (due.length > 0) clock.set(Math.max(clock.now(), Math.min(...due)));
  await clock.advanceAndSettle(POLL_MS);
}

for (const status of [200, 201, 202, 204]) {
  test(`a ${status} ends it: the report is not sent again`, async (t) => {
    const { clock, server, sink } = await start(t);
    sink.behaviour = status;
    await server.client.send(reportTo(sink.url, ["once"]));
    await untilDelivered(server, 1);
    clock.set(clock.now() + 100 * 60 * MINUTE_MS);
    await clock.advanceAndSettle(POLL_MS);
    await server.settle();
    assert.equal(sink.calls.length, 1);
    const [row] = server.webhooks();
    assert.deepEqual([row?.attempts, row?.dueAt, row?.lastError], [1, null, null]);
  });
}

test("reports that are there at the same time share a call, a hundred at most", async (t) => {
  const { server, sink } = await start(t);
  await server.client.send(reportTo(sink.url, ids("many", 250)));
  await untilDelivered(server, 250);
  assert.deepEqual(new Set(sink.reports.map(({ messageId }) => messageId)), new Set(ids("many", 250)));
  assert.equal(sink.reports.length, 250);
  assert.ok(Math.max(...sink.calls.map(({ reports }) => reports.length)) <= 100);
  assert.ok(sink.calls.length <= 5, `${sink.calls.length} calls`);
});

test("reports for different URLs of one receiver go in calls of their own", async (t) => {
  const { server, sink } = await start(t);
  await server.client.send(reportTo(`${sink.url}/a?x=1`, ["a"]));
  await server.client.send(reportTo(`${sink.url}/b`, ["b"]));
  await untilDelivered(server, 2);
  assert.deepEqual(
    sink.calls.map(({ path, reports }) => `${path} ${reports.map(({ messageId }) => messageId).join()}`).toSorted(),
    ["/reports/a?x=1 a", "/reports/b b"],
  );
});

test("what is not accepted is tried again on Infobip's own schedule, 20 times, and then given up and visible", async (t) => {
  const { clock, server, sink } = await start(t);
  sink.behaviour = 500;
  await server.client.send(reportTo(sink.url, ["hopeless"]));
  const delays: number[] = [];
  for (let attempt = 1; attempt <= RETRY_MINUTES.length; attempt += 1) {
    const { dueAt, lastError } = await untilRow(
      server,
      `attempt ${attempt} failed`,
      ({ attempts }) => attempts === attempt,
    );
    assert.match(lastError ?? "", /500/);
    // The clock may go on by milliseconds between a call and its result.
    delays.push(Math.round(((dueAt ?? 0) - (sink.calls.at(-1)?.at ?? 0)) / MINUTE_MS));
    clock.set((dueAt ?? 0) - 1 - POLL_MS);
    await clock.advanceAndSettle(POLL_MS);
    await server.settle();
    assert.equal(sink.calls.length, attempt, "a millisecond early");
    clock.set((dueAt ?? 0) - POLL_MS);
    await clock.advanceAndSettle(POLL_MS);
    await until(
      `retry ${attempt}`,
      () => sink.calls.length > attempt,
      () => clock.advanceAndSettle(5),
    );
  }
  const last = await untilRow(server, "it is given up", ({ attempts }) => attempts === RETRY_MINUTES.length + 1);
  assert.deepEqual([last.dueAt, last.deliveredAt], [null, null]);
  assert.match(last.lastError ?? "", /500/);
  clock.set(clock.now() + 100 * 60 * MINUTE_MS);
  await clock.advanceAndSettle(POLL_MS);
  await server.settle();
  assert.equal(sink.calls.length, RETRY_MINUTES.length + 1);
  assert.deepEqual(delays, RETRY_MINUTES);
});

const FAILURES: Readonly<Record<string, Behaviour>> = {
  "answers 500": 500,
  "answers 404": 404,
  "answers 304": 304,
  "breaks the connection": "reset",
  "never answers": "hang",
  "answers something that is no HTTP": (response) => response.socket?.end("HELLO\r\n\r\n"),
  "redirects to a place that would accept it": (response, call) => {
    if (call.path === "/accepting") response.writeHead(200).end();
    else response.writeHead(307, { location: "/accepting" }).end();
  },
};

for (const [what, failure] of Object.entries(FAILURES)) {
  test(`a receiver that ${what} gets every report again once it is well, and none twice after a 2xx`, async (t) => {
    const { clock, server, sink } = await start(t, { "webhooks.readTimeoutMs": 1_000 });
    sink.behaviour = failure;
    const messageIds = ids("r", 5);
    await server.client.send(reportTo(sink.url, messageIds));
    await until("all have failed once", () => server.webhooks().every(({ attempts }) => attempts === 1));
    assert.ok(server.webhooks().every(({ lastError }) => (lastError ?? "") !== ""));
    assert.ok(sink.calls.every(({ path }) => path === "/reports"));
    sink.behaviour = 200;
    const begin = sink.calls.length;
    clock.set(clock.now() + MINUTE_MS);
    await untilDelivered(server, 5, () => clock.advanceAndSettle(POLL_MS));
    clock.set(clock.now() + 100 * 60 * MINUTE_MS);
    await clock.advanceAndSettle(POLL_MS);
    await server.settle();
    const again = sink.calls.slice(begin).flatMap(({ reports }) => reports.map(({ messageId }) => messageId));
    assert.deepEqual(again.toSorted(), messageIds);
  });
}

test("a receiver that is down gets what gathered meanwhile when it is back", async (t) => {
  const { clock, server, sink } = await start(t);
  await sink.close();
  const messageIds = ids("down", 30);
  for (const messageId of messageIds) {
    await server.client.send(reportTo(sink.url, [messageId]));
    await clock.advanceAndSettle(POLL_MS);
  }
  const attempts = () => server.webhooks().reduce((sum, row) => sum + row.attempts, 0);
  await until(
    "it is left alone",
    () => attempts() >= 3,
    () => clock.advanceAndSettle(POLL_MS),
  );
  assert.match(server.webhooks()[0]?.lastError ?? "", /ECONNREFUSED/);
  const before = attempts();
  await clock.advanceAndSettle(5 * POLL_MS);
  await server.settle();
  assert.ok(attempts() <= before + 1, "its backlog is not tried while it is down");
  await sink.listen();
  await untilDelivered(server, 30, () => advanceToNext(server, clock));
  assert.deepEqual(sink.reports.map(({ messageId }) => messageId).toSorted(), messageIds.toSorted());
});

test("a receiver that hangs delays no other, however many of its reports wait", async (t) => {
  const { server, sink } = await start(t, { "webhooks.concurrency": 2, "webhooks.bucketSize": 1 });
  sink.behaviour = "hang";
  await server.client.send(reportTo(sink.url, ids("hanging", 100)));
  await until("it hangs", () => sink.calls.length > 0);
  const others = await Promise.all(Array.from({ length: 10 }, () => WebhookSink.start(t)));
  for (const [index, other] of others.entries()) {
    await server.client.send(reportTo(other.url, ids(`other-${index}`, 3)));
  }
  await until("all others have theirs", () => others.every(({ reports }) => reports.length === 3));
  // The receiver has a report a moment before that is on disk.
  await until(
    "all are on disk",
    () => server.webhooks().filter(({ deliveredAt }) => deliveredAt !== null).length === 30,
  );
  await sink.close();
});

test("one report that its receiver chokes on keeps no other back for ever, at any size of bucket", async (t) => {
  for (const bucketSize of [100, 2_000]) {
    const { clock, server, sink } = await start(t, { "webhooks.bucketSize": bucketSize });
    const isPoison = (messageId: string) => messageId === "poison-33";
    sink.behave = ({ reports }) => (reports.some(({ messageId }) => isPoison(messageId)) ? 500 : 200);
    const messageIds = ids("poison", 400);
    await server.client.send(reportTo(sink.url, messageIds));
    await untilDelivered(server, 399, () => advanceToNext(server, clock));
    const waiting = server.webhooks().filter(({ dueAt }) => dueAt !== null);
    assert.deepEqual(
      waiting.map(({ messageId }) => messageId),
      ["poison-33"],
    );
    await server.stop();
  }
});

const ANSWERS: Readonly<Record<string, Behaviour>> = {
  "is huge": (response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536, 120);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) continue;
    };
    response.on("drain", more);
    more();
  },
  "never ends": (response) => {
    response.writeHead(200);
    response.write("a little");
  },
  "breaks off": (response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("a little");
    setImmediate(() => response.socket?.destroy());
  },
};

for (const [what, answer] of Object.entries(ANSWERS)) {
  test(`a 200 whose body ${what} counts, and holds nobody up`, async (t) => {
    const { server, sink } = await start(t, { "webhooks.readTimeoutMs": 1_000, "webhooks.bucketSize": 1 });
    sink.behaviour = answer;
    await server.client.send(reportTo(sink.url, ids("odd", 3)));
    await untilDelivered(server, 3);
    assert.equal(sink.calls.length, 3);
  });
}

const PRIVATE_URLS = (port: string): readonly string[] => [
  `http://127.0.0.1:${port}/`,
  `http://localhost:${port}/`,
  `http://[::1]:${port}/`,
  `http://[::ffff:127.0.0.1]:${port}/`,
  `http://[::ffff:7f00:1]:${port}/`,
  `http://[64:ff9b::7f00:1]:${port}/`,
  `http://127.1:${port}/`,
  `http://0x7f000001:${port}/`,
  `http://2130706433:${port}/`,
  `http://0.0.0.0:${port}/`,
  `http://[::]:${port}/`,
  `http://user:secret@127.0.0.1:${port}/`,
  "http://10.0.0.1/",
  "http://169.254.169.254/latest/meta-data/",
  "http://192.168.1.1/",
  "http://[fd00::1]/",
  "http://[fe80::1]/",
];

test("receivers on private networks are refused where they are not allowed, however they are written", async (t) => {
  const { server, sink, clock } = await start(t, { "webhooks.allowPrivateTargets": "never" });
  const { port } = new URL(sink.url);
  for (const [index, url] of PRIVATE_URLS(port).entries()) {
    await server.client.send(reportTo(url, [`private-${index}`]));
    // Those that are the same receiver fail until it is left alone for a while.
    const row = await until(
      `${url} was tried`,
      () => server.webhooks().find(({ messageId, attempts }) => messageId === `private-${index}` && attempts > 0),
      () => clock.advanceAndSettle(20 * POLL_MS),
    );
    assert.match(row.lastError ?? "", /private network/, url);
  }
  assert.equal(sink.calls.length, 0);
});

test("a restart in the middle of the retries keeps their schedule and their count", async (t) => {
  const clock = new FakeClock();
  const folder = createFolder(t);
  const sink = await WebhookSink.start(t, clock);
  sink.behaviour = 500;
  const first = await startTestServer(t, { clock, folder });
  await first.client.send(reportTo(sink.url, ["kept"]));
  await untilRow(first, "it failed once", ({ attempts }) => attempts === 1);
  clock.set(clock.now() + MINUTE_MS);
  await until(
    "it failed twice",
    () => first.webhooks()[0]?.attempts === 2,
    () => clock.advanceAndSettle(POLL_MS),
  );
  await first.stop();
  const before = first.webhooks();

  const second = await startTestServer(t, { clock, folder });
  await clock.advanceAndSettle(POLL_MS);
  await second.settle();
  assert.deepEqual(second.webhooks(), before);
  sink.behaviour = 200;
  await untilDelivered(second, 1, () => advanceToNext(second, clock));
  assert.equal(sink.calls.length, 3);
  assert.ok((sink.calls.at(-1)?.at ?? 0) >= (before[0]?.dueAt ?? Infinity));
});

test("a message that expired and was delivered after all is pushed twice, each time as it was then", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  const sink = await WebhookSink.start(t, clock);
  await sink.close();
  await server.client.send(oneSms({ webhooks: { delivery: { url: sink.url } } }, { messageId: "late" }));
  await server.untilState("late", ["submitted"]);
  clock.set(clock.now() + 48 * 60 * MINUTE_MS);
  await server.untilState("late", ["expired"], () => clock.advanceAndSettle(POLL_MS));
  await carrier.emit(receiptOf(carrierIdOf("late"), "delivered", clock.now()));
  await sink.listen();
  await untilDelivered(server, 2, () => advanceToNext(server, clock));
  assert.deepEqual(sink.reports.map(({ status }) => status.name).toSorted(), [
    "DELIVERED_TO_HANDSET",
    "EXPIRED_DLR_UNKNOWN",
  ]);
});
