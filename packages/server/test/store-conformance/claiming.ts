import assert from "node:assert/strict";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  type StoreTest,
  submitted,
  T0,
} from "./fixtures.ts";

/** How a store gives messages to dispatchers, and takes what came of it. */
export function describeClaiming(test: StoreTest) {
  test("a claim gives a message as the carrier needs it, and counts", async (store) => {
    await store.insertMessages([newMessage("m", { options: { flash: true } })]);
    const [claimed, ...others] = await store.claimDue(claimOf());
    assert.equal(others.length, 0);
    assert.ok(claimed !== undefined);
    const { seq, ...rest } = claimed;
    assert.deepEqual(rest, {
      accountId: 1,
      attempts: 1,
      messageId: "m",
      channel: "SMS",
      sender: "Posthorn",
      destination: "41793026727",
      text: "Good morning",
      encoding: "GSM7",
      partCount: 1,
      options: '{"flash":true}',
      expiresAt: T0 + 48 * HOUR_MS,
      possibleDuplicate: false,
    });
    const record = await mustFind(store, "m");
    assert.deepEqual([record.seq, record.state, record.attempts], [seq, "claimed", 1]);
  });

  test("what waited longest is claimed first, at most the limit, and given in the order of acceptance", async (store) => {
    const dueIn = [30, 10, 20, 10, 50];
    await store.insertMessages(dueIn.map((ms, index) => newMessage(`m${index}`, { dueAt: T0 + ms })));
    const claim = claimOf({ now: T0 + 100, limit: 3 });
    assert.deepEqual(idsOf(await store.claimDue(claim)), ["m1", "m2", "m3"]);
    assert.deepEqual(idsOf(await store.claimDue(claim)), ["m0", "m4"]);
    assert.deepEqual(await store.claimDue(claim), []);
  });

  test("of what is due at the same time the earliest accepted is claimed first", async (store) => {
    await store.insertMessages(newMessages(6));
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ limit: 2 }))), ["m0", "m1"]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ limit: 3 }))), ["m2", "m3", "m4"]);
  });

  test("routes are kept apart", async (store) => {
    await store.insertMessages([newMessage("a"), newMessage("b", { route: "other" })]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ route: "other" }))), ["b"]);
    assert.deepEqual(await store.claimDue(claimOf({ route: "none" })), []);
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["a"]);
  });

  test("a held message is claimed when its time has come, not before", async (store) => {
    await store.insertMessages([newMessage("m", { state: "held", dueAt: T0 + 1_000 })]);
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + 999 })), []);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ now: T0 + 1_000 }))), ["m"]);
  });

  test("a message past its validity is not claimed, and its check is due", async (store) => {
    await store.insertMessages([newMessage("m", { expiresAt: T0 + 100 })]);
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + 100 })), []);
    const [check] = await store.dueChecks(T0 + 100, 10);
    assert.deepEqual([check?.messageId, check?.state, check?.expiresAt], ["m", "queued", T0 + 100]);
    assert.deepEqual(await store.dueChecks(T0 + 99, 10), []);
  });

  test("what is refused when it is accepted is never claimed nor checked", async (store) => {
    await store.insertMessages([newMessage("m", { state: "rejected", statusId: 6 })]);
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + HOUR_MS })), []);
    assert.deepEqual(await store.dueChecks(T0 + 1_000 * HOUR_MS, 10), []);
  });

  test("of many claims at once no two get the same message, and all is claimed", async (store) => {
    await store.insertMessages(newMessages(100));
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claimDue(claimOf({ limit: 7 }))));
    const ids = idsOf(claims.flat());
    assert.equal(ids.length, 100);
    assert.equal(new Set(ids).size, 100);
  });

  test("a lease that runs out makes a check due, oldest first, at most the limit", async (store) => {
    await store.insertMessages(newMessages(3));
    for (const leaseUntil of [T0 + 300, T0 + 100, T0 + 200]) {
      await store.claimDue(claimOf({ limit: 1, leaseUntil }));
    }
    assert.deepEqual(await store.dueChecks(T0 + 99, 10), []);
    assert.deepEqual(idsOf(await store.dueChecks(T0 + 300, 10)), ["m1", "m2", "m0"]);
    const checks = await store.dueChecks(T0 + 300, 2);
    assert.deepEqual(
      checks.map(({ state, attempts, carrier, carrierMessageId }) => ({ state, attempts, carrier, carrierMessageId })),
      [1, 2].map(() => ({ state: "claimed", attempts: 1, carrier: "north", carrierMessageId: null })),
    );
  });

  test("expireLeases ends every lease and touches nothing else", async (store) => {
    await store.insertMessages(newMessages(4));
    await store.claimDue(claimOf({ limit: 2, leaseUntil: T0 + HOUR_MS }));
    const [third] = await store.claimDue(claimOf({ limit: 1, leaseUntil: T0 + HOUR_MS }));
    assert.ok(third !== undefined);
    await store.moveMessages([submitted(third, "c")]);
    assert.equal(await store.expireLeases(T0 + 5), 2);
    assert.deepEqual(idsOf(await store.dueChecks(T0 + 5, 10)), ["m0", "m1"]);
    assert.equal(await store.expireLeases(T0 + 6), 0);
  });

  test("a move is applied only to the state and the claim that it was decided on", async (store) => {
    await store.insertMessages([newMessage("m")]);
    const [claimed] = await store.claimDue(claimOf());
    assert.ok(claimed !== undefined);
    const move = submitted(claimed, "c");
    const stale = [
      { ...move, attempts: 0 },
      { ...move, attempts: 2 },
      { ...move, from: "uncertain" as const },
      { ...move, seq: claimed.seq + 1 },
    ];
    assert.deepEqual(await store.moveMessages(stale), [false, false, false, false]);
    assert.equal((await mustFind(store, "m")).state, "claimed");
    assert.deepEqual(await store.moveMessages([move, move]), [true, false]);
    const record = await mustFind(store, "m");
    assert.deepEqual(
      [record.state, record.statusId, record.carrierMessageId, record.submittedAt],
      ["submitted", move.statusId, "c", move.submittedAt],
    );
  });

  test("a move that no message may make is refused, and its whole call with it", async (store) => {
    await store.insertMessages(newMessages(2));
    const [one, two] = await store.claimDue(claimOf());
    assert.ok(one !== undefined && two !== undefined);
    const impossible = { ...submitted(two, "d"), from: "delivered", to: "queued" } as const;
    await assert.rejects(store.moveMessages([submitted(one, "c"), impossible]), { code: "STORE_FAILED" });
    assert.equal((await mustFind(store, "m0")).state, "claimed");
    assert.deepEqual(await store.moveMessages([submitted(one, "c")]), [true]);
    await assertLedgerCloses(store);
  });

  test("a message queued again is claimed when its time has come, and says when it may be a duplicate", async (store) => {
    await store.insertMessages(newMessages(2));
    const [one, two] = await store.claimDue(claimOf());
    assert.ok(one !== undefined && two !== undefined);
    const again = { from: "claimed", to: "queued", statusId: 3, errorId: 7, at: T0, dueAt: T0 + 500 } as const;
    await store.moveMessages([
      { ...again, seq: one.seq, attempts: 1 },
      { ...again, seq: two.seq, attempts: 1, doubt: "resent" },
    ]);
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + 499 })), []);
    const claimed = await store.claimDue(claimOf({ now: T0 + 500 }));
    assert.deepEqual(
      claimed.map(({ messageId, attempts, possibleDuplicate }) => ({ messageId, attempts, possibleDuplicate })),
      [
        { messageId: "m0", attempts: 2, possibleDuplicate: false },
        { messageId: "m1", attempts: 2, possibleDuplicate: true },
      ],
    );
    assert.equal((await mustFind(store, "m1")).doubt, "resent");
  });

  test("an open message is never without a check, nor a waiting one without a time, whatever a move leaves out", async (store) => {
    await store.insertMessages(newMessages(2));
    const [one, two] = await store.claimDue(claimOf());
    assert.ok(one !== undefined && two !== undefined);
    const bare = { from: "claimed", attempts: 1, statusId: 3, errorId: 0, at: T0 + 50 } as const;
    await store.moveMessages([
      { ...bare, seq: one.seq, to: "queued" },
      { ...bare, seq: two.seq, to: "uncertain" },
    ]);
    await assertLedgerCloses(store);
    assert.deepEqual(idsOf(await store.dueChecks(one.expiresAt, 10)), ["m0", "m1"]);
    assert.deepEqual(await store.claimDue(claimOf({ now: T0 + 49 })), []);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ now: T0 + 50 }))), ["m0"]);
  });

  test("the same state again sets the next look and keeps the rest", async (store) => {
    await store.insertMessages(newMessages(2));
    const [one] = await store.claimDue(claimOf({ limit: 1 }));
    assert.ok(one !== undefined);
    await store.moveMessages([submitted(one, "c")]);
    const same = { statusId: 3, errorId: 0, at: T0 + 60 } as const;
    const moved = await store.moveMessages([
      { ...same, seq: one.seq, from: "submitted", attempts: 1, to: "submitted", checkAt: T0 + 70 },
      { ...same, seq: one.seq + 1, from: "queued", attempts: 0, to: "queued", checkAt: T0 + 80 },
    ]);
    assert.deepEqual(moved, [true, true]);
    assert.deepEqual(idsOf(await store.dueChecks(T0 + 79, 10)), ["m0"]);
    assert.deepEqual(idsOf(await store.dueChecks(T0 + 80, 10)), ["m0", "m1"]);
    assert.equal((await mustFind(store, "m0")).carrierMessageId, "c");
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["m1"]);
  });

  test("a message that another carrier of the route claims counts for that one, and both ledgers close", async (store) => {
    await store.insertMessages(newMessages(5));
    await store.insertMessages([newMessage("s", { carrier: "south" })]);
    await store.claimDue(claimOf({ limit: 2 }));
    await store.claimDue(claimOf({ carrier: "south", limit: 2 }));
    await assertLedgerCloses(store);
    const rows = await store.ledger();
    assert.deepEqual(
      rows.map(({ carrier, accepted, open }) => ({ carrier, accepted, open })),
      [
        { carrier: "north", accepted: 3, open: 3 },
        { carrier: "south", accepted: 3, open: 3 },
      ],
    );
    assert.equal((await store.insertMessages([])).openCount, 6);
  });
}
