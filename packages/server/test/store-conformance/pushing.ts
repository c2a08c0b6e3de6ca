import assert from "node:assert/strict";
import type { DueReport, DueWebhook, Store } from "../../src/store/store.ts";
import {
  claimOf,
  deliverAll,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  receiptOf,
  reportOf,
  reportsOf,
  type StoreTest,
  submitAll,
  submitted,
  T0,
  toldBy,
  webhooksOf,
} from "./fixtures.ts";

const REFUSED = { state: "rejected", statusId: 6 } as const;

/** `count` webhooks that are due at T0, for `host`. */
async function bearWebhooks(store: Store, host: string, count: number) {
  const webhookUrl = `https://${host}/reports`;
  await store.insertMessages(newMessages(count, `${host}-`, { ...REFUSED, webhookUrl }));
}

const named = (webhooks: readonly DueWebhook[]) => idsOf(toldBy(webhooks));

/** How a store keeps webhooks: what is to be pushed to customers. */
export function describePushing(test: StoreTest) {
  test("a webhook is born with the outcome that it tells, in the shape its customer gets", async (store, home) => {
    const webhookUrl = "https://example.com:8443/reports?a=b";
    await submitAll(store, [newMessage("m", { webhookUrl, webhookKind: "WHATSAPP", callbackData: "data" })]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf()), []);
    await store.applyReceipts([receiptOf("c-m")], T0 + 30, 10);
    const reopened = await home.reopen();
    const [webhook, ...others] = await reopened.claimWebhooks(webhooksOf());
    assert.equal(others.length, 0);
    assert.ok(webhook !== undefined);
    const { id, message, ...rest } = webhook as DueReport;
    assert.ok(Number.isSafeInteger(id));
    assert.deepEqual(rest, {
      url: webhookUrl,
      origin: "https://example.com:8443",
      kind: "WHATSAPP",
      attempts: 0,
      accountId: 1,
      subscription: null,
      receiverFailures: 0,
    });
    assert.deepEqual(message, reportOf(await mustFind(reopened, "m")));
  });

  test("a webhook is due when it is born by our clock, also when the carrier's is ahead or behind", async (store) => {
    await submitAll(store, newMessages(2, "m", { webhookUrl: "https://a/" }));
    const receipts = [
      receiptOf("c-m0", { doneAt: T0 - 10 * HOUR_MS }),
      receiptOf("c-m1", { doneAt: T0 + 10 * HOUR_MS }),
    ];
    await store.applyReceipts(receipts, T0 + 30, 10);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: T0 + 29 })), []);
    assert.deepEqual(named(await store.claimWebhooks(webhooksOf({ now: T0 + 30 }))), ["m0", "m1"]);
  });

  test("each outcome of a corrected message has a webhook of its own, which keeps what it tells", async (store) => {
    const [claimed] = await submitAll(store, [newMessage("m", { webhookUrl: "https://a/" })]);
    assert.ok(claimed !== undefined);
    const expired = { from: "submitted", attempts: 1, to: "expired", statusId: 29, errorId: 0, at: T0 + 20 } as const;
    await store.moveMessages([{ ...expired, seq: claimed.seq }]);
    await store.applyReceipts([receiptOf("c-m", { doneAt: T0 + 25 })], T0 + 30, 10);
    const webhooks = [];
    // The correction waits until what it corrects is delivered.
    for (let told = 1; told <= 2; told += 1) {
      const due = await store.claimWebhooks(webhooksOf({ now: T0 + told * HOUR_MS, leaseUntil: T0 + 9 * HOUR_MS }));
      assert.equal(due.length, 1);
      webhooks.push(...due);
      await store.settleWebhooks(due.map(({ id }) => ({ id, outcome: "delivered", at: T0 + told * HOUR_MS })));
    }
    assert.deepEqual(
      toldBy(webhooks).map((message) => [message.state, message.statusId, message.doneAt]),
      [
        ["expired", 29, T0 + 20],
        ["delivered", 5, T0 + 25],
      ],
    );
  });

  test("a message that asks is told meanwhile too, once for each status, before its end", async (store) => {
    await store.insertMessages([newMessage("m", { webhookUrl: "https://a/" })]);
    const asking = { intermediateReport: true, errorId: 0 } as const;
    const queue = async (statusId: number, at: number) => {
      const [claimed] = await store.claimDue(claimOf({ now: at }));
      assert.ok(claimed !== undefined);
      const base = { seq: claimed.seq, from: "claimed", to: "queued", attempts: claimed.attempts } as const;
      assert.deepEqual(await store.moveMessages([{ ...base, ...asking, statusId, at }]), [true]);
      return claimed;
    };
    await queue(7, T0 + 1);
    await queue(7, T0 + 2);
    // The receipt is there before the answer to the submission.
    await store.applyReceipts([receiptOf("c-m", { doneAt: T0 + 3 })], T0 + 3, 10);
    const [claimed] = await store.claimDue(claimOf({ now: T0 + 4 }));
    assert.ok(claimed !== undefined);
    const stale = submitted(claimed, "c-m", { ...asking, attempts: 1 });
    const move = submitted(claimed, "c-m", { ...asking, at: T0 + 4 });
    assert.deepEqual(await store.moveMessages([stale, move, move]), [false, true, false]);
    // One after the other: each waits until the one before it is settled.
    const told: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      const webhooks = await store.claimWebhooks(webhooksOf());
      told.push(...toldBy(webhooks).map(({ state, statusId, doneAt }) => [state, statusId, doneAt]));
      await store.settleWebhooks(webhooks.map(({ id }) => ({ id, outcome: "delivered", at: T0 })));
    }
    assert.deepEqual(told, [
      ["queued", 7, T0 + 1],
      ["submitted", 3, T0 + 4],
      ["delivered", 5, T0 + 3],
    ]);
  });

  test("nobody is told meanwhile who has no URL, wants no report, or did not ask", async (store) => {
    const messages = [
      newMessage("pulls"),
      newMessage("wants none", { webhookUrl: "https://a/", wantsReport: false }),
      newMessage("did not ask", { webhookUrl: "https://a/" }),
    ];
    await store.insertMessages(messages);
    const claimed = await store.claimDue(claimOf());
    const moves = claimed.map((message) =>
      submitted(message, message.messageId, message.messageId === "did not ask" ? {} : { intermediateReport: true }),
    );
    assert.deepEqual(await store.moveMessages(moves), [true, true, true]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf()), []);
    assert.deepEqual(await store.takeReports(reportsOf()), []);
  });

  test("a repeated receipt bears no second webhook", async (store) => {
    await submitAll(store, [newMessage("m", { webhookUrl: "https://a/" })]);
    await store.applyReceipts([receiptOf("c-m"), receiptOf("c-m")], T0 + 30, 10);
    await store.applyReceipts([receiptOf("c-m")], T0 + 31, 10);
    assert.equal((await store.claimWebhooks(webhooksOf())).length, 1);
  });

  test("a claim takes the oldest of each receiver, at most a bucket of each", async (store) => {
    await bearWebhooks(store, "a", 3);
    await bearWebhooks(store, "b", 1);
    const claim = webhooksOf({ bucketSize: 2 });
    assert.deepEqual(named(await store.claimWebhooks(claim)).toSorted(), ["a-0", "a-1", "b-0"]);
    assert.deepEqual(named(await store.claimWebhooks(claim)), ["a-2"]);
    assert.deepEqual(await store.claimWebhooks(claim), []);
  });

  test("receivers are told apart by scheme, host and port", async (store) => {
    const urls = ["http://a/x", "https://a/x", "https://a:444/x", "https://b/x", "https://a/y"];
    await store.insertMessages(urls.map((webhookUrl, index) => newMessage(`${index}`, { ...REFUSED, webhookUrl })));
    const webhooks = await store.claimWebhooks(webhooksOf({ bucketSize: 1 }));
    assert.deepEqual(webhooks.map(({ origin }) => origin).toSorted(), [
      "http://a",
      "https://a",
      "https://a:444",
      "https://b",
    ]);
  });

  test("busy receivers are left out", async (store) => {
    await bearWebhooks(store, "a", 1);
    await bearWebhooks(store, "b", 1);
    const claim = webhooksOf({ originsBusy: ["https://a", "https://elsewhere"] });
    assert.deepEqual(named(await store.claimWebhooks(claim)), ["b-0"]);
    assert.deepEqual(named(await store.claimWebhooks(webhooksOf())), ["a-0"]);
  });

  test("receivers take turns: none is served a second time before all were served", async (store) => {
    const hosts = ["a", "b", "c", "d", "e"];
    for (const host of hosts) await bearWebhooks(store, host, 3);
    const claim = webhooksOf({ originsMax: 2, bucketSize: 1 });
    const served: string[] = [];
    for (let round = 0; round < 8; round += 1) served.push(...named(await store.claimWebhooks(claim)));
    assert.equal(served.length, 15);
    assert.equal(new Set(served).size, 15);
    for (let turn = 0; turn < 3; turn += 1) {
      const hostsOfTurn = served.slice(turn * 5, turn * 5 + 5).map((messageId) => messageId.charAt(0));
      assert.deepEqual(hostsOfTurn.toSorted(), hosts);
    }
  });

  test("the turn goes on when the receiver served last has nothing left", async (store) => {
    await bearWebhooks(store, "a", 1);
    await bearWebhooks(store, "b", 1);
    await bearWebhooks(store, "c", 2);
    const claim = webhooksOf({ originsMax: 1, bucketSize: 1 });
    const first = await store.claimWebhooks(claim);
    const second = await store.claimWebhooks(claim);
    await store.settleWebhooks([...first, ...second].map(({ id }) => ({ id, outcome: "delivered", at: T0 })));
    const rest = [...(await store.claimWebhooks(claim)), ...(await store.claimWebhooks(claim))];
    assert.equal(new Set(named([...first, ...second, ...rest])).size, 4);
    assert.deepEqual(await store.claimWebhooks(claim), []);
  });

  test("with no receiver allowed nothing is claimed", async (store) => {
    await bearWebhooks(store, "a", 1);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ originsMax: 0 })), []);
  });

  test("of many claims at once no two get the same webhook", async (store) => {
    await bearWebhooks(store, "a", 30);
    await bearWebhooks(store, "b", 30);
    const claims = await Promise.all(
      Array.from({ length: 12 }, () => store.claimWebhooks(webhooksOf({ bucketSize: 5 }))),
    );
    const ids = claims.flat().map(({ id }) => id);
    assert.equal(ids.length, 60);
    assert.equal(new Set(ids).size, 60);
  });

  test("a claimed webhook comes again when its lease is over and nobody settled it", async (store) => {
    await bearWebhooks(store, "a", 1);
    const now = T0 + 1_000;
    assert.equal((await store.claimWebhooks(webhooksOf({ now, leaseUntil: now + 500 }))).length, 1);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: now + 499 })), []);
    const [again] = await store.claimWebhooks(webhooksOf({ now: now + 500 }));
    assert.equal(again?.attempts, 0);
  });

  test("a webhook is tried again at its time, counted, until it is delivered or given up", async (store) => {
    await bearWebhooks(store, "a", 2);
    const [one, two] = await store.claimWebhooks(webhooksOf());
    assert.ok(one !== undefined && two !== undefined);
    const at = T0 + HOUR_MS;
    const dueAt = at + 60_000;
    await store.settleWebhooks([
      { id: one.id, outcome: "retry", at, dueAt, error: "HTTP 500" },
      { id: two.id, outcome: "retry", at, dueAt, error: "HTTP 500" },
    ]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: dueAt - 1 })), []);
    const again = await store.claimWebhooks(webhooksOf({ now: dueAt, leaseUntil: dueAt + 1 }));
    assert.deepEqual(
      again.map(({ id, attempts }) => ({ id, attempts })),
      [
        { id: one.id, attempts: 1 },
        { id: two.id, attempts: 1 },
      ],
    );
    await store.settleWebhooks([
      { id: one.id, outcome: "delivered", at: dueAt },
      { id: two.id, outcome: "failed", at: dueAt, error: "HTTP 500" },
    ]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: T0 + 1_000 * HOUR_MS })), []);
  });

  test("what was delivered is not sent again because a slower attempt failed", async (store) => {
    await bearWebhooks(store, "a", 1);
    const [webhook] = await store.claimWebhooks(webhooksOf());
    assert.ok(webhook !== undefined);
    const at = T0 + HOUR_MS;
    await store.settleWebhooks([{ id: webhook.id, outcome: "delivered", at }]);
    await store.settleWebhooks([{ id: webhook.id, outcome: "retry", at, dueAt: at, error: "timed out" }]);
    await store.settleWebhooks([{ id: webhook.id, outcome: "failed", at, error: "timed out" }]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: T0 + 1_000 * HOUR_MS })), []);
  });

  test("a delivery that is told late ends what was to be tried again", async (store) => {
    await bearWebhooks(store, "a", 1);
    const [webhook] = await store.claimWebhooks(webhooksOf());
    assert.ok(webhook !== undefined);
    const at = T0 + HOUR_MS;
    await store.settleWebhooks([{ id: webhook.id, outcome: "retry", at, dueAt: at, error: "timed out" }]);
    await store.settleWebhooks([{ id: webhook.id, outcome: "delivered", at }]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: T0 + 1_000 * HOUR_MS })), []);
  });

  test("webhooks of many messages that end in one call are all kept", async (store) => {
    const messages = newMessages(200, "m", { webhookUrl: "https://a/" });
    await submitAll(store, messages);
    await deliverAll(
      store,
      messages.map(({ messageId }) => messageId),
    );
    assert.equal((await store.claimWebhooks(webhooksOf({ bucketSize: 1_000 }))).length, 200);
  });
}
