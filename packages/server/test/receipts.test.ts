import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate } from "@posthorn/contract";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, never, receiptOf, submitted } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { startTestServer } from "./harness/test-server.ts";

const HOUR_MS = 3_600_000;
const POLL_MS = 1_000;

test("a receipt that comes before the answer to its submit is kept and matched", async (t) => {
  const carrier = new FakeCarrier({
    answer: async (message, nth) => {
      await carrier.emit(receiptOf(carrierIdOf(message.messageId, nth), "delivered", Date.now()));
      return submitted(message, nth);
    },
  });
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "early" }));
  await server.untilState("early", ["delivered"]);
  assert.equal((await server.client.reports()).length, 1);
});

test("a receipt that comes twice gives one report", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "twice" }));
  await server.untilState("twice", ["submitted"]);
  const receipt = receiptOf(carrierIdOf("twice"), "delivered", Date.now());
  await carrier.emit(receipt, receipt);
  await carrier.emit(receipt);
  assert.equal((await server.client.reports()).length, 1);
  await carrier.emit(receipt);
  assert.deepEqual(await server.client.reports(), []);
});

test("a message that expired and was delivered after all is reported a second time", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "late" }));
  await server.untilState("late", ["submitted"]);
  clock.set(clock.now() + 48 * HOUR_MS);
  await server.untilState("late", ["expired"], () => clock.advanceAndSettle(POLL_MS));
  const statuses = async () => (await server.client.reports()).map(({ status }) => status?.name);
  assert.deepEqual(await statuses(), ["EXPIRED_DLR_UNKNOWN"]);
  await carrier.emit(receiptOf(carrierIdOf("late"), "delivered", clock.now()));
  assert.deepEqual(await statuses(), ["DELIVERED_TO_HANDSET"]);
  assert.deepEqual(await statuses(), []);
  const ledger = await server.ledger();
  assert.deepEqual([ledger.accepted, ledger.delivered, ledger.expired], [1, 1, 0]);
});

test("what was delivered stays delivered, whatever comes later", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "done" }));
  await server.untilState("done", ["submitted"]);
  await carrier.emit(receiptOf(carrierIdOf("done"), "delivered", Date.now()));
  for (const state of ["undeliverable", "expired", "rejected"] as const) {
    await carrier.emit(receiptOf(carrierIdOf("done"), state, Date.now()));
  }
  assert.equal((await server.message("done"))?.state, "delivered");
  assert.equal((await server.client.reports()).length, 1);
});

test("a receipt that nobody waits for is kept, up to the limit, and hurts nobody", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { carriers: [carrier], settings: { "report.unmatchedReceiptsMax": 5 } });
  const foreign = Array.from({ length: 20 }, (_, index) => receiptOf(`foreign-${index}`, "delivered", Date.now()));
  await carrier.emit(...foreign);
  await server.client.send(oneSms({}, { messageId: "own" }));
  await server.untilState("own", ["submitted"]);
  await carrier.emit(receiptOf(carrierIdOf("own"), "delivered", Date.now()));
  assert.equal((await server.message("own"))?.state, "delivered");
});

test("a carrier whose clock is wrong by days makes no report unreachable", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { carriers: [carrier] });
  const begin = Date.now();
  const destinations = ["behind", "ahead"].map((messageId) => ({ to: "385981234567", messageId }));
  await server.client.send(oneSms({ destinations }));
  await server.untilState("ahead", ["submitted"]);
  const [behind, ahead] = [Date.now() - 100 * HOUR_MS, Date.now() + 100 * HOUR_MS];
  await carrier.emit(receiptOf(carrierIdOf("behind"), "delivered", behind));
  await carrier.emit(receiptOf(carrierIdOf("ahead"), "delivered", ahead));
  const reports = await server.client.reports();
  assert.deepEqual(new Set(reports.map(({ messageId }) => messageId)), new Set(["behind", "ahead"]));
  for (const { doneAt = "" } of reports)
    assert.ok(doneAt >= formatDate(begin) && doneAt <= formatDate(Date.now()), doneAt);
});

test("a message whose receipt was lost ends when the carrier is asked", async (t) => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const carrier = new FakeCarrier({
    query: async (messages) =>
      messages.map(({ carrierMessageId, messageId }) => {
        asked.push(messageId);
        return messageId === "forgotten" ? receiptOf(carrierMessageId, "delivered", clock.now()) : null;
      }),
  });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  const destinations = ["forgotten", "on-its-way"].map((messageId) => ({ to: "385981234567", messageId }));
  await server.client.send(oneSms({ destinations }));
  await server.untilState("forgotten", ["delivered"], () => clock.advanceAndSettle(POLL_MS));
  assert.equal((await server.message("on-its-way"))?.state, "submitted");
  assert.ok(asked.includes("on-its-way"));
});

/** None of them may keep the message, or another carrier's message, from ending. */
const BAD_QUERIES: Readonly<Record<string, NonNullable<ConstructorParameters<typeof FakeCarrier>[0]>["query"]>> = {
  fails: async () => {
    throw new Error("no such command");
  },
  "never answers": () => never() as Promise<never>,
  "answers with an id that nobody knows": async () => [receiptOf("unknown", "delivered", 0)],
  "answers with nothing": async () => [],
};

for (const [what, query] of Object.entries(BAD_QUERIES)) {
  test(`a carrier whose query ${what}: its messages end at the end of their validity, and so do all others`, async (t) => {
    const clock = new FakeClock();
    const carrier = new FakeCarrier(query === undefined ? {} : { query });
    const server = await startTestServer(t, { clock, carriers: [carrier] });
    await server.client.send(oneSms({}, { messageId: "asked-about" }));
    await server.untilState("asked-about", ["submitted"]);
    await server.client.send({
      ...oneSms({}, { messageId: "other" }),
      options: { schedule: { sendAt: formatDate(clock.now() + HOUR_MS) } },
    });
    carrier.windowSize = 0;
    for (const messageId of ["asked-about", "other"]) {
      clock.set(clock.now() + 50 * HOUR_MS);
      await server.untilState(messageId, ["expired"], () => clock.advanceAndSettle(POLL_MS));
    }
    assert.equal((await server.ledger()).open, 0);
  });
}
