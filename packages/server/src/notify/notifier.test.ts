import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../kernel/log.ts";
import type { DueWebhook, MessageRecord, WebhookResult } from "../store/store.ts";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import { Notifier, type NotifierOptions } from "./notifier.ts";

function webhook(id: number, change: Partial<MessageRecord> = {}): DueWebhook {
  const message = { messageId: `m${id}`, state: "delivered", statusId: 5, errorId: 0, sentAt: 0, doneAt: 0, ...change };
  return {
    id,
    accountId: 1,
    url: "http://receiver.example/",
    origin: "http://receiver.example",
    kind: "SMS_V3",
    attempts: 0,
    subscription: null,
    receiverFailures: 0,
    message: message as MessageRecord,
  };
}

function notifier(due: readonly DueWebhook[], options: Partial<NotifierOptions> = {}) {
  const clock = new FakeClock();
  const results: WebhookResult[] = [];
  const waiting = [...due];
  const subject = new Notifier({
    store: {
      claimWebhooks: async () => waiting.splice(0),
      settleWebhooks: async (settled) => {
        results.push(...settled);
      },
    },
    pusher: { push: async () => ({ ok: true }), close: async () => undefined },
    profiles: { deliveryOf: async () => "there is no profile" },
    profilePusher: { push: async () => ({ ok: true }), close: async () => undefined },
    view: { price: { pricePerMessage: 0, currency: "EUR" } },
    clock,
    log: silentLog,
    bucketSize: 100,
    concurrency: 1,
    pollIntervalMs: 1_000,
    retryBaseMs: 60_000,
    retriesMax: 20,
    leaseMs: 60_000,
    ...options,
  });
  return { subject, clock, results };
}

test("a report that cannot be written down fails like one that was refused, and the process goes on", async (t) => {
  const { subject, clock, results } = notifier([webhook(1, { sentAt: Number.NaN })]);
  t.after(() => subject.stop());
  subject.nudge();
  await settle();
  assert.deepEqual(
    results.map(({ id, outcome, ...rest }) => [id, outcome, "dueAt" in rest && rest.dueAt - clock.now()]),
    [[1, "retry", 60_000]],
  );
});

test("results that cannot be written do not stop the receiver's next reports", async (t) => {
  let calls = 0;
  const store = {
    claimWebhooks: async () => {
      calls += 1;
      return calls <= 2 ? [webhook(calls)] : [];
    },
    settleWebhooks: async () => {
      throw new Error("the disk is full");
    },
  };
  const { subject } = notifier([], { store });
  t.after(() => subject.stop());
  subject.nudge();
  await settle();
  subject.nudge();
  await settle();
  assert.ok(calls >= 2);
});
