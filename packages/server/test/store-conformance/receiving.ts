import assert from "node:assert/strict";
import { RECEIPT_CLOCK_STEP_MS, RECEIPT_GRACE_MS, type Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  receiptOf,
  reportsOf,
  type StoreTest,
  submitAll,
  submitted,
  T0,
} from "./fixtures.ts";

async function claimOne(store: Store, messageId: string) {
  await store.insertMessages([newMessage(messageId)]);
  const [claimed] = await store.claimDue(claimOf());
  assert.ok(claimed !== undefined);
  return claimed;
}

/** What a store does with carriers' receipts. */
export function describeReceiving(test: StoreTest) {
  test("a receipt ends its message", async (store) => {
    await submitAll(store, newMessages(2));
    const { outcomes } = await store.applyReceipts([receiptOf("c-m0", { errorId: 4 })], T0 + 30, 10);
    assert.deepEqual(outcomes, ["applied"]);
    const record = await mustFind(store, "m0");
    assert.deepEqual([record.state, record.statusId, record.errorId, record.doneAt], ["delivered", 5, 4, T0 + 20]);
    assert.equal((await mustFind(store, "m1")).state, "submitted");
    assert.deepEqual(await store.dueChecks(T0 + 1_000 * HOUR_MS, 1).then(idsOf), ["m1"]);
  });

  test("a repeated receipt and a downgrade are ignored, within a call and across calls", async (store) => {
    await submitAll(store, [newMessage("m")]);
    const failed = receiptOf("c-m", { state: "undeliverable", statusId: 9 });
    const { outcomes } = await store.applyReceipts([receiptOf("c-m"), receiptOf("c-m"), failed], T0 + 30, 10);
    assert.deepEqual(outcomes, ["applied", "ignored", "ignored"]);
    assert.deepEqual((await store.applyReceipts([receiptOf("c-m"), failed], T0 + 40, 10)).outcomes, [
      "ignored",
      "ignored",
    ]);
    assert.equal((await mustFind(store, "m")).state, "delivered");
    assert.equal((await store.takeReports(reportsOf())).length, 1);
    await assertLedgerCloses(store);
  });

  test("a receipt is its own carrier's: the same id of another carrier is not meant", async (store) => {
    await submitAll(store, [newMessage("m")]);
    assert.deepEqual((await store.applyReceipts([receiptOf("c-m", { carrier: "south" })], T0 + 30, 10)).outcomes, [
      "parked",
    ]);
    assert.equal((await mustFind(store, "m")).state, "submitted");
  });

  test("a receipt ends a message that was queued again, and it is not claimed any more", async (store) => {
    const claimed = await claimOne(store, "m");
    const uncertain = { ...submitted(claimed, "c"), to: "uncertain" } as const;
    await store.moveMessages([uncertain]);
    await store.moveMessages([{ ...uncertain, from: "uncertain", to: "queued", dueAt: T0 + 20 }]);
    assert.deepEqual((await store.applyReceipts([receiptOf("c")], T0 + 30, 10)).outcomes, ["applied"]);
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + HOUR_MS })), []);
    await assertLedgerCloses(store);
  });

  test("a receipt before the submission's answer is kept, and matched with the answer", async (store, home) => {
    const claimed = await claimOne(store, "m");
    assert.deepEqual((await store.applyReceipts([receiptOf("c")], T0 + 5, 10)).outcomes, ["parked"]);
    assert.equal((await mustFind(store, "m")).state, "claimed");
    const reopened = await home.reopen();
    await reopened.moveMessages([submitted(claimed, "c")]);
    const record = await mustFind(reopened, "m");
    assert.deepEqual([record.state, record.statusId, record.carrierMessageId], ["delivered", 5, "c"]);
    assert.equal((await reopened.takeReports(reportsOf())).length, 1);
    assert.equal((await reopened.insertMessages([])).openCount, 0);
    await assertLedgerCloses(reopened);
  });

  test("kept receipts are matched in the order they came, and once", async (store) => {
    const claimed = await claimOne(store, "m");
    const expired = receiptOf("c", { state: "expired", statusId: 15 });
    const failed = receiptOf("c", { state: "undeliverable", statusId: 9 });
    await store.applyReceipts([failed, expired], T0 + 5, 10);
    await store.moveMessages([submitted(claimed, "c")]);
    // Undeliverable came first; that it ran out of time says nothing better after that.
    assert.equal((await mustFind(store, "m")).state, "undeliverable");
    const other = await claimOne(store, "n");
    await store.moveMessages([submitted(other, "c", { submittedAt: T0 + 11 })]);
    assert.equal((await mustFind(store, "n")).state, "submitted");
    await assertLedgerCloses(store);
  });

  test("at most parkedMax receipts are kept, and the oldest go", async (store) => {
    const claimed = await submitLater(store, 4);
    const receipts = [0, 1, 2, 3].map((index) => receiptOf(`c${index}`));
    assert.deepEqual((await store.applyReceipts(receipts.slice(0, 2), T0 + 5, 3)).outcomes, ["parked", "parked"]);
    assert.deepEqual((await store.applyReceipts(receipts.slice(2), T0 + 5, 3)).outcomes, ["parked", "parked"]);
    await store.moveMessages(claimed.map((message, index) => submitted(message, `c${index}`)));
    const states = await Promise.all(claimed.map(async ({ messageId }) => (await mustFind(store, messageId)).state));
    assert.deepEqual(states, ["submitted", "delivered", "delivered", "delivered"]);
  });

  test("with parkedMax 0 nothing is kept", async (store) => {
    const [claimed] = await submitLater(store, 1);
    assert.ok(claimed !== undefined);
    await store.applyReceipts([receiptOf("c0")], T0 + 5, 0);
    await store.moveMessages([submitted(claimed, "c0")]);
    assert.equal((await mustFind(store, "m0")).state, "submitted");
  });

  test("a kept receipt from before the message was accepted belongs to an earlier bearer of the id", async (store) => {
    await store.applyReceipts([receiptOf("c")], T0 - RECEIPT_CLOCK_STEP_MS - 1, 10);
    const claimed = await claimOne(store, "m");
    await store.moveMessages([submitted(claimed, "c")]);
    assert.equal((await mustFind(store, "m")).state, "submitted");
  });

  test("of two messages with the same carrier's id the one submitted last is meant", async (store) => {
    await store.insertMessages([newMessage("early"), newMessage("late")]);
    const [early, late] = await store.claimDue(claimOf());
    assert.ok(early !== undefined && late !== undefined);
    await store.moveMessages([submitted(late, "c", { submittedAt: T0 + 10 })]);
    await store.moveMessages([submitted(early, "c", { submittedAt: T0 + 20 })]);
    assert.deepEqual((await store.applyReceipts([receiptOf("c")], T0 + 30, 10)).outcomes, ["applied"]);
    assert.equal((await mustFind(store, "early")).state, "delivered");
    assert.equal((await mustFind(store, "late")).state, "submitted");
  });

  test("a message whose time is long over is not meant by a receipt any more", async (store) => {
    const [claimed] = await submitAll(store, [newMessage("m")]);
    assert.ok(claimed !== undefined);
    const { expiresAt } = claimed;
    const ended = submitted(claimed, "c-m", { from: "submitted", to: "expired", at: expiresAt });
    await store.moveMessages([ended]);
    const receipt = receiptOf("c-m", { doneAt: expiresAt });
    assert.deepEqual((await store.applyReceipts([receipt], expiresAt + RECEIPT_GRACE_MS + 1, 10)).outcomes, ["parked"]);
    assert.deepEqual((await store.applyReceipts([receipt], expiresAt + RECEIPT_GRACE_MS, 10)).outcomes, ["applied"]);
  });

  test("a late delivery corrects an expired message: outcome, ledger, and a report again", async (store) => {
    const [claimed] = await submitAll(store, [newMessage("m")]);
    assert.ok(claimed !== undefined);
    const expired = { from: "submitted", attempts: 1, to: "expired", statusId: 29, errorId: 0, at: T0 + 100 } as const;
    await store.moveMessages([{ ...expired, seq: claimed.seq }]);
    assert.deepEqual(await store.takeReports(reportsOf()).then((all) => all.map(({ state }) => state)), ["expired"]);
    assert.deepEqual((await store.applyReceipts([receiptOf("c-m", { doneAt: T0 + 200 })], T0 + 210, 10)).outcomes, [
      "applied",
    ]);
    const record = await mustFind(store, "m");
    assert.deepEqual([record.state, record.statusId, record.doneAt], ["delivered", 5, T0 + 200]);
    const [row] = await store.ledger();
    assert.deepEqual([row?.accepted, row?.expired, row?.delivered, row?.open], [1, 0, 1, 0]);
    assert.deepEqual(await store.takeReports(reportsOf()).then((all) => all.map(({ state }) => state)), ["delivered"]);
    assert.equal((await store.insertMessages([])).openCount, 0);
  });

  test("a carrier's clock moves neither the end out of the message's life nor the report's age", async (store) => {
    await submitAll(store, newMessages(2));
    const now = T0 + 1_000;
    const receipts = [
      receiptOf("c-m0", { doneAt: T0 - 10_000 * HOUR_MS }),
      receiptOf("c-m1", { doneAt: now + 10_000 * HOUR_MS }),
    ];
    await store.applyReceipts(receipts, now, 10);
    assert.equal((await mustFind(store, "m0")).doneAt, T0);
    assert.equal((await mustFind(store, "m1")).doneAt, now);
    assert.deepEqual(await store.takeReports(reportsOf({ since: now + 1 })), []);
    assert.equal((await store.takeReports(reportsOf({ since: now }))).length, 2);
  });
}

/** Claims messages m0, m1 … and leaves their submission open. */
async function submitLater(store: Store, count: number) {
  await store.insertMessages(newMessages(count));
  return store.claimDue(claimOf());
}
