import assert from "node:assert/strict";
import type { NewMessage, Store } from "../../src/store/store.ts";
import { type ReceiptTarget, writeReceiptTarget } from "../../src/store/smpp-deliveries.ts";
import { claimOf, newMessage, receiptOf, type StoreTest, submitted, T0, type MessageChanges } from "./fixtures.ts";

const TARGET: ReceiptTarget = { systemId: "key", wish: "all", source: [5, 0], destination: [1, 1] };

function bySmpp(messageId: string, target: Partial<ReceiptTarget> = {}, changes: MessageChanges = {}): NewMessage {
  const webhookUrl = writeReceiptTarget({ ...TARGET, ...target });
  return newMessage(messageId, { webhookUrl, webhookKind: "SMPP", ...changes });
}

async function submitAll(store: Store, messages: readonly NewMessage[]) {
  await store.insertMessages(messages);
  const claimed = await store.claimDue(claimOf());
  await store.moveMessages(claimed.map((message) => submitted(message, `c-${message.messageId}`)));
}

function claim(store: Store, now: number, more: { systemId?: string | null; limit?: number; leaseMs?: number } = {}) {
  const { systemId = "key", limit = 100, leaseMs = 1000 } = more;
  return store.claimSmppDeliveries({ now, leaseUntil: now + leaseMs, receivers: [{ accountId: 1, systemId, limit }] });
}

const idsOf = (deliveries: Awaited<ReturnType<typeof claim>>) => deliveries.map(({ body }) => body.messageId);

export function describeSmppDeliveries(test: StoreTest) {
  test("a receipt is born with its message's end, for its own key, and says all that is to be said", async (store) => {
    await submitAll(store, [bySmpp("m", { receiptId: "shown" }, { text: "A text of more than twenty characters" })]);
    assert.deepEqual(await claim(store, T0 + 50), []);
    await store.applyReceipts([receiptOf("c-m", { doneAt: T0 + 40 })], T0 + 50, 10);
    assert.deepEqual(await claim(store, T0 + 50, { systemId: "other" }), []);
    assert.deepEqual(await claim(store, T0 + 50, { systemId: null }), []);
    const [delivery, ...others] = await claim(store, T0 + 50);
    assert.deepEqual(others, []);
    assert.ok(delivery !== undefined);
    const { id: _, ...rest } = delivery;
    const facts = { messageId: "shown", sender: "Posthorn", destination: "41793026727", text: "A text of more than " };
    const outcome = { state: "delivered", errorId: 0, sentAt: T0, doneAt: T0 + 40 };
    const addresses = { source: TARGET.source, destination: TARGET.destination };
    const body = { kind: "receipt", ...facts, ...outcome, addresses };
    assert.deepEqual(rest, { accountId: 1, systemId: "key", attempts: 0, body });
    assert.deepEqual(
      await store.claimWebhooks({ now: T0 + 60, leaseUntil: T0 + 99, originsBusy: [], originsMax: 9, bucketSize: 9 }),
      [],
    );
  });

  test("what is claimed is nobody else's until its lease is over, also after a start", async (store, home) => {
    await submitAll(store, [bySmpp("m")]);
    await store.applyReceipts([receiptOf("c-m")], T0 + 50, 10);
    assert.equal((await claim(store, T0 + 50)).length, 1);
    assert.equal((await claim(store, T0 + 1049)).length, 0);
    assert.equal((await claim(store, T0 + 1050)).length, 1);
    const again = await home.reopen();
    await again.expireLeases(T0 + 1051);
    assert.equal((await claim(again, T0 + 1051)).length, 1);
  });

  test("done is gone, retry counts and waits, unsent does neither", async (store) => {
    await submitAll(
      store,
      ["a", "b", "c"].map((id) => bySmpp(id)),
    );
    await store.applyReceipts(
      ["a", "b", "c"].map((id) => receiptOf(`c-${id}`)),
      T0 + 50,
      10,
    );
    const [a, b, c] = await claim(store, T0 + 50);
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    await store.settleSmppDeliveries([
      { id: a.id, outcome: "done" },
      { id: b.id, outcome: "retry", dueAt: T0 + 500 },
      { id: c.id, outcome: "unsent", dueAt: T0 + 60 },
    ]);
    const sooner = await claim(store, T0 + 60);
    assert.deepEqual(
      sooner.map(({ body, attempts }) => [body.messageId, attempts]),
      [["c", 0]],
    );
    const later = await claim(store, T0 + 500);
    assert.deepEqual(
      later.map(({ body, attempts }) => [body.messageId, attempts]),
      [["b", 1]],
    );
    assert.equal((await claim(store, T0 + 9_999)).length, 2);
  });

  test("a later receipt of a message waits for the earlier one, and a limit is held", async (store) => {
    await submitAll(store, [bySmpp("m"), bySmpp("n")]);
    const failed = { state: "undeliverable", statusId: 9, errorId: 27 } as const;
    await store.applyReceipts([receiptOf("c-m", failed), receiptOf("c-m"), receiptOf("c-n")], T0 + 50, 10);
    const first = await claim(store, T0 + 50);
    assert.deepEqual(idsOf(first), ["m", "n"]);
    await store.settleSmppDeliveries(first.map(({ id }) => ({ id, outcome: "done" })));
    const [second] = await claim(store, T0 + 51, { limit: 1 });
    assert.equal(second?.body.kind === "receipt" && second.body.state, "delivered");
  });

  test("only what was wished for, and nothing for what was refused at once", async (store) => {
    const wishes = [bySmpp("f", { wish: "failures" }), bySmpp("s", { wish: "successes" })];
    const none = bySmpp("none", {}, { webhookUrl: null, wantsReport: false });
    await submitAll(store, [...wishes, none, bySmpp("r", {}, { state: "rejected" })]);
    await store.applyReceipts(
      ["f", "s", "none"].map((id) => receiptOf(`c-${id}`)),
      T0 + 50,
      10,
    );
    assert.deepEqual(idsOf(await claim(store, T0 + 50)), ["s"]);
    const pulled = await store.takeReports({ accountId: 1, channel: "SMS", since: 0, limit: 10 });
    assert.deepEqual(pulled, []);
  });

  test("what nobody came for goes with its age", async (store) => {
    await submitAll(store, [bySmpp("m")]);
    await store.applyReceipts([receiptOf("c-m")], T0 + 50, 10);
    await store.purge({ before: T0 + 50, limit: 10 });
    assert.equal((await claim(store, T0 + 50)).length, 1);
    await store.purge({ before: T0 + 51, limit: 10 });
    assert.equal((await claim(store, T0 + 5000)).length, 0);
  });
}
