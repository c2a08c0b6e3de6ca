import assert from "node:assert/strict";
import { test } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, receiptOf, submitted } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const HOUR_MS = 3_600_000;
const POLL_MS = 1_000;
const COUNT = 60;

const destinations = (prefix: string) =>
  Array.from({ length: COUNT }, (_, index) => ({ to: "385981234567", messageId: `${prefix}${index}` }));

for (const [name, jumpMs] of [
  ["back", -HOUR_MS],
  ["ahead", HOUR_MS],
] as const) {
  test(`a clock that is put ${name} an hour neither loses nor doubles a message with a carrier`, async (t) => {
    const clock = new FakeClock();
    const open: (() => void)[] = [];
    const carrier = new FakeCarrier({
      windowSize: COUNT / 2,
      answer: (message, nth) =>
        new Promise((resolve) => {
          open.push(() => resolve(submitted(message, nth)));
        }),
    });
    const server = await startTestServer(t, { clock, carriers: [carrier] });
    await server.client.send(oneSms({ destinations: destinations("m") }));
    await until("half of them are handed over", () => carrier.handed.length === COUNT / 2);
    clock.set(clock.now() + jumpMs);
    await clock.advanceAndSettle(POLL_MS);
    await server.settle();
    const answerAll = async () => {
      for (const answer of open.splice(0)) answer();
      await clock.advanceAndSettle(POLL_MS);
    };
    await until("those are answered", () => carrier.inFlight === 0 || carrier.handed.length > COUNT / 2, answerAll);
    // What was accepted before the clock was put back is due when its old time is reached again.
    clock.set(clock.now() + HOUR_MS);
    await until("all are handed over", () => carrier.handed.length >= COUNT && carrier.inFlight === 0, answerAll);
    for (const { messageId } of destinations("m")) {
      const record = await server.untilState(messageId, ["submitted"], () => clock.advanceAndSettle(POLL_MS));
      assert.deepEqual([record.attempts, record.doubt], [1, null]);
    }
    clock.set(clock.now() - HOUR_MS);
    await carrier.emit(
      ...destinations("m").map(({ messageId }) => receiptOf(carrierIdOf(messageId), "delivered", clock.now())),
    );
    assert.deepEqual([(await server.ledger()).delivered, carrier.handed.length], [COUNT, COUNT]);
  });

  test(`a clock that is put ${name} an hour neither loses nor doubles a report on its way`, async (t) => {
    const clock = new FakeClock();
    const server = await startTestServer(t, { clock, settings: { "sandbox.deliveryDelayMs": 500 } });
    const sink = await WebhookSink.start(t);
    const webhooks = { delivery: { url: sink.url } };
    await server.client.send(oneSms({ destinations: destinations("before"), webhooks }));
    await server.untilState("before0", ["submitted"]);
    clock.set(clock.now() + jumpMs);
    await server.client.send(oneSms({ destinations: destinations("after"), webhooks }));
    // As long as it takes for the old time to be reached again.
    const all = () => server.webhooks().filter(({ deliveredAt }) => deliveredAt !== null).length === 2 * COUNT;
    await until("all are reported", all, () => clock.advanceAndSettle(60 * POLL_MS));
    await clock.advanceAndSettle(POLL_MS);
    await server.settle();
    const reported = sink.reports.map(({ messageId }) => messageId);
    const expected = [...destinations("before"), ...destinations("after")].map(({ messageId }) => messageId);
    assert.deepEqual(reported.toSorted(), expected.toSorted());
    assert.equal((await server.ledger()).delivered, 2 * COUNT);
  });
}
