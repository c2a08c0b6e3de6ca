import assert from "node:assert/strict";
import type { Move, OutboundMessage, Receipt, Rematch, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  mustFind,
  newMessage,
  newMessages,
  receiptOf,
  reportsOf,
  STATUS_ID,
  type StoreTest,
  submitAll,
  submitted,
  T0,
} from "./fixtures.ts";

const PHONE = "41793026727";
const FAILED = { state: "undeliverable", statusId: STATUS_ID.undeliverable } as const;

async function claimAll(store: Store, count: number, changes: Parameters<typeof newMessage>[1] = {}) {
  await store.insertMessages(newMessages(count, "m", changes));
  const claimed = await store.claimDue(claimOf());
  assert.equal(claimed.length, count);
  return claimed as [OutboundMessage, ...OutboundMessage[]];
}

/** One message of the carrier's parts p1, p2 … */
async function submitParts(store: Store, count: number, changes: Partial<Move> = {}) {
  const [message] = await claimAll(store, 1);
  const partIds = Array.from({ length: count }, (_, index) => `p${index + 1}`);
  assert.deepEqual(await store.moveMessages([submitted(message, "p1", { partIds, ...changes })]), [true]);
  return message;
}

function uncertain(message: OutboundMessage, changes: Partial<Move> = {}): Move {
  const { carrierMessageId: _, submittedAt: _s, ...move } = submitted(message, "");
  return { ...move, to: "uncertain", doubt: "held", ...changes };
}

const apply = (store: Store, ...receipts: readonly Receipt[]) => store.applyReceipts(receipts, T0 + 30, 10);
const stateOf = async (store: Store, messageId = "m0") => (await store.findMessage(1, messageId))?.state;
const partStates = async (store: Store) => (await store.findMessage(1, "m0"))?.parts?.map(({ state }) => state);
const rematchOf = (changes: Partial<Rematch> = {}): Rematch => ({
  now: T0 + 100,
  limit: 100,
  isForDoubtOnly: false,
  settledBefore: T0 + 100,
  ...changes,
});

/** How a store finds the message that a receipt is about. */
export function describeMatching(test: StoreTest) {
  describeParts(test);
  describeIds(test);
  describeDoubts(test);
  describeUnmatched(test);
}

function describeParts(test: StoreTest) {
  test("a message of several parts is delivered when the last of them is, and then it is", async (store, home) => {
    await submitParts(store, 3);
    const late = receiptOf("p3", { doneAt: T0 + 25 });
    assert.deepEqual(await apply(store, late, receiptOf("p1")), {
      outcomes: ["noted", "noted"],
      matchedIds: ["p3", "p1"],
    });
    assert.equal(await stateOf(store), "submitted");
    const reopened = await home.reopen();
    assert.deepEqual(await partStates(reopened), ["delivered", null, "delivered"]);
    assert.deepEqual((await apply(reopened, receiptOf("p2"))).outcomes, ["applied"]);
    const record = await reopened.findMessage(1, "m0");
    assert.deepEqual([record?.state, record?.doneAt], ["delivered", T0 + 25]);
    assert.equal((await reopened.takeReports(reportsOf())).length, 1);
    await assertLedgerCloses(reopened);
  });

  test("a part that failed ends its message at once, and the other parts change nothing", async (store) => {
    await submitParts(store, 2);
    assert.deepEqual((await apply(store, receiptOf("p2", { ...FAILED, errorId: 4 }))).outcomes, ["applied"]);
    const record = await mustFind(store, "m0").catch(() => null);
    assert.deepEqual([record?.state, record?.statusId, record?.errorId], ["undeliverable", 9, 4]);
    assert.deepEqual((await apply(store, receiptOf("p1"))).outcomes, ["noted"]);
    assert.equal(await stateOf(store), "undeliverable");
    assert.equal((await store.takeReports(reportsOf())).length, 1);
  });

  test("a failed part that was delivered after all corrects its message, once all parts are", async (store) => {
    await submitParts(store, 2);
    await apply(store, receiptOf("p2", FAILED));
    assert.deepEqual((await apply(store, receiptOf("p2"))).outcomes, ["noted"]);
    assert.equal(await stateOf(store), "undeliverable");
    assert.deepEqual((await apply(store, receiptOf("p1"))).outcomes, ["applied"]);
    assert.equal(await stateOf(store), "delivered");
    await assertLedgerCloses(store);
  });

  test("a part's receipt that comes twice, and one that takes a delivery back, are ignored", async (store) => {
    await submitParts(store, 2);
    const { outcomes } = await apply(store, receiptOf("p1"), receiptOf("p1"), receiptOf("p1", FAILED));
    assert.deepEqual(outcomes, ["noted", "ignored", "ignored"]);
    assert.equal(await stateOf(store), "submitted");
  });

  test("receipts of parts that came before the answer are matched with it", async (store) => {
    const [message] = await claimAll(store, 1);
    assert.deepEqual((await apply(store, receiptOf("p2"), receiptOf("p1"))).outcomes, ["parked", "parked"]);
    await store.moveMessages([submitted(message, "p1", { partIds: ["p1", "p2"] })]);
    assert.equal(await stateOf(store), "delivered");
    assert.deepEqual(await store.listUnmatchedReceipts({ limit: 10 }), []);
  });

  test("a carrier that gives all parts one id is one that gave one id", async (store) => {
    const [message] = await claimAll(store, 1);
    await store.moveMessages([submitted(message, "p", { partIds: ["p", "p", "p"] })]);
    assert.deepEqual((await apply(store, receiptOf("p"))).outcomes, ["applied"]);
    assert.equal("parts" in ((await store.findMessage(1, "m0")) ?? {}), false);
  });

  test("sent again, a message has the parts of its last submission only", async (store) => {
    const message = await submitParts(store, 3, { to: "uncertain" });
    await store.moveMessages([uncertain(message, { from: "uncertain", to: "queued", dueAt: T0 + 40 })]);
    const [again] = await store.claimDue(claimOf({ now: T0 + 50 }));
    assert.ok(again !== undefined);
    await store.moveMessages([submitted(again, "q")]);
    assert.deepEqual((await apply(store, receiptOf("p2"))).outcomes, ["parked"]);
    assert.deepEqual((await apply(store, receiptOf("q"))).outcomes, ["applied"]);
    assert.equal(await stateOf(store), "delivered");
  });

  test("an id that was a part's and is another message's now means the message submitted last", async (store) => {
    await submitParts(store, 2);
    await store.insertMessages([newMessage("later")]);
    const [later] = await store.claimDue(claimOf());
    assert.ok(later !== undefined);
    await store.moveMessages([submitted(later, "p2", { submittedAt: T0 + 20 })]);
    assert.deepEqual((await apply(store, receiptOf("p2"))).outcomes, ["applied"]);
    assert.deepEqual([await stateOf(store, "later"), await stateOf(store)], ["delivered", "submitted"]);
  });

  test("a check names the parts without a receipt, and no parts of a message of one", async (store) => {
    await submitParts(store, 3);
    await apply(store, receiptOf("p2"));
    await store.insertMessages([newMessage("one")]);
    const checks = await store.dueChecks(T0 + 1_000 * HOUR_MS, 10);
    assert.deepEqual(
      checks.map(({ messageId, openPartIds }) => [messageId, openPartIds]),
      [
        ["m0", ["p1", "p3"]],
        ["one", null],
      ],
    );
  });

  test("a check names ids as their carrier wrote them, where they are kept in another notation", async (store, home) => {
    const [message] = await claimAll(store, 1);
    await store.moveMessages([
      submitted(message, "1A", { partIds: ["1A", "2", "3B"], spelledIds: ["001a", "2", "3b"] }),
    ]);
    await apply(store, receiptOf("3B"));
    for (const [id, changes] of [
      ["7C", { spelledIds: ["07c"] }],
      ["8", {}],
    ] as const) {
      await store.insertMessages([newMessage(id)]);
      const [other] = await store.claimDue(claimOf());
      await store.moveMessages([submitted(other ?? message, id, changes)]);
    }
    const checks = await (await home.reopen()).dueChecks(T0 + 1_000 * HOUR_MS, 10);
    assert.deepEqual(
      checks.map(({ messageId, spelledIds }) => [messageId, spelledIds]),
      [
        ["m0", ["001a", null]],
        ["7C", ["07c"]],
        ["8", null],
      ],
    );
  });

  test("parts go with their message: one that gets its place does not inherit them", async (store) => {
    await submitParts(store, 2);
    await apply(store, receiptOf("p1"), receiptOf("p2"));
    await store.takeReports(reportsOf());
    assert.equal(await store.purge({ before: T0 + 1_000, limit: 10 }), 1);
    const [message] = await submitAll(store, [newMessage("m1")]);
    assert.ok(message !== undefined);
    assert.equal("parts" in ((await store.findMessage(1, "m1")) ?? {}), false);
    assert.deepEqual((await apply(store, receiptOf("p2"))).outcomes, ["parked"]);
  });
}

function describeIds(test: StoreTest) {
  test("of a receipt's ids the first that a message has counts", async (store) => {
    await submitAll(store, newMessages(2));
    const receipt = receiptOf("unknown", { otherIds: ["none", "c-m1", "c-m0"] });
    assert.deepEqual(await apply(store, receipt), { outcomes: ["applied"], matchedIds: ["c-m1"] });
    assert.deepEqual([await stateOf(store, "m0"), await stateOf(store, "m1")], ["submitted", "delivered"]);
  });

  test("a receipt that was kept is found by any of its ids, once, also after a restart", async (store, home) => {
    const [first, second] = await claimAll(store, 2);
    assert.ok(second !== undefined);
    await apply(store, receiptOf("a", { otherIds: ["b", "c"] }));
    const reopened = await home.reopen();
    await reopened.moveMessages([submitted(first, "c")]);
    await reopened.moveMessages([submitted(second, "b")]);
    assert.deepEqual([await stateOf(reopened, "m0"), await stateOf(reopened, "m1")], ["delivered", "submitted"]);
  });

  test("a message to another phone is not meant, however its id reads", async (store) => {
    await submitAll(store, [newMessage("m0", { destination: PHONE })]);
    const other = receiptOf("c-m0", { destination: "41793026728" });
    assert.deepEqual(await apply(store, other), { outcomes: ["parked"], matchedIds: [null] });
    assert.equal(await stateOf(store), "submitted");
  });

  test("of two phones that a receipt may name either is meant, also when it was kept", async (store, home) => {
    const [first, second] = await claimAll(store, 2, { destination: PHONE });
    assert.ok(second !== undefined);
    const swapped = { destination: "41793026728", otherDestination: PHONE };
    const neither = { destination: "41793026728", otherDestination: "41793026729" };
    await store.moveMessages([submitted(first, "now")]);
    assert.deepEqual((await apply(store, receiptOf("now", neither))).outcomes, ["parked"]);
    assert.deepEqual((await apply(store, receiptOf("now", swapped))).outcomes, ["applied"]);
    await apply(store, receiptOf("later", neither), receiptOf("later", { ...swapped, ...FAILED }));
    const reopened = await home.reopen();
    await reopened.moveMessages([submitted(second, "later")]);
    assert.deepEqual([await stateOf(reopened, "m0"), await stateOf(reopened, "m1")], ["delivered", "undeliverable"]);
    const kept = await reopened.listUnmatchedReceipts({ limit: 10 });
    assert.deepEqual(new Set(kept.map(({ destination }) => destination)), new Set(["41793026729 41793026728"]));
  });

  for (const destination of [PHONE, `00${PHONE}`, "0793026727", "Posthorn"]) {
    test(`a receipt to ${destination} may be about a message to ${PHONE}`, async (store) => {
      await submitAll(store, [newMessage("m0", { destination: PHONE })]);
      assert.deepEqual((await apply(store, receiptOf("c-m0", { destination }))).outcomes, ["applied"]);
    });
  }

  test("of two messages with one id the phone tells which is meant", async (store) => {
    await store.insertMessages([newMessage("m0", { destination: PHONE }), newMessage("m1", { destination: "38591" })]);
    const [first, second] = await store.claimDue(claimOf());
    assert.ok(first !== undefined && second !== undefined);
    await store.moveMessages([submitted(first, "c"), submitted(second, "c", { submittedAt: T0 + 20 })]);
    await apply(store, receiptOf("c", { destination: PHONE }));
    assert.deepEqual([await stateOf(store, "m0"), await stateOf(store, "m1")], ["delivered", "submitted"]);
  });

  test("a kept receipt to another phone is left when the answer comes", async (store) => {
    const [message] = await claimAll(store, 1, { destination: PHONE });
    await apply(store, receiptOf("c", { destination: "41793026728" }), receiptOf("c", FAILED));
    await store.moveMessages([submitted(message, "c")]);
    assert.equal(await stateOf(store), "undeliverable");
    assert.equal((await store.listUnmatchedReceipts({ limit: 10 })).length, 1);
  });
}

function describeDoubts(test: StoreTest) {
  test("a receipt of no known id ends the message in doubt that has its phone and reference", async (store) => {
    const claimed = await claimAll(store, 3, { destination: PHONE });
    await store.moveMessages(claimed.map((message) => uncertain(message)));
    const reference = (claimed[1]?.seq ?? 0) & 0xffff;
    const receipt = receiptOf("never-told", { destination: PHONE, reference });
    assert.deepEqual(await apply(store, receipt), { outcomes: ["applied"], matchedIds: [null] });
    assert.deepEqual(await Promise.all(["m0", "m1", "m2"].map((id) => stateOf(store, id))), [
      "uncertain",
      "delivered",
      "uncertain",
    ]);
    // From now on it has the id.
    assert.deepEqual((await apply(store, receipt)).outcomes, ["ignored"]);
    assert.equal((await store.takeReports(reportsOf())).length, 1);
    await assertLedgerCloses(store);
  });

  for (const [what, changes] of Object.entries({
    "another carrier's": { carrier: "south" },
    "to another phone": { destination: "41793026728" },
    "of another reference": { reference: 0xffff },
  })) {
    test(`a receipt ${what} ends no doubt`, async (store) => {
      const [message] = await claimAll(store, 1, { destination: PHONE });
      await store.moveMessages([uncertain(message)]);
      const receipt = receiptOf("x", { destination: PHONE, reference: message.seq & 0xffff, ...changes });
      assert.deepEqual((await apply(store, receipt)).outcomes, ["parked"]);
      assert.deepEqual(await store.rematchReceipts(rematchOf()), { looked: 1, matched: 0, next: null });
      assert.equal(await stateOf(store), "uncertain");
    });
  }

  test("a message in doubt of which the id is known waits for that id", async (store) => {
    const [message] = await claimAll(store, 1, { destination: PHONE });
    await store.moveMessages([uncertain(message, { carrierMessageId: "known" })]);
    const receipt = { destination: PHONE, reference: message.seq & 0xffff };
    assert.deepEqual((await apply(store, receiptOf("x", receipt))).outcomes, ["parked"]);
    assert.deepEqual((await apply(store, receiptOf("known", receipt))).outcomes, ["applied"]);
  });

  test("without a reference a doubt is ended later only, and only where one message can be meant", async (store) => {
    const claimed = await claimAll(store, 2, { destination: PHONE });
    await store.moveMessages(claimed.map((message) => uncertain(message)));
    assert.deepEqual((await apply(store, receiptOf("x", { destination: PHONE }))).outcomes, ["parked"]);
    assert.equal((await store.rematchReceipts(rematchOf())).matched, 0);
    await store.moveMessages([uncertain(claimed[0], { from: "uncertain", to: "expired" })]);
    assert.equal((await store.rematchReceipts(rematchOf({ settledBefore: T0 + 30 }))).matched, 0);
    const forDoubtOnly = rematchOf({ settledBefore: T0 + 31, isForDoubtOnly: true });
    assert.deepEqual(await store.rematchReceipts(forDoubtOnly), { looked: 1, matched: 1, next: null });
    assert.equal(await stateOf(store, "m1"), "delivered");
    assert.deepEqual(await store.listUnmatchedReceipts({ limit: 10 }), []);
    assert.equal((await store.insertMessages([])).openCount, 0);
  });

  test("a receipt from before a message was accepted does not end its doubt", async (store) => {
    await store.applyReceipts([receiptOf("x", { destination: PHONE })], T0 - HOUR_MS, 10);
    const [message] = await claimAll(store, 1, { destination: PHONE });
    await store.moveMessages([uncertain(message)]);
    assert.equal((await store.rematchReceipts(rematchOf())).matched, 0);
    assert.equal(await stateOf(store), "uncertain");
  });
}

function describeUnmatched(test: StoreTest) {
  test("kept receipts are listed as they came, the newest first, by carrier and by any of their ids", async (store) => {
    const full = receiptOf("a", { otherIds: ["b", "a", "b"], destination: `+${PHONE}`, reference: 7, seenAt: T0 + 25 });
    await apply(store, full, receiptOf("c", { carrier: "south" }), receiptOf("d"));
    const all = await store.listUnmatchedReceipts({ limit: 10 });
    const idsOf = (receipts: readonly { carrierMessageId: string }[]) => receipts.map((one) => one.carrierMessageId);
    assert.deepEqual(idsOf(all), ["d", "c", "a"]);
    const { id: _, ...last } = all[2] ?? assert.fail();
    const expected = { ...full, otherIds: ["b"], destination: PHONE, receivedAt: T0 + 30 };
    assert.deepEqual({ ...last }, expected);
    const listed = async (filter: object) => idsOf(await store.listUnmatchedReceipts({ limit: 10, ...filter }));
    assert.deepEqual(await listed({ carrier: "north" }), ["d", "a"]);
    assert.deepEqual(await listed({ carrierMessageId: "b" }), ["a"]);
    assert.deepEqual(await listed({ carrierMessageId: "b", carrier: "south" }), []);
    assert.deepEqual(await listed({ limit: 1 }), ["d"]);
    assert.deepEqual(await listed({ before: all[0]?.id ?? 0 }), ["c", "a"]);
  });

  test("tried again, a receipt is matched by another notation of its id, where the phone agrees", async (store) => {
    const claimed = await claimAll(store, 2, { destination: PHONE });
    await store.moveMessages(claimed.map((message, index) => submitted(message, index === 0 ? "1A2B" : "1A2C")));
    const receipts = [receiptOf("6699", { destination: PHONE }), receiptOf("6700")];
    assert.deepEqual((await apply(store, ...receipts)).outcomes, ["parked", "parked"]);
    assert.equal((await store.rematchReceipts(rematchOf({ isForDoubtOnly: true }))).looked, 0);
    assert.deepEqual(await store.rematchReceipts(rematchOf()), { looked: 2, matched: 1, next: null });
    assert.deepEqual([await stateOf(store, "m0"), await stateOf(store, "m1")], ["delivered", "submitted"]);
    assert.equal((await store.listUnmatchedReceipts({ limit: 10 })).length, 1);
    await assertLedgerCloses(store);
  });

  test("kept receipts are tried again page by page", async (store) => {
    await apply(store, ...[0, 1, 2, 3].map((index) => receiptOf(`x${index}`)));
    const first = await store.rematchReceipts(rematchOf({ limit: 3 }));
    assert.deepEqual([first.looked, first.matched], [3, 0]);
    const rest = await store.rematchReceipts(rematchOf({ limit: 3, after: first.next ?? 0 }));
    assert.deepEqual(rest, { looked: 1, matched: 0, next: null });
    assert.equal((await store.rematchReceipts(rematchOf({ carrier: "south" }))).looked, 0);
  });

  test("what is kept of a receipt goes with it", async (store) => {
    await apply(store, receiptOf("a", { otherIds: ["b"] }));
    assert.equal(await store.purge({ before: T0 + 1_000, limit: 10 }), 1);
    const [message] = await claimAll(store, 1);
    await apply(store, receiptOf("c"));
    await store.moveMessages([submitted(message, "b")]);
    assert.equal(await stateOf(store), "submitted");
  });
}
