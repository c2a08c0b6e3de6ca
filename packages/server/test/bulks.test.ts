import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiException, BulkResponse, BulkStatusResponse, formatDate } from "@posthorn/contract";
import { type Answer, oneSms, violationsOf } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, receiptOf, submitted } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { assertFits } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const POLL_MS = 1_000;

const cleanup = cleanupAfterFile();
const clock = new FakeClock();
const carrier = new FakeCarrier();
const server = await startTestServer(cleanup, { clock, carriers: [carrier] });
const { client } = server;

function bulkOf(bulkId: string, sendAt: number | null, destinations: readonly object[], message: object = {}) {
  const schedule = { bulkId, ...(sendAt === null ? {} : { sendAt: formatDate(sendAt) }) };
  return {
    messages: [{ sender: "Posthorn", destinations, content: { text: "Hi" }, ...message }],
    options: { schedule },
  };
}

const phone = (messageId: string) => ({ to: "385981234567", messageId });

const at = (path: string, bulkId: string) => `/sms/1/bulks${path}?bulkId=${encodeURIComponent(bulkId)}`;
const put = (bulkId: string, status: string) => client.call("PUT", at("/status", bulkId), { json: { status } });
const move = (bulkId: string, sendAt: number) =>
  client.call("PUT", at("", bulkId), { json: { sendAt: formatDate(sendAt) } });

async function statusOf(bulkId: string): Promise<string> {
  const { status, body } = await client.call("GET", at("/status", bulkId));
  assert.equal(status, 200);
  return body.status;
}

/** Lets the pollers look at the clock, and waits until they have. */
async function poll() {
  await clock.advanceAndSettle(POLL_MS);
  await server.settle();
}

/** Time goes by. Whoever polls does so at its end: the way there is long. */
async function wait(ms: number) {
  clock.jump(ms - POLL_MS);
  await poll();
}

function assertRefused(answer: Answer, status: number, text: string, operation: readonly string[]) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.requestError.serviceException.text, text);
  assertFits(answer.body, ApiException, "sms", [...operation, "responses", String(status)]);
}

test("a scheduled bulk is shown, in both forms of its path, and can be moved before it leaves", async () => {
  const sendAt = clock.now() + 3 * HOUR_MS;
  await client.send(bulkOf("moved", sendAt, [phone("moved-1"), phone("moved-2")]));
  for (const path of [at("", "moved"), at("/", "moved"), at(".json", "moved")]) {
    const { body } = await client.call("GET", path);
    assert.deepEqual(body, { bulkId: "moved", sendAt: formatDate(sendAt) });
    assertFits(body, BulkResponse, "sms", ["paths", "/sms/1/bulks", "get", "responses", "200"]);
  }
  assert.equal(await statusOf("moved"), "PENDING");
  const later = clock.now() + 5 * HOUR_MS;
  const answer = await client.call("PUT", at("/", "moved"), { json: { sendAt: formatDate(later) } });
  assert.deepEqual([answer.status, answer.body], [200, { bulkId: "moved", sendAt: formatDate(later) }]);
  await wait(4 * HOUR_MS);
  assert.equal(carrier.timesHanded("moved-1"), 0);
  await wait(HOUR_MS);
  await server.untilState("moved-2", ["submitted"], poll);
  assert.equal(await statusOf("moved"), "PROCESSING");
  assert.equal((await client.call("GET", at("", "moved"))).body.sendAt, formatDate(later));
  const { results = [] } = await client.logs("messageId=moved-1");
  assert.equal(results[0]?.sentAt, formatDate(later), "reports and logs show the time that holds");
});

test("a date too far ahead is refused, the last one that is not is taken, and a past one means now", async () => {
  await client.send(bulkOf("far", clock.now() + HOUR_MS, [phone("far")]));
  const answer = await move("far", clock.now() + 180 * DAY_MS + 1);
  assert.equal(answer.status, 400);
  assert.deepEqual(Object.keys(violationsOf(answer)), ["sendAt"]);
  assert.equal((await move("far", clock.now() + 180 * DAY_MS)).status, 200);
  const now = await client.call("PUT", at("", "far"), { json: { sendAt: "2001-01-01T00:00:00.000+0000" } });
  assert.equal(now.body.sendAt, formatDate(clock.now()));
  await server.untilState("far", ["submitted"], poll);
});

test("a bulk is paused and freed, and keeps its validity meanwhile", async () => {
  const sendAt = clock.now() + HOUR_MS;
  const options = { validityPeriod: { amount: 30 } };
  await client.send(bulkOf("held", sendAt, [phone("held")], { options }));
  const paused = await put("held", "PAUSED");
  assert.deepEqual([paused.status, paused.body], [200, { bulkId: "held", status: "PAUSED" }]);
  assertFits(paused.body, BulkStatusResponse, "sms", ["paths", "/sms/1/bulks/status", "put", "responses", "200"]);
  assert.equal((await put("held", "PAUSED")).status, 200, "twice is as good as once");
  await wait(10 * HOUR_MS);
  assert.deepEqual([carrier.timesHanded("held"), await statusOf("held")], [0, "PAUSED"]);
  const shown = await client.call("GET", "/posthorn/1/messages/held");
  assert.deepEqual([shown.body.state, shown.body.isPaused], ["held", true]);
  assert.deepEqual((await put("held", "PROCESSING")).body, { bulkId: "held", status: "PROCESSING" });
  await server.untilState("held", ["submitted"], poll);
  await carrier.emit(receiptOf(carrierIdOf("held"), "delivered", clock.now()));
  assert.equal(await statusOf("held"), "FINISHED");
});

test("also an unscheduled bulk on its way can be paused: what its carrier refuses for now waits", async () => {
  carrier.answer = () => ({ outcome: "temporary", errorId: 1 });
  await client.send(bulkOf("running", null, [phone("running")]));
  await until("it was tried", () => carrier.timesHanded("running") > 0, poll);
  assert.equal((await put("running", "PAUSED")).body.status, "PAUSED");
  await server.settle();
  const tries = carrier.timesHanded("running");
  await wait(HOUR_MS);
  assert.equal(carrier.timesHanded("running"), tries);
  carrier.answer = submitted;
  assert.equal((await put("running", "PENDING")).status, 200);
  await server.untilState("running", ["submitted"], poll);
});

test("a canceled bulk never leaves; its reports say so, pulled and pushed, with error 4100", async () => {
  const sink = await WebhookSink.start(cleanup);
  const sendAt = clock.now() + HOUR_MS;
  await client.send(bulkOf("gone", sendAt, [phone("gone-pulled")]));
  const webhooks = { delivery: { url: sink.url } };
  await client.send(bulkOf("gone", sendAt, [phone("gone-pushed")], { webhooks }));
  assert.deepEqual((await put("gone", "CANCELED")).body, { bulkId: "gone", status: "CANCELED" });
  assert.deepEqual((await put("gone", "CANCELED")).body, { bulkId: "gone", status: "CANCELED" });
  const [report] = await client.reports("bulkId=gone");
  assert.deepEqual(
    [report?.messageId, report?.error?.id, report?.error?.name],
    ["gone-pulled", 4100, "EC_MESSAGE_CANCELED"],
  );
  assert.equal(report?.status?.name, "CANCELLED");
  await until("the push came", () => sink.reports.length > 0, poll);
  assert.deepEqual(
    sink.reports.map(({ messageId, error }) => [messageId, (error as { id: number }).id]),
    [["gone-pushed", 4100]],
  );
  await wait(2 * HOUR_MS);
  assert.deepEqual([carrier.timesHanded("gone-pulled"), carrier.timesHanded("gone-pushed")], [0, 0]);
});

test("what is over stays as it is: 400 with a plain text in the older envelope", async () => {
  const PUT_STATUS = ["paths", "/sms/1/bulks/status", "put"];
  assertRefused(await put("gone", "PAUSED"), 400, "A bulk that is CANCELED can not become PAUSED", PUT_STATUS);
  assertRefused(await put("held", "CANCELED"), 400, "A bulk that is FINISHED can not become CANCELED", PUT_STATUS);
  const text = "A bulk that is FINISHED can not be rescheduled";
  assertRefused(await move("held", clock.now() + HOUR_MS), 400, text, ["paths", "/sms/1/bulks", "put"]);
  await client.send(bulkOf("waiting", clock.now() + HOUR_MS, [phone("waiting")]));
  assertRefused(await put("waiting", "FINISHED"), 400, "A bulk that is PENDING can not become FINISHED", PUT_STATUS);
  assertRefused(
    await put("waiting", "PROCESSING"),
    400,
    "A bulk that is PENDING can not become PROCESSING",
    PUT_STATUS,
  );
});

test("a bulk of which every message was refused has failed", async () => {
  await client.send(bulkOf("refused", null, [{ to: "", messageId: "refused" }]));
  assert.equal(await statusOf("refused"), "FAILED");
});

test("a bulk that nobody knows, or of another account, is 404 in every operation; without a bulkId it is 400", async () => {
  const other = await server.addKey({ accountId: 77 });
  const calls = [
    ["GET", "", {}],
    ["PUT", "", { json: { sendAt: formatDate(clock.now()) } }],
    ["GET", "/status", {}],
    ["PUT", "/status", { json: { status: "PAUSED" } }],
  ] as const;
  for (const [method, path, options] of calls) {
    const operation = ["paths", `/sms/1/bulks${path}`, method.toLowerCase()];
    assertRefused(await client.call(method, at(path, "nobody's"), options), 404, "Bulk not found", operation);
    assertRefused(await other.client.call(method, at(path, "waiting"), options), 404, "Bulk not found", operation);
    assert.equal((await client.call(method, `/sms/1/bulks${path}`, options)).status, 400);
    assert.equal((await client.call(method, at(path, ""), options)).status, 400, "WhatsApp's messages have that one");
  }
});

test("a paused bulk is paused after a restart, too", async (t) => {
  const folder = createFolder(t);
  const [first, second] = [new FakeCarrier(), new FakeCarrier()];
  const before = await startTestServer(t, { folder, clock, carriers: [first] });
  await before.client.send(bulkOf("kept", clock.now() + HOUR_MS, [phone("kept")]));
  await before.client.call("PUT", at("/status", "kept"), { json: { status: "PAUSED" } });
  await before.stop();
  const next = await startTestServer(t, { folder, clock, carriers: [second] });
  clock.jump(2 * HOUR_MS);
  await next.client.send(oneSms({}, { messageId: "marker" }));
  await next.untilState("marker", ["submitted"], poll);
  assert.equal(second.timesHanded("kept"), 0);
  await next.client.call("PUT", at("/status", "kept"), { json: { status: "PENDING" } });
  await next.untilState("kept", ["submitted"], poll);
  assert.equal(first.handed.length, 0);
});
