import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR, STATUS } from "@posthorn/contract";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, receiptOf, submitted, temporary } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const MINUTE_MS = 60_000;
const POLL_MS = 1_000;

const many = (count: number) =>
  oneSms({
    destinations: Array.from({ length: count }, (_, index) => ({ to: "385981234567", messageId: `m${index}` })),
  });

test("a temporary refusal is tried again after a pause, until the carrier takes the message", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ answer: (message, nth) => (nth < 5 ? temporary : submitted(message, nth)) });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "stubborn" }));
  const record = await server.untilState("stubborn", ["submitted"], () => clock.advanceAndSettle(POLL_MS));
  assert.deepEqual([carrier.timesHanded("stubborn"), record.attempts], [5, 5]);
  assert.deepEqual([record.doubt, record.carrierMessageId], [null, carrierIdOf("stubborn", 5)]);
  assert.ok(carrier.handed.every((message) => !message.possibleDuplicate));
});

test("a message is not tried before the time that the carrier asked for", async (t) => {
  const clock = new FakeClock();
  const times: number[] = [];
  const carrier = new FakeCarrier({
    answer: (message, nth) => {
      times.push(clock.now());
      return nth === 1 ? { ...temporary, retryAfterMs: 10 * MINUTE_MS } : submitted(message, nth);
    },
  });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "later" }));
  await server.untilState("later", ["submitted"], () => clock.advanceAndSettle(POLL_MS));
  const [first = 0, second = 0] = times;
  assert.ok(second - first >= 10 * MINUTE_MS, `${second - first} ms`);
});

test("a message that is refused for now until its validity ends is EXPIRED_EXPIRED, and not tried after that", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ answer: () => temporary });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({ options: { validityPeriod: { amount: 5 } } }, { messageId: "unlucky" }));
  const begin = clock.now();
  await server.untilState("unlucky", ["expired"], () => clock.advanceAndSettle(POLL_MS));
  assert.ok(clock.now() >= begin + 5 * MINUTE_MS);
  const times = carrier.timesHanded("unlucky");
  assert.ok(times > 1);
  const [report] = await server.client.reports();
  assert.deepEqual([report?.status?.name, report?.error?.name], ["EXPIRED_EXPIRED", "EC_VALIDITY_EXPIRED"]);
  await clock.advanceAndSettle(10 * MINUTE_MS);
  await server.settle();
  assert.equal(carrier.timesHanded("unlucky"), times);
});

test("a message that no carrier takes expires where it waits", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ windowSize: 0 });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "waiting" }));
  clock.set(clock.now() + 48 * 60 * MINUTE_MS);
  await server.untilState("waiting", ["expired"], () => clock.advanceAndSettle(POLL_MS));
  assert.equal(carrier.handed.length, 0);
  assert.equal((await server.client.reports())[0]?.status?.name, "EXPIRED_EXPIRED");
});

test("a permanent refusal ends the message with the carrier's status and error", async (t) => {
  const carrier = new FakeCarrier({
    answer: ({ messageId }) =>
      messageId === "m0"
        ? {
            outcome: "permanent",
            state: "undeliverable",
            statusId: STATUS.UNDELIVERABLE_REJECTED_OPERATOR,
            errorId: ERROR.EC_UNKNOWN_SUBSCRIBER,
          }
        : { outcome: "permanent", state: "rejected", statusId: STATUS.REJECTED_SENDER, errorId: ERROR.NO_ERROR },
  });
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(many(2));
  const ledger = await server.untilAllEnded();
  assert.deepEqual([ledger.undeliverable, ledger.rejected], [1, 1]);
  const reports = (await server.client.reports()).toSorted((a, b) =>
    (a.messageId ?? "").localeCompare(b.messageId ?? ""),
  );
  assert.deepEqual(
    reports.map(({ status, error }) => [status?.groupName, status?.name, error?.name]),
    [
      ["UNDELIVERABLE", "UNDELIVERABLE_REJECTED_OPERATOR", "EC_UNKNOWN_SUBSCRIBER"],
      ["REJECTED", "REJECTED_SENDER", "NO_ERROR"],
    ],
  );
  assert.equal(carrier.handed.length, 2);
});

test("a status that does not fit its state, or that nobody knows, does not stop anybody's report", async (t) => {
  const carrier = new FakeCarrier({
    answer: (message, nth) =>
      message.messageId === "m1"
        ? submitted(message, nth)
        : { outcome: "permanent", state: "rejected", statusId: STATUS.DELIVERED_TO_HANDSET, errorId: 999_999 },
  });
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(many(2));
  await server.untilState("m1", ["submitted"]);
  const receipt = receiptOf(carrierIdOf("m1"), "undeliverable", Date.now());
  await carrier.emit({ ...receipt, statusId: 12_345 });
  const reports = await server.client.reports();
  assert.deepEqual(
    new Map(reports.map(({ messageId, status }) => [messageId, status?.groupName])),
    new Map([
      ["m0", "REJECTED"],
      ["m1", "UNDELIVERABLE"],
    ]),
  );
});

test("a carrier is never given more than it has room for, and everything gets there all the same", async (t) => {
  const windowSize = 7;
  const open: (() => void)[] = [];
  const carrier = new FakeCarrier({
    windowSize,
    answer: (message, nth) =>
      new Promise((resolve) => {
        open.push(() => resolve(submitted(message, nth)));
      }),
  });
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(many(50));
  await until(
    "all were handed over",
    () => carrier.handed.length === 50 && carrier.inFlight === 0,
    () => open.splice(0).forEach((answer) => answer()),
  );
  assert.equal(carrier.inFlightMax, windowSize);
  assert.equal(new Set(carrier.handed.map(({ messageId }) => messageId)).size, 50);
});

test("a carrier that has no room is asked again when it says so", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ windowSize: 0 });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "patient" }));
  await server.settle();
  assert.equal(carrier.handed.length, 0);
  carrier.windowSize = 1;
  carrier.ready();
  await server.untilState("patient", ["submitted"]);
});

test("messages leave in the order in which they were accepted", async (t) => {
  const carrier = new FakeCarrier({ windowSize: 10 });
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(many(100));
  await server.untilState("m99", ["submitted"]);
  assert.deepEqual(
    carrier.handed.map(({ messageId }) => messageId),
    Array.from({ length: 100 }, (_, index) => `m${index}`),
  );
});

test("a stop waits for the answers to what was handed over, and they are kept", async (t) => {
  const answers: (() => void)[] = [];
  const carrier = new FakeCarrier({
    answer: (message, nth) =>
      new Promise((resolve) => {
        answers.push(() => resolve(submitted(message, nth)));
      }),
  });
  const folder = createFolder(t);
  const server = await startTestServer(t, { carriers: [carrier], folder });
  await server.client.send(many(3));
  await until("they were handed over", () => answers.length === 3);
  let isStopped = false;
  const stopping = server.stop().then(() => {
    isStopped = true;
  });
  await until("it takes no requests any more", () =>
    fetch(server.url).then(
      () => false,
      () => true,
    ),
  );
  assert.equal(isStopped, false);
  for (const answer of answers) answer();
  await stopping;
  const next = await startTestServer(t, { carriers: [new FakeCarrier()], folder });
  for (const messageId of ["m0", "m1", "m2"]) {
    const record = await next.message(messageId);
    assert.deepEqual([record?.state, record?.carrierMessageId], ["submitted", carrierIdOf(messageId)]);
  }
});

test("a stop does not wait longer than its limit for a carrier that never answers; its messages are in doubt", async (t) => {
  const carrier = new FakeCarrier({ answer: () => new Promise(() => {}) });
  const folder = createFolder(t);
  const settings = { "shutdown.timeoutMs": 100 };
  const server = await startTestServer(t, { carriers: [carrier], folder, settings });
  await server.client.send(many(2));
  await until("they were handed over", () => carrier.handed.length === 2);
  await server.stop();
  const heir = new FakeCarrier({ uncertainPolicy: "resend" });
  const next = await startTestServer(t, { carriers: [heir], folder });
  for (const messageId of ["m0", "m1"]) await next.untilState(messageId, ["submitted"]);
  assert.deepEqual(
    heir.handed.map(({ possibleDuplicate }) => possibleDuplicate),
    [true, true],
  );
});
