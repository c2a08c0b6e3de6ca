import assert from "node:assert/strict";
import type { Move, OutboundMessage, Receipt, Rematch, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  newMessage,
  receiptOf,
  reportsOf,
  STATUS_ID,
  type StoreTest,
  submitted,
  T0,
} from "./fixtures.ts";

const PHONE = "41793026727";
const LEASE_MS = 60_000;
const FAILED = { state: "undeliverable", statusId: STATUS_ID.undeliverable } as const;
const EXPIRED = { state: "expired", statusId: STATUS_ID.expired } as const;
/** As long after the older message's end as a receipt of the younger one. */
const LATER = T0 + 1_000;

const about = (changes: Partial<Receipt> = {}) => receiptOf("7", { destination: PHONE, doneAt: LATER, ...changes });

async function claimOne(store: Store, messageId: string, changes: Parameters<typeof newMessage>[1] = {}) {
  const { inserted } = await store.insertMessages([newMessage(messageId, { destination: PHONE, ...changes })]);
  assert.deepEqual(inserted, [true]);
  const [message] = await store.claimDue(claimOf({ now: changes.acceptedAt ?? T0 }));
  assert.equal(message?.messageId, messageId);
  return message as OutboundMessage;
}

/** A message that got the id 7, and ended unless `end` is null; then another one to its phone that has no answer. */
async function begin(store: Store, end: Partial<Receipt> | null = {}) {
  const older = await claimOne(store, "older");
  await store.moveMessages([submitted(older, "7")]);
  if (end !== null) {
    const { outcomes } = await store.applyReceipts([about({ doneAt: T0 + 20, ...end })], T0 + 30, 10);
    assert.deepEqual(outcomes, ["applied"]);
  }
  const younger = await claimOne(store, "younger", { acceptedAt: T0 + 500, dueAt: T0 + 500 });
  return { older, younger };
}

const answered = (message: OutboundMessage, id: string): Move =>
  submitted(message, id, { at: LATER + 5, submittedAt: LATER + 5 });
const inDoubt = (message: OutboundMessage): Move => {
  const { carrierMessageId: _, submittedAt: _s, ...move } = answered(message, "");
  return { ...move, to: "uncertain", doubt: "held" };
};
const apply = (store: Store, ...receipts: readonly Receipt[]) => store.applyReceipts(receipts, LATER, 10);
const sweepOf = (now: number): Rematch => ({ now, limit: 100, isForDoubtOnly: true, settledBefore: now - LEASE_MS });

async function states(store: Store) {
  const found = await Promise.all(["older", "younger"].map((id) => store.findMessage(1, id)));
  return found.map((message) => message?.state);
}

const keptCount = async (store: Store) => (await store.listUnmatchedReceipts({ limit: 10 })).length;

/**
 * Receipts whose id a message has that ended or is old, while a younger one to its phone has no answer yet: the carrier
 * may have given it the same id.
 */
export function describeStrays(test: StoreTest) {
  describeUnanswered(test);
  describeSettled(test);
  describeNoStrays(test);
}

function describeUnanswered(test: StoreTest) {
  test("a receipt before its answer, with an id that an ended message had, ends the message of that answer", async (store, home) => {
    const { younger } = await begin(store);
    assert.deepEqual(await apply(store, about()), { outcomes: ["parked"], matchedIds: ["7"] });
    const reopened = await home.reopen();
    assert.deepEqual(await states(reopened), ["delivered", "claimed"]);
    await reopened.moveMessages([answered(younger, "7")]);
    assert.deepEqual(await states(reopened), ["delivered", "delivered"]);
    assert.equal(await keptCount(reopened), 0);
    assert.equal((await reopened.takeReports(reportsOf())).length, 2);
    await assertLedgerCloses(reopened);
  });

  test("it does not correct the older message, either", async (store) => {
    const { younger } = await begin(store, EXPIRED);
    assert.deepEqual((await apply(store, about(FAILED))).outcomes, ["parked"]);
    await store.moveMessages([answered(younger, "7")]);
    assert.deepEqual(await states(store), ["expired", "undeliverable"]);
  });

  test("nor end one that waits for its own since long ago", async (store) => {
    const { younger } = await begin(store, null);
    assert.deepEqual((await store.applyReceipts([about()], T0 + 10 + 60_000, 10)).outcomes, ["parked"]);
    await store.moveMessages([answered(younger, "7")]);
    assert.deepEqual(await states(store), ["submitted", "delivered"]);
  });

  test("the id of a part that was delivered is no exception", async (store) => {
    const older = await claimOne(store, "older");
    await store.moveMessages([submitted(older, "6", { partIds: ["6", "7"] })]);
    assert.deepEqual((await store.applyReceipts([about()], T0 + 30, 10)).outcomes, ["noted"]);
    const younger = await claimOne(store, "younger");
    assert.deepEqual(await apply(store, about()), { outcomes: ["parked"], matchedIds: ["7"] });
    await store.moveMessages([answered(younger, "7")]);
    assert.deepEqual(await states(store), ["submitted", "delivered"]);
  });

  test("while a message without an id is in doubt, a late answer of it takes the receipt", async (store) => {
    const { younger } = await begin(store);
    await store.moveMessages([inDoubt(younger)]);
    assert.deepEqual((await apply(store, about())).outcomes, ["parked"]);
    assert.equal((await store.rematchReceipts(sweepOf(LATER + LEASE_MS))).matched, 0);
    await store.moveMessages([{ ...answered(younger, "7"), from: "uncertain" }]);
    assert.deepEqual(await states(store), ["delivered", "delivered"]);
  });

  test("by its reference it ends the doubt at once", async (store) => {
    const { younger } = await begin(store);
    await store.moveMessages([inDoubt(younger)]);
    const receipt = about({ ...FAILED, reference: younger.seq & 0xffff });
    assert.deepEqual(await apply(store, receipt), { outcomes: ["applied"], matchedIds: [null] });
    assert.deepEqual(await states(store), ["delivered", "undeliverable"]);
  });
}

function describeSettled(test: StoreTest) {
  test("when the answer brings another id, the receipt is the older message's", async (store) => {
    const { younger } = await begin(store, EXPIRED);
    await apply(store, about());
    assert.equal((await store.rematchReceipts(sweepOf(LATER + 1))).matched, 0);
    await store.moveMessages([answered(younger, "8")]);
    assert.deepEqual(await states(store), ["expired", "submitted"]);
    assert.deepEqual(await store.rematchReceipts(sweepOf(LATER + 10)), { looked: 1, matched: 1, next: null });
    assert.deepEqual(await states(store), ["delivered", "submitted"]);
    assert.deepEqual([await keptCount(store), (await store.takeReports(reportsOf())).length], [0, 1]);
    await assertLedgerCloses(store);
  });

  test("one that only repeats what is known is ignored then", async (store) => {
    const { younger } = await begin(store);
    await store.takeReports(reportsOf());
    assert.deepEqual((await apply(store, about(), about())).outcomes, ["parked", "parked"]);
    await store.moveMessages([answered(younger, "8")]);
    await store.rematchReceipts(sweepOf(LATER + 10));
    assert.deepEqual(await states(store), ["delivered", "submitted"]);
    assert.deepEqual([await keptCount(store), (await store.takeReports(reportsOf())).length], [0, 0]);
  });

  test("no answer under way outlives its lease: then the receipt is the older message's", async (store) => {
    await begin(store, EXPIRED);
    await apply(store, about());
    assert.equal((await store.rematchReceipts(sweepOf(LATER + LEASE_MS))).matched, 0);
    assert.equal((await store.rematchReceipts(sweepOf(LATER + LEASE_MS + 1))).matched, 1);
    assert.deepEqual(await states(store), ["delivered", "claimed"]);
  });

  test("messages that were accepted after it came keep no receipt waiting", async (store) => {
    const { younger } = await begin(store);
    await apply(store, about());
    const acceptedAt = LATER + 60_001;
    await claimOne(store, "youngest", { acceptedAt, dueAt: acceptedAt });
    await store.moveMessages([answered(younger, "8")]);
    assert.equal((await store.rematchReceipts({ ...sweepOf(acceptedAt), settledBefore: T0 })).matched, 1);
  });
}

function describeNoStrays(test: StoreTest) {
  for (const [what, changes] of Object.entries({
    "that names no phone": { destination: undefined },
    "that a user has read": { seenAt: LATER },
  })) {
    test(`a receipt ${what} is about the message that has its id`, async (store) => {
      await begin(store, EXPIRED);
      const { destination, ...rest } = { ...about(), ...changes };
      const receipt = destination === undefined ? rest : { ...rest, destination };
      assert.deepEqual((await apply(store, receipt)).outcomes, ["applied"]);
      assert.deepEqual(await states(store), ["delivered", "claimed"]);
    });
  }

  test("a receipt that tells a message under way, of one part, nothing new waits for no other", async (store) => {
    await begin(store, null);
    const { outcomes } = await apply(store, about({ state: "submitted", statusId: STATUS_ID.enroute }));
    assert.deepEqual([outcomes, await keptCount(store)], [["ignored"], 0]);
  });

  test("so is one with its reference, whatever else is under way", async (store) => {
    const { older } = await begin(store, EXPIRED);
    assert.deepEqual((await apply(store, about({ reference: older.seq & 0xffff }))).outcomes, ["applied"]);
    assert.deepEqual(await states(store), ["delivered", "claimed"]);
  });

  for (const [what, changes] of Object.entries({
    "to another phone": { destination: "41793026728" },
    "of another carrier": { route: "other" },
  })) {
    test(`a submission ${what} keeps no receipt waiting`, async (store) => {
      const older = await claimOne(store, "older");
      await store.moveMessages([submitted(older, "7")]);
      await store.applyReceipts([about(EXPIRED)], T0 + 30, 10);
      await store.insertMessages([newMessage("younger", { destination: PHONE, ...changes })]);
      await store.claimDue(claimOf({ route: "main" }));
      await store.claimDue(claimOf({ route: "other", carrier: "south" }));
      assert.deepEqual(await states(store), ["expired", "claimed"]);
      assert.deepEqual((await apply(store, about())).outcomes, ["applied"]);
      assert.equal((await states(store))[0], "delivered");
    });
  }

  test("a receipt of an older message that is not old yet ends it, whatever is under way", async (store) => {
    await begin(store, null);
    assert.deepEqual((await apply(store, about())).outcomes, ["applied"]);
    assert.deepEqual(await states(store), ["delivered", "claimed"]);
  });

  test("where no more receipts may be kept, none waits", async (store) => {
    await begin(store, EXPIRED);
    assert.deepEqual((await store.applyReceipts([about()], LATER, 0)).outcomes, ["applied"]);
    assert.deepEqual(await states(store), ["delivered", "claimed"]);
  });
}
