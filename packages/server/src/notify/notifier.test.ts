import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../kernel/log.ts";
import type { DueReport, DueWebhook, ReportRecord, WebhookResult } from "../store/store.ts";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import { Notifier, type NotifierOptions } from "./notifier.ts";

function webhook(id: number, change: Partial<ReportRecord> = {}): DueWebhook {
  const message: ReportRecord = {
    messageId: `m${id}`,
    bulkId: "b",
    sender: "Posthorn",
    destination: "385981234567",
    partCount: 1,
    state: "delivered",
    statusId: 5,
    errorId: 0,
    doubt: null,
    sentAt: 0,
    doneAt: 0,
    callbackData: null,
    applicationId: null,
    entityId: null,
    campaignReferenceId: null,
    ...change,
  };
  return {
    id,
    accountId: 1,
    url: "http://receiver.example/",
    origin: "http://receiver.example",
    kind: "SMS_V3",
    attempts: 0,
    subscription: null,
    receiverFailures: 0,
    message,
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

const RECEIVERS = ["http://a.example", "http://b.example", "http://c.example"] as const;

const leased = (id: number, origin: string = RECEIVERS[0]) =>
  ({ ...webhook(id), url: `${origin}/reports`, origin }) as DueReport;

/** A receiver whose calls are answered by hand. */
function byHand() {
  const calls: { readonly url: string; readonly ids: readonly string[]; readonly end: () => void }[] = [];
  const push: NotifierOptions["pusher"]["push"] = (url, { body }) =>
    new Promise((resolve) => {
      const { results } = JSON.parse(body) as { results: { messageId: string }[] };
      calls.push({ url, ids: results.map(({ messageId }) => messageId), end: () => resolve({ ok: true }) });
    });
  return { calls, pusher: { push, close: async () => undefined } };
}

test("reports that are leased at their birth are pushed without a claim, and those that come meanwhile together after them", async (t) => {
  const { calls, pusher } = byHand();
  let claims = 0;
  const results: WebhookResult[] = [];
  const store: NotifierOptions["store"] = {
    claimWebhooks: async () => {
      claims += 1;
      return [];
    },
    settleWebhooks: async (settled) => void results.push(...settled),
  };
  const { subject, clock } = notifier([], { store, pusher });
  t.after(() => subject.stop());
  await clock.advanceAndSettle(0);
  const before = claims;
  subject.take([leased(1)], subject.offer());
  await settle();
  subject.take([leased(2)], subject.offer());
  subject.take([leased(3)], subject.offer());
  await settle();
  assert.deepEqual(
    calls.map(({ ids }) => ids),
    [["m1"]],
  );
  calls[0]?.end();
  await settle();
  assert.deepEqual(calls[1]?.ids, ["m2", "m3"]);
  calls[1]?.end();
  await settle();
  assert.deepEqual(
    results.map(({ id, outcome }) => [id, outcome]),
    [
      [1, "delivered"],
      [2, "delivered"],
      [3, "delivered"],
    ],
  );
  assert.equal(claims, before);
});

test("no more receivers are served at a time than there are hands, and while all are full nothing is offered", async (t) => {
  const { calls, pusher } = byHand();
  const { subject, clock } = notifier([], { pusher, concurrency: 2 });
  t.after(() => subject.stop());
  await clock.advanceAndSettle(0);
  assert.ok(subject.offer().limit > 0);
  subject.take(
    RECEIVERS.map((origin, index) => leased(index + 1, origin)),
    subject.offer(),
  );
  await settle();
  assert.equal(calls.length, 2);
  assert.equal(subject.offer().limit, 0);
  for (const index of [0, 1, 2]) {
    calls[index]?.end();
    await settle();
  }
  assert.equal(calls.length, 3);
  assert.ok(subject.offer().limit > 0);
});

test("a receiver with enough ahead is named in the offer, and what is ahead counts against the room", async (t) => {
  const { calls, pusher } = byHand();
  const { subject, clock } = notifier([], { pusher, concurrency: 2 });
  t.after(() => {
    const stopped = subject.stop();
    calls[0]?.end();
    return stopped;
  });
  await clock.advanceAndSettle(0);
  const { limit, leaseUntil } = subject.offer();
  assert.equal(leaseUntil, clock.now() + 60_000);
  subject.take([leased(1)], subject.offer());
  await settle();
  subject.take(
    Array.from({ length: 4_000 }, (_, index) => leased(index + 2)),
    subject.offer(),
  );
  assert.deepEqual(subject.offer(), { limit: limit - 4_000, leaseUntil, originsBusy: [RECEIVERS[0]] });
});

test("at a stop what waits for its turn is given back, and the stop waits for that", async () => {
  const { calls, pusher } = byHand();
  const { subject, clock, results } = notifier([], { pusher });
  await clock.advanceAndSettle(0);
  subject.take([leased(1)], subject.offer());
  await settle();
  subject.take([leased(2)], subject.offer());
  const stopped = subject.stop();
  calls[0]?.end();
  await stopped;
  assert.equal(calls.length, 1);
  assert.deepEqual(
    results.map(({ id, outcome }) => [id, outcome]),
    [
      [1, "delivered"],
      [2, "unsent"],
    ],
  );
});

test("what waited too long for its turn is given back, so that nobody pushes it after its lease", async (t) => {
  const { calls, pusher } = byHand();
  const { subject, clock, results } = notifier([], { pusher });
  t.after(() => subject.stop());
  await clock.advanceAndSettle(0);
  subject.take([leased(1)], subject.offer());
  await settle();
  subject.take([leased(2)], subject.offer());
  await clock.advanceAndSettle(31_000);
  calls[0]?.end();
  await settle();
  assert.deepEqual(
    results.map(({ id, outcome }) => [id, outcome]),
    [
      [1, "delivered"],
      [2, "unsent"],
    ],
  );
  assert.equal(calls.length, 1);
});
