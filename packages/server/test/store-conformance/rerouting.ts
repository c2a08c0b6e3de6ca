import assert from "node:assert/strict";
import { assertLedgerCloses, claimOf, idsOf, newMessage, type StoreTest, T0 } from "./fixtures.ts";

/** How messages that wait are found by their route, and get another one. */
export function describeRerouting(test: StoreTest) {
  test("the routes are named on which messages wait, and no others", async (store) => {
    assert.deepEqual(await store.waitingRoutes(), []);
    await store.insertMessages([
      newMessage("a", { route: "south" }),
      newMessage("b", { route: "north/x" }),
      newMessage("c", { route: "south", state: "held", dueAt: T0 + 1_000 }),
      newMessage("d", { route: "east", state: "rejected", statusId: 6 }),
      newMessage("e", { route: "west" }),
    ]);
    await store.claimDue(claimOf({ route: "west" }));
    assert.deepEqual(await store.waitingRoutes(), ["north/x", "south"]);
  });

  test("what waits on a route is found page by page, what is due first first", async (store) => {
    const dueIn = [30, 10, 10, 20, 10];
    await store.insertMessages(
      dueIn.map((ms, index) => newMessage(`m${index}`, { dueAt: T0 + ms, destination: `4${index}` })),
    );
    const found: string[] = [];
    for (let after: { dueAt: number; seq: number } | undefined; ; ) {
      const page = await store.findWaiting({ route: "main", limit: 2, ...(after === undefined ? {} : { after }) });
      const last = page.at(-1);
      if (last === undefined) break;
      found.push(...page.map(({ destination }) => destination));
      after = { dueAt: last.dueAt, seq: last.seq };
    }
    assert.deepEqual(found, ["41", "42", "44", "43", "40"]);
    const [first] = await store.findWaiting({ route: "main", limit: 1 });
    const { seq: _, ...facts } = first ?? { seq: 0 };
    const rest = { channel: "SMS", sender: "Posthorn", accountId: 1, applicationId: null };
    assert.deepEqual(facts, { ...rest, destination: "41", dueAt: T0 + 10 });
  });

  test("a message that waits gets another route, counts for its carrier, and is claimed there", async (store) => {
    await store.insertMessages([newMessage("a"), newMessage("b")]);
    const [a] = await store.findWaiting({ route: "main", limit: 1 });
    assert.equal(await store.moveToRoutes([{ seq: a?.seq ?? 0, from: "main", route: "other", carrier: "south" }]), 1);
    await assertLedgerCloses(store);
    const open = new Map((await store.ledger()).map((row) => [row.carrier, [row.accepted, row.open]]));
    assert.deepEqual(
      [open.get("north"), open.get("south")],
      [
        [1, 1],
        [1, 1],
      ],
    );
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), ["b"]);
    assert.deepEqual(idsOf(await store.claimDue(claimOf({ route: "other", carrier: "south" }))), ["a"]);
  });

  test("a message that was claimed, has ended or has another route stays where it is", async (store) => {
    await store.insertMessages([newMessage("a"), newMessage("b", { state: "rejected", statusId: 6 }), newMessage("c")]);
    const waiting = await store.findWaiting({ route: "main", limit: 9 });
    await store.claimDue(claimOf({ limit: 1 }));
    const changes = [...waiting, { seq: 99_999 }].map(({ seq }) => ({
      seq,
      from: "main",
      route: "other",
      carrier: "x",
    }));
    assert.equal(await store.moveToRoutes(changes), 1);
    assert.equal(await store.moveToRoutes(changes), 0);
    assert.equal((await store.findMessage(1, "a"))?.route, "main");
    assert.equal((await store.findMessage(1, "b"))?.route, "main");
    await assertLedgerCloses(store);
  });
}
