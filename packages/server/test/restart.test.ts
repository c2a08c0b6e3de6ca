import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { UncertainPolicy } from "../src/carrier/carrier.ts";
import { isFault } from "../src/kernel/faults.ts";
import { oneSms, statusesOf } from "./harness/api-client.ts";
import { type Answer, carrierIdOf, FakeCarrier, receiptOf, submitted } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const POLL_MS = 1_000;
const LEASE_MS = 60_000;

const destinations = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ to: "385981234567", messageId: `${prefix}${index}` }));

test("stopped at any moment and started again, every message ends once and every report comes", async (t) => {
  const folder = createFolder(t);
  const sink = await WebhookSink.start(t);
  const webhooks = { delivery: { url: sink.url } };
  const settings = { "sandbox.deliveryDelayMs": 5, "sandbox.windowSize": 20, "report.queryAfterMs": 50 };
  let accepted = 0;
  for (let round = 0; round < 4; round += 1) {
    const server = await startTestServer(t, { folder, settings });
    await server.client.send(oneSms({ destinations: destinations(`round${round}-`, 100), webhooks }));
    accepted += 100;
    await server.stop();
  }
  const last = await startTestServer(t, { folder, settings });
  const ledger = await last.untilAllEnded();
  assert.deepEqual([ledger.accepted, ledger.delivered], [accepted, accepted]);
  await until("all reports were taken", () => last.webhooks().every(({ deliveredAt }) => deliveredAt !== null));
  assert.equal(last.webhooks().length, accepted);
  assert.equal(new Set(sink.reports.map(({ messageId }) => messageId)).size, accepted);
});

for (const policy of ["resend", "hold"] as const satisfies readonly UncertainPolicy[]) {
  test(`what was with the carrier when the process died is in doubt: ${policy}`, async (t) => {
    const original = createFolder(t);
    const released = Promise.withResolvers<void>();
    const answer: Answer = (message, nth) => released.promise.then(() => submitted(message, nth));
    const stuck = new FakeCarrier({ answer, uncertainPolicy: policy, windowSize: 2 });
    const clock = new FakeClock();
    const dying = await startTestServer(t, { folder: original, clock, carriers: [stuck] });
    await dying.client.send(oneSms({ destinations: destinations("m", 3) }));
    await dying.untilState("m1", ["claimed"]);
    await dying.settle();
    // What a crash leaves behind: the file as it is, with two messages claimed and one that waits.
    const copy = join(createFolder(t), "data");
    cpSync(original, copy, { recursive: true });
    assert.ok(existsSync(join(copy, "posthorn.db-wal")));
    released.resolve();
    await dying.stop();

    const startMs = clock.now() + 5;
    const next = new FakeClock(startMs);
    const carrier = new FakeCarrier({ uncertainPolicy: policy });
    const server = await startTestServer(t, { folder: copy, clock: next, carriers: [carrier] });
    const expected = policy === "resend" ? "submitted" : "uncertain";
    for (const messageId of ["m0", "m1"]) {
      await server.untilState(messageId, [expected], () => next.advanceAndSettle(POLL_MS));
    }
    assert.ok(next.now() < startMs + LEASE_MS, "nobody waits for the lease of a process that is gone");
    await server.untilState("m2", ["submitted"], () => next.advanceAndSettle(POLL_MS));
    const flags = new Map(carrier.handed.map(({ messageId, possibleDuplicate }) => [messageId, possibleDuplicate]));
    assert.deepEqual(
      flags,
      new Map(
        policy === "resend"
          ? [
              ["m2", false],
              ["m0", true],
              ["m1", true],
            ]
          : [["m2", false]],
      ),
    );
    assert.equal(carrier.handed.length, flags.size);
  });
}

test("a receipt that came after the process died is offered again and matched", async (t) => {
  const folder = createFolder(t);
  const clock = new FakeClock();
  const first = await startTestServer(t, { folder, clock, carriers: [new FakeCarrier()] });
  await first.client.send(oneSms({}, { messageId: "across" }));
  await first.untilState("across", ["submitted"]);
  await first.stop();
  const carrier = new FakeCarrier();
  const second = await startTestServer(t, { folder, clock, carriers: [carrier] });
  await carrier.emit(receiptOf(carrierIdOf("across"), "delivered", clock.now()));
  assert.equal((await second.client.reports())[0]?.messageId, "across");
});

test("the sandbox's deliveries that a stop forgot are found by asking it", async (t) => {
  const folder = createFolder(t);
  const clock = new FakeClock();
  const settings = { "sandbox.deliveryDelayMs": 10_000 };
  const first = await startTestServer(t, { folder, clock, settings });
  await first.client.send(oneSms({ destinations: destinations("s", 20) }));
  await first.untilState("s19", ["submitted"]);
  await first.stop();
  const second = await startTestServer(t, { folder, clock, settings });
  const ledger = await second.untilAllEnded(() => clock.advanceAndSettle(POLL_MS));
  assert.equal(ledger.delivered, 20);
});

test("ids, duplicates, keys and reports that were not fetched outlive a restart", async (t) => {
  const folder = createFolder(t);
  const first = await startTestServer(t, { folder });
  await first.client.send(oneSms({}, { messageId: "kept" }));
  await first.untilState("kept", ["delivered"]);
  const { client } = await first.addKey();
  await first.stop();
  const second = await startTestServer(t, { folder });
  assert.deepEqual(statusesOf(await second.client.send(oneSms({}, { messageId: "kept" }))), [
    "REJECTED_DUPLICATE_MESSAGE_ID",
  ]);
  const answer = await second.client.call("GET", "/sms/3/reports", { authorization: client.authorization });
  assert.deepEqual(
    answer.body.results.map(({ messageId }: { messageId: string }) => messageId),
    ["kept"],
  );
  await second.stop();
  const third = await startTestServer(t, { folder });
  assert.deepEqual(await third.client.reports(), []);
});

test("a second server on the same data folder is refused, and the first one goes on", async (t) => {
  const folder = createFolder(t);
  const first = await startTestServer(t, { folder });
  await assert.rejects(startTestServer(t, { folder }), (error) => isFault(error) && error.code === "DATA_IN_USE");
  assert.equal((await first.client.sms(oneSms())).status, 200);
});
