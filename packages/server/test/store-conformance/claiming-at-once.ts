import assert from "node:assert/strict";
import type { NewKeyedRequest, NewMessage, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  STATUS_ID,
  type StoreTest,
  submitted,
  T0,
} from "./fixtures.ts";

const CANCELED = { statusId: 98, errorId: 4100 } as const;

/** The ids of those that were claimed as they were inserted. */
async function claimedOf(store: Store, messages: readonly NewMessage[], claims = [claimOf()]) {
  const { claimed = [] } = await store.insertMessages(messages, { claims });
  assert.equal(claimed.length, messages.length);
  return claimed.flatMap((seq, index) => (seq === null ? [] : [messages[index]?.messageId]));
}

/** How a store claims messages in the commit that inserts them. */
export function describeClaimingAtOnce(test: StoreTest) {
  describeRows(test);
  describeRoom(test);

  test("what is due is claimed, and what is scheduled or refused is not, whatever its place", async (store) => {
    const messages = [
      newMessage("later", { state: "held", dueAt: T0 + HOUR_MS }),
      newMessage("now"),
      newMessage("refused", { state: "rejected", statusId: STATUS_ID.rejected }),
      newMessage("ahead", { dueAt: T0 + 1 }),
      newMessage("over", { expiresAt: T0 }),
      newMessage("opened", { state: "held", dueAt: T0 }),
    ];
    assert.deepEqual(await claimedOf(store, messages), ["now", "opened"]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ now: T0 + HOUR_MS }))), ["later", "ahead"]);
    await assertLedgerCloses(store);
  });

  test("a message of a paused bulk is held as ever, and those of other bulks are claimed", async (store) => {
    await store.insertMessages([newMessage("first", { state: "held", dueAt: T0 + HOUR_MS })]);
    const bulk = { accountId: 1, bulkId: "bulk", now: T0, canceled: CANCELED } as const;
    await store.changeBulkStatus({ ...bulk, to: "PAUSED" });
    const messages = [newMessage("paused"), newMessage("free", { bulkId: "other" })];
    assert.deepEqual(await claimedOf(store, messages), ["free"]);
    assert.equal((await store.findMessage(1, "paused"))?.isPaused, true);
    await store.changeBulkStatus({ ...bulk, to: "PROCESSING" });
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["paused"]);
  });

  test("a messageId that is taken is not claimed and takes no room, and one that is given up is claimed", async (store) => {
    await store.insertMessages([newMessage("taken", { acceptedAt: T0 - HOUR_MS, route: "other" })]);
    const messages = [newMessage("taken"), newMessage("a"), newMessage("b")];
    const claims = [claimOf({ limit: 1 })];
    const result = await store.insertMessages(messages, { claims });
    assert.deepEqual([result.inserted, result.openCount], [[false, true, true], 3]);
    assert.deepEqual(result.claimed, [null, (await mustFind(store, "a")).seq, null]);
    await store.claimDue(claimOf());
    const again = await store.insertMessages([newMessage("taken")], { claims, duplicateLookBackMs: 1 });
    assert.deepEqual(again.claimed, [(await mustFind(store, "taken")).seq]);
    assert.equal((await mustFind(store, "taken")).state, "claimed");
  });

  test("of a request whose key is taken nothing is claimed, and its neighbours are", async (store) => {
    const keyed = (from: number, until: number): NewKeyedRequest => {
      const request = { accountId: 1, key: "k", operation: "send", bodyHash: "aa", answer: "{}", createdAt: T0 };
      return { ...request, from, until };
    };
    await store.insertMessages([newMessage("m", { route: "other" })], { requests: [keyed(0, 1)] });
    const claims = [claimOf({ limit: 2 })];
    const result = await store.insertMessages(newMessages(4, "n"), { requests: [keyed(0, 2)], claims });
    assert.deepEqual(result.inserted, [false, false, true, true]);
    const seqs = [await mustFind(store, "n2"), await mustFind(store, "n3")].map(({ seq }) => seq);
    assert.deepEqual(result.claimed, [null, null, ...seqs]);
  });

  test("an insert that fails leaves nothing claimed behind", async (store) => {
    const target = { url: "https://shop.example", trackingUrl: null, tracksClicks: false };
    const shortLinks = [0, 0].map((message) => ({ code: "twice", message, target }));
    await assert.rejects(store.insertMessages([newMessage("m")], { claims: [claimOf()], shortLinks }));
    assert.equal(await store.findMessage(1, "m"), null);
    assert.deepEqual(await store.dueChecks(T0 + 1_000 * HOUR_MS, 10), []);
    assert.deepEqual(await claimedOf(store, [newMessage("m")]), ["m"]);
    assert.equal((await store.insertMessages([])).openCount, 1);
  });
}

function describeRows(test: StoreTest) {
  test("a message that is claimed as it is inserted is as after a claim, and can be moved", async (store) => {
    const claim = claimOf({ leaseUntil: T0 + 500 });
    await store.insertMessages([newMessage("two", { options: { flash: true } })]);
    const [second] = await store.claimDue(claim);
    const { claimed = [] } = await store.insertMessages([newMessage("one", { options: { flash: true } })], {
      claims: [claim],
    });
    const [one, two] = [await mustFind(store, "one"), await mustFind(store, "two")];
    assert.deepEqual(claimed, [one.seq]);
    assert.deepEqual({ ...one, seq: 0, messageId: "" }, { ...two, seq: 0, messageId: "" });
    const checks = await store.dueChecks(T0 + 500, 10);
    assert.deepEqual(
      checks.map(({ seq, attempts, state, options }) => ({ seq, attempts, state, options })),
      [two, one].map(({ seq, options }) => ({ seq, attempts: 1, state: "claimed", options })),
    );
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + HOUR_MS })), []);
    assert.ok(second !== undefined);
    assert.deepEqual(await store.moveMessages([submitted({ ...second, seq: one.seq }, "c")]), [true]);
    await assertLedgerCloses(store);
  });

  test("it counts for the carrier that claims it, and is in doubt after a restart", async (store, home) => {
    assert.deepEqual(await claimedOf(store, newMessages(3), [claimOf({ carrier: "south", limit: 2 })]), ["m0", "m1"]);
    const rows = await store.ledger();
    assert.deepEqual(
      rows.map(({ carrier, accepted, open }) => ({ carrier, accepted, open })),
      [
        { carrier: "north", accepted: 1, open: 1 },
        { carrier: "south", accepted: 2, open: 2 },
      ],
    );
    const next = await home.reopen();
    assert.equal(await next.expireLeases(T0 + 5), 2);
    const checks = await next.dueChecks(T0 + 5, 10);
    assert.deepEqual(
      checks.map(({ messageId, state, carrier }) => [messageId, state, carrier]),
      ["m0", "m1"].map((messageId) => [messageId, "claimed", "south"]),
    );
    assert.equal((await next.insertMessages([])).openCount, 3);
  });
}

function describeRoom(test: StoreTest) {
  test("without claims nothing is claimed, and nothing is said of it", async (store) => {
    assert.deepEqual(await store.insertMessages(newMessages(2)), { inserted: [true, true], openCount: 2 });
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["m0", "m1"]);
  });

  test("no more are claimed than there is room, the first of them, and the others wait", async (store) => {
    assert.deepEqual(await claimedOf(store, newMessages(5), [claimOf({ limit: 3 })]), ["m0", "m1", "m2"]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["m3", "m4"]);
    assert.deepEqual(await claimedOf(store, newMessages(1, "n"), [claimOf({ limit: 0 })]), []);
  });

  test("what waits already is not overtaken; what is not due yet, or over, is in nobody's way", async (store) => {
    await store.insertMessages([
      newMessage("later", { state: "held", dueAt: T0 + HOUR_MS }),
      newMessage("over", { expiresAt: T0 }),
      newMessage("elsewhere", { route: "other" }),
    ]);
    assert.deepEqual(await claimedOf(store, newMessages(2, "a")), ["a0", "a1"]);
    await store.insertMessages([newMessage("older")]);
    assert.deepEqual(await claimedOf(store, newMessages(2, "b")), []);
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["older", "b0", "b1"]);
    assert.deepEqual(await claimedOf(store, newMessages(1, "c")), ["c0"]);
  });

  test("each route has its own claim, and messages of others are not touched", async (store) => {
    const messages = ["main", "other", "third", "main", "other"].map((route, index) =>
      newMessage(`m${index}`, { route }),
    );
    await store.insertMessages([newMessage("waits", { route: "other" })]);
    const claims = [claimOf(), claimOf({ route: "other", carrier: "south" })];
    assert.deepEqual(await claimedOf(store, messages, claims), ["m0", "m3"]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ route: "third" }))), ["m2"]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ route: "other" }))), ["waits", "m1", "m4"]);
    assert.deepEqual(await claimedOf(store, newMessages(1, "n", { route: "other" }), claims), ["n0"]);
    assert.equal((await mustFind(store, "n0")).carrier, "south");
    await assertLedgerCloses(store);
  });
}
