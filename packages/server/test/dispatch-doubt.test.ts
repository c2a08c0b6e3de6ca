import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { UncertainPolicy } from "../src/carrier/carrier.ts";
import { oneSms } from "./harness/api-client.ts";
import {
  type Answer,
  carrierIdOf,
  FakeCarrier,
  never,
  receiptOf,
  submitted,
  uncertain,
} from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const HOUR_MS = 3_600_000;
const POLL_MS = 1_000;
const LEASE_MS = 60_000;

async function start(t: TestContext, uncertainPolicy: UncertainPolicy, answer: Answer) {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ uncertainPolicy, answer });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  await server.client.send(oneSms({}, { messageId: "doubt" }));
  return { clock, carrier, server, tick: () => clock.advanceAndSettle(POLL_MS) };
}

const broken = (): never => {
  throw new Error("the carrier is broken");
};

/** What leaves a message in doubt, the first time that it is handed over. */
const DOUBTS: Readonly<Record<string, () => ReturnType<Answer>>> = {
  "says that it does not know": () => uncertain,
  throws: broken,
  rejects: () => Promise.reject(new Error("the carrier is broken")),
  "never answers": never,
};

for (const [what, doubtful] of Object.entries(DOUBTS)) {
  test(`a carrier that ${what} and may be asked again: the message is sent again, and everybody is told`, async (t) => {
    const answer: Answer = (message, nth) => (nth === 1 ? doubtful() : submitted(message, nth));
    const { clock, carrier, server, tick } = await start(t, "resend", answer);
    await server.untilState("doubt", ["submitted"], tick);
    assert.deepEqual(
      carrier.handed.map(({ possibleDuplicate }) => possibleDuplicate),
      [false, true],
    );
    await carrier.emit(receiptOf(carrierIdOf("doubt", 2), "delivered", clock.now()));
    const [log] = (await server.client.logs()).results ?? [];
    const [report] = await server.client.reports();
    assert.deepEqual(
      [log, report].map((seen) => [seen?.status?.name, (seen as { possibleDuplicate?: true }).possibleDuplicate]),
      [
        ["DELIVERED_TO_HANDSET", true],
        ["DELIVERED_TO_HANDSET", true],
      ],
    );
  });

  test(`a carrier that ${what} and must not be asked again: the message ends as EXPIRED_DLR_UNKNOWN`, async (t) => {
    const { clock, carrier, server, tick } = await start(t, "hold", doubtful);
    await server.untilState("doubt", ["uncertain"], tick);
    assert.equal((await server.client.logs()).results?.[0]?.status?.groupName, "PENDING");
    clock.set(clock.now() + 48 * HOUR_MS);
    await server.untilState("doubt", ["expired"], tick);
    assert.equal(carrier.handed.length, 1);
    const [report] = await server.client.reports();
    assert.deepEqual([report?.status?.id, report?.status?.name], [29, "EXPIRED_DLR_UNKNOWN"]);
    assert.equal("possibleDuplicate" in (report ?? {}), false);
  });
}

test("a message that was never in doubt does not speak of duplicates", async (t) => {
  const { clock, carrier, server } = await start(t, "resend", submitted);
  await server.untilState("doubt", ["submitted"]);
  await carrier.emit(receiptOf(carrierIdOf("doubt"), "delivered", clock.now()));
  assert.equal("possibleDuplicate" in ((await server.client.reports())[0] ?? {}), false);
});

test("what is held in doubt ends by its receipt, where the carrier's id was known without an answer", async (t) => {
  const answer: Answer = () => ({ ...uncertain, carrierMessageId: "known" });
  const { clock, carrier, server, tick } = await start(t, "hold", answer);
  await server.untilState("doubt", ["uncertain"], tick);
  await carrier.emit(receiptOf("known", "delivered", clock.now()));
  assert.equal((await server.message("doubt"))?.state, "delivered");
  assert.equal(carrier.handed.length, 1);
});

test("a receipt for a message that waits to be sent again ends it, and it is not sent again", async (t) => {
  const answer: Answer = () => ({ ...uncertain, carrierMessageId: "known" });
  const { clock, carrier, server, tick } = await start(t, "resend", answer);
  await until("it is in doubt", async () => {
    const record = await server.message("doubt");
    return record?.state === "queued" && record.doubt === "resent";
  });
  carrier.windowSize = 0;
  await carrier.emit(receiptOf("known", "delivered", clock.now()));
  carrier.windowSize = 10;
  for (let count = 0; count < 5; count += 1) await tick();
  assert.equal((await server.message("doubt"))?.state, "delivered");
  assert.equal(carrier.handed.length, 1);
});

test("an answer that comes after its lease changes nothing any more, and the carrier's room is free again", async (t) => {
  const late: (() => void)[] = [];
  const answer: Answer = (message, nth) =>
    nth === 1 ? new Promise((resolve) => late.push(() => resolve(submitted(message, nth)))) : submitted(message, nth);
  const { clock, carrier, server, tick } = await start(t, "resend", answer);
  carrier.windowSize = 1;
  await server.untilState("doubt", ["claimed"]);
  clock.set(clock.now() + LEASE_MS);
  await server.untilState("doubt", ["submitted"], tick);
  for (const resolve of late) resolve();
  await server.settle();
  const record = await server.message("doubt");
  assert.deepEqual([record?.attempts, record?.carrierMessageId], [2, carrierIdOf("doubt", 2)]);
});

test("one message that breaks its batch leaves the others of the batch in doubt, and none is lost", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({
    answer: (message, nth) => (nth === 1 && message.messageId === "m3" ? broken() : submitted(message, nth)),
  });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  const destinations = Array.from({ length: 6 }, (_, index) => ({ to: "385981234567", messageId: `m${index}` }));
  await server.client.send(oneSms({ destinations }));
  for (const { messageId } of destinations) {
    const record = await server.untilState(messageId, ["submitted"], () => clock.advanceAndSettle(POLL_MS));
    assert.equal(record.doubt, "resent");
  }
});

test("a carrier that answers for fewer messages than it was given leaves the rest in doubt", async (t) => {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ uncertainPolicy: "hold" });
  const submitAll = carrier.submit.bind(carrier);
  carrier.submit = async (messages) => (await submitAll(messages)).slice(0, 1);
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  const destinations = ["first", "second"].map((messageId) => ({ to: "385981234567", messageId }));
  await server.client.send(oneSms({ destinations }));
  await server.untilState("first", ["submitted"]);
  await server.untilState("second", ["uncertain"]);
});

test("an answer that comes after the lease ends the doubt about a message that is held", async (t) => {
  const late = Promise.withResolvers<Awaited<ReturnType<Answer>>>();
  const { clock, carrier, server, tick } = await start(t, "hold", () => late.promise);
  await server.untilState("doubt", ["uncertain"], tick);
  const [message] = carrier.handed;
  assert.ok(message !== undefined);
  late.resolve(submitted(message, 1));
  await server.untilState("doubt", ["submitted"], tick);
  await carrier.emit(receiptOf(carrierIdOf("doubt"), "delivered", clock.now()));
  assert.equal((await server.message("doubt"))?.state, "delivered");
  assert.equal(carrier.handed.length, 1);
});
