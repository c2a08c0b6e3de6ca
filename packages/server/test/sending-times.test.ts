import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate } from "@posthorn/contract";
import { oneSms, statusesOf, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier, submitted, temporary, uncertain } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const POLL_MS = 1_000;
/** A Tuesday. */
const NOON_MS = Date.UTC(2026, 2, 10, 12);

const cleanup = cleanupAfterFile();
const clock = new FakeClock(NOON_MS);
const carrier = new FakeCarrier();
const server = await startTestServer(cleanup, { clock, carriers: [carrier] });
const { client } = server;

async function poll() {
  await clock.advanceAndSettle(POLL_MS);
  await server.settle();
}

const phones = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, number) => ({ to: "385981234567", messageId: `${prefix}-${number}` }));

async function timesOf(prefix: string, count: number, since: number) {
  const records = await Promise.all(phones(prefix, count).map(({ messageId }) => server.message(messageId)));
  return records.map((record) => ({
    leavesAfter: ((record?.sentAt ?? 0) - since) / MINUTE_MS,
    validFor: ((record?.expiresAt ?? 0) - (record?.sentAt ?? 0)) / MINUTE_MS,
  }));
}

test("a sending speed limit spreads a request's messages from its sendAt on, each with its own validity", async () => {
  const sendAt = clock.now() + HOUR_MS;
  const schedule = { bulkId: "slow", sendAt: formatDate(sendAt), sendingSpeedLimit: { amount: 4, timeUnit: "HOUR" } };
  const message = { content: { text: "Hi" }, options: { validityPeriod: { amount: 10 } } };
  const [first, ...rest] = phones("slow", 4);
  const destinations = [[first, { to: "" }], rest];
  const messages = destinations.map((list) => ({ ...message, destinations: list }));
  assert.equal(statusesOf(await client.send({ messages, options: { schedule } })).length, 5);
  const times = await timesOf("slow", 4, sendAt);
  assert.deepEqual(
    times,
    [0, 15, 30, 45].map((leavesAfter) => ({ leavesAfter, validFor: 10 })),
  );
  clock.set(sendAt + 20 * MINUTE_MS);
  await server.untilState("slow-1", ["submitted", "expired"], poll);
  assert.deepEqual([carrier.timesHanded("slow-2"), carrier.timesHanded("slow-3")], [0, 0]);
  const shown = await client.call("GET", "/sms/1/bulks/status?bulkId=slow");
  assert.equal(shown.body.status, "PROCESSING");
});

test("version 2 has its limit beside the messages, of texts and of octets", async () => {
  const now = clock.now();
  for (const [path, content] of [
    ["/sms/2/text/advanced", { text: "Hi" }],
    ["/sms/2/binary/advanced", { binary: { hex: "00" } }],
  ] as const) {
    const messages = [{ ...content, destinations: phones(path, 3) }];
    const json = { messages, sendingSpeedLimit: { amount: 2 } };
    assert.equal((await client.call("POST", path, { json })).status, 200);
    assert.deepEqual(
      (await timesOf(path, 3, now)).map(({ leavesAfter }) => leavesAfter),
      [0, 0.5, 1],
    );
  }
});

test("a limit that would take more than 180 days is refused, and nothing is stored", async () => {
  const request = (count: number) => ({
    messages: [{ destinations: phones("forever", count), content: { text: "Hi" } }],
    options: { schedule: { sendingSpeedLimit: { amount: 1, timeUnit: "DAY" } } },
  });
  const { accepted } = await server.ledger();
  const answer = await client.sms(request(182));
  assert.equal(answer.status, 400);
  assert.deepEqual(Object.keys(violationsOf(answer)), ["options.schedule.sendingSpeedLimit"]);
  assert.equal((await server.ledger()).accepted, accepted);
  assert.equal((await client.sms(request(181))).status, 200);
});

const MORNING = { days: ["TUESDAY", "THURSDAY"], from: { hour: 12, minute: 0 }, to: { hour: 13, minute: 0 } };
const inWindow = (messageId: string, more: object = {}) =>
  oneSms({ options: { deliveryTimeWindow: MORNING, validityPeriod: { amount: 90 }, ...more } }, { messageId });
const THURSDAY_MS = Date.UTC(2026, 2, 12, 12);

for (const [name, refusal] of [
  ["refused for now", temporary],
  ["in doubt and to be sent again", uncertain],
] as const) {
  test(`a message ${name} just before its window closes waits for the next opening, and is tried as much later`, async () => {
    const messageId = `window-${refusal.outcome}`;
    clock.set(NOON_MS + HOUR_MS - 1);
    carrier.answer = (message) => (message.messageId === messageId ? refusal : submitted(message, 1));
    await client.send(inWindow(messageId));
    await until("it was tried", () => carrier.timesHanded(messageId) === 1);
    const held = await server.untilState(messageId, ["held"]);
    assert.ok(held.expiresAt > THURSDAY_MS && held.expiresAt <= THURSDAY_MS + 90 * MINUTE_MS);
    carrier.answer = submitted;
    clock.set(THURSDAY_MS - 2 * POLL_MS);
    await poll();
    assert.equal(carrier.timesHanded(messageId), 1);
    clock.set(THURSDAY_MS);
    await server.untilState(messageId, ["submitted"], poll);
  });
}

test("a message that waited for its carrier until its window closed does not leave before the next opening", async () => {
  clock.set(NOON_MS);
  const window = carrier.windowSize;
  carrier.windowSize = 0;
  await client.send(inWindow("backlog"));
  clock.set(NOON_MS + HOUR_MS);
  carrier.windowSize = window;
  await server.untilState("backlog", ["held"], poll);
  assert.equal(carrier.timesHanded("backlog"), 0);
  clock.set(THURSDAY_MS);
  await server.untilState("backlog", ["submitted"], poll);
});

test("a bulk that is freed or moved outside of its messages' window waits for the opening", async () => {
  clock.set(NOON_MS);
  const schedule = { bulkId: "windowed", sendAt: formatDate(NOON_MS + 10 * MINUTE_MS) };
  await client.send({ ...inWindow("windowed"), options: { schedule } });
  const path = "/sms/1/bulks/status?bulkId=windowed";
  await client.call("PUT", path, { json: { status: "PAUSED" } });
  clock.set(NOON_MS + 2 * HOUR_MS);
  assert.equal((await client.call("PUT", path, { json: { status: "PROCESSING" } })).body.status, "PENDING");
  const record = await server.message("windowed");
  assert.equal(record?.expiresAt, THURSDAY_MS + 90 * MINUTE_MS);
  const sendAt = formatDate(NOON_MS + 3 * HOUR_MS);
  const moved = await client.call("PUT", "/sms/1/bulks?bulkId=windowed", { json: { sendAt } });
  assert.equal(moved.body.sendAt, sendAt, "the bulk's time is the one that was asked for");
  assert.equal((await server.message("windowed"))?.sentAt, THURSDAY_MS);
});

test("a conversion is kept where the request asked for tracking, once, and answered everywhere", async () => {
  const confirm = (messageId: string) => client.call("POST", `/ct/1/log/end/${messageId}`);
  const convertedAtOf = async (messageId: string) =>
    (await client.call("GET", `/posthorn/1/messages/${messageId}`)).body.convertedAt;
  await client.send({
    ...oneSms({}, { messageId: "tracked" }),
    options: { conversionTracking: { useConversionTracking: true } },
  });
  await client.send(oneSms({}, { messageId: "untracked" }));
  const messages = [{ text: "Hi", destinations: [{ to: "385981234567", messageId: "named" }] }];
  await client.call("POST", "/sms/2/text/advanced", {
    json: { messages, tracking: { track: "SMS", processKey: "mine" } },
  });
  assert.equal(await convertedAtOf("tracked"), null);
  const first = await confirm("tracked");
  assert.match(first.body.processKey, /^[0-9A-F]{32}$/);
  const at = formatDate(clock.now());
  clock.jump(HOUR_MS);
  assert.deepEqual((await confirm("tracked")).body, first.body);
  assert.deepEqual((await confirm("untracked")).body, first.body);
  assert.deepEqual((await confirm("named")).body, { processKey: "mine" });
  assert.deepEqual([await convertedAtOf("tracked"), await convertedAtOf("untracked")], [at, null]);
  const unknown = await confirm("nobody's");
  assert.deepEqual([unknown.status, unknown.body.requestError.serviceException.messageId], [404, "NOT_FOUND"]);
});

test("a flood to one phone is refused message by message, with a report; a repeat of a request does not count", async (t) => {
  const settings = { "flooding.enabled": true, "flooding.messagesPerHourMax": 4, "flooding.identicalPerHourMax": 2 };
  const quiet = await startTestServer(t, { clock, carriers: [new FakeCarrier()], settings });
  const send = async (text: string, destination: object = {}) =>
    statusesOf(await quiet.client.send(oneSms({ content: { text } }, destination)))[0];
  assert.equal(await send("a", { messageId: "once" }), "PENDING_ACCEPTED");
  for (let count = 0; count < 5; count += 1) {
    assert.equal(await send("a", { messageId: "once" }), "REJECTED_DUPLICATE_MESSAGE_ID");
  }
  assert.equal(await send("a"), "PENDING_ACCEPTED");
  assert.equal(await send("a", { messageId: "flood" }), "REJECTED_FLOODING_FILTER");
  assert.deepEqual(
    [await send("b"), await send("c"), await send("d")],
    ["PENDING_ACCEPTED", "PENDING_ACCEPTED", "REJECTED_FLOODING_FILTER"],
  );
  assert.equal(await send("a", { to: "385981234568" }), "PENDING_ACCEPTED");
  const [report] = await quiet.client.reports("messageId=flood");
  assert.deepEqual([report?.status?.id, report?.error?.name], [20, "EC_DESTINATION_TXT_FLOODING"]);
  clock.jump(HOUR_MS);
  assert.equal(await send("a"), "PENDING_ACCEPTED");
});

test("by default, and for the sandbox's phones, nobody is counted", async (t) => {
  const sandbox = await startTestServer(t, { clock, settings: { "flooding.enabled": true } });
  for (const { client: sender } of [server, sandbox]) {
    const statuses = [];
    for (let count = 0; count < 22; count += 1) statuses.push(...statusesOf(await sender.send(oneSms())));
    assert.deepEqual(new Set(statuses), new Set(["PENDING_ACCEPTED"]));
  }
});
