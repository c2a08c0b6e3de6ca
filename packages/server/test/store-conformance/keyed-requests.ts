import assert from "node:assert/strict";
import type { KeyedRequest, NewKeyedRequest } from "../../src/store/store.ts";
import { assertLedgerCloses, HOUR_MS, newMessage, newMessages, type StoreTest, T0 } from "./fixtures.ts";

const LATER = T0 + 1_000 * HOUR_MS;

function keyed(key: string, changes: Partial<NewKeyedRequest> = {}): NewKeyedRequest {
  const request = { accountId: 1, key, operation: "send", bodyHash: "aa", answer: `{"of":"${key} ½"}`, createdAt: T0 };
  return { ...request, from: 0, until: 1, ...changes };
}

function kept({ from: _, until: _u, ...request }: NewKeyedRequest, refused: readonly number[] = []) {
  return { ...request, refused } satisfies KeyedRequest & { refused: readonly number[] };
}

/** Requests that had an `Idempotency-Key`. */
export function describeKeyedRequests(test: StoreTest) {
  test("a keyed request is kept with its messages, found whole, and outlives a restart", async (store, home) => {
    const request = keyed("k", { until: 2 });
    const result = await store.insertMessages(newMessages(2), { requests: [request] });
    assert.deepEqual(result, { inserted: [true, true], openCount: 2, keysFree: [true] });
    assert.deepEqual(await store.findRequest(1, "k"), kept(request));
    assert.equal(await store.findRequest(2, "k"), null);
    assert.equal(await store.findRequest(1, "K"), null);
    assert.deepEqual(await (await home.reopen()).findRequest(1, "k"), kept(request));
  });

  test("of several requests in one call each keeps its own: key, answer, and which messages were refused", async (store) => {
    await store.insertMessages([newMessage("taken")]);
    const messages = [newMessage("a"), newMessage("taken"), newMessage("b"), newMessage("c"), newMessage("taken")];
    // The third message has no keyed request.
    const requests = [keyed("k0", { from: 0, until: 2 }), keyed("k1", { from: 3, until: 5 })];
    const result = await store.insertMessages(messages, { requests });
    assert.deepEqual(result.inserted, [true, false, true, true, false]);
    assert.deepEqual(result.keysFree, [true, true]);
    assert.deepEqual(await store.findRequest(1, "k0"), kept(keyed("k0"), [1]));
    assert.deepEqual(await store.findRequest(1, "k1"), kept(keyed("k1"), [1]));
  });

  test("of a request whose key is taken nothing is stored, and its neighbours are", async (store) => {
    await store.insertMessages([newMessage("first")], { requests: [keyed("k")] });
    const messages = [newMessage("a"), newMessage("b"), newMessage("c"), newMessage("d")];
    const again = keyed("k", { from: 1, until: 3, answer: "other", bodyHash: "bb" });
    const result = await store.insertMessages(messages, { requests: [again, keyed("n", { from: 3, until: 4 })] });
    assert.deepEqual(result, { inserted: [true, false, false, true], openCount: 3, keysFree: [false, true] });
    assert.deepEqual(await store.findRequest(1, "k"), kept(keyed("k")));
    for (const messageId of ["b", "c"]) assert.equal(await store.findMessage(1, messageId), null);
    await assertLedgerCloses(store);
  });

  test("two accounts may use the same key", async (store) => {
    await store.insertMessages([newMessage("m")], { requests: [keyed("k")] });
    const other = keyed("k", { accountId: 2, answer: "other" });
    const result = await store.insertMessages([newMessage("m", { accountId: 2 })], { requests: [other] });
    assert.deepEqual(result.keysFree, [true]);
    assert.deepEqual(await store.findRequest(2, "k"), kept(other));
    assert.deepEqual(await store.findRequest(1, "k"), kept(keyed("k")));
  });

  test("of many calls at once with the same key exactly one stores its message", async (store) => {
    const results = await Promise.all(
      newMessages(20).map((message) =>
        store.insertMessages([message], { requests: [keyed("k", { answer: message.messageId })] }),
      ),
    );
    const winners = results.flatMap(({ inserted }, index) => (inserted[0] === true ? [`m${index}`] : []));
    assert.equal(winners.length, 1);
    assert.equal((await store.findRequest(1, "k"))?.answer, winners[0]);
    assert.equal((await store.insertMessages([])).openCount, 1);
  });

  test("old keyed requests are purged by a time of their own, a limited number at a time; then the key is free", async (store) => {
    for (let index = 0; index < 5; index += 1) {
      await store.insertMessages([newMessage(`m${index}`)], {
        requests: [keyed(`k${index}`, { createdAt: T0 + index })],
      });
    }
    const purge = (before: number) => store.purge({ before: T0, requestsBefore: before, limit: 2 });
    assert.equal(await purge(T0), 0);
    assert.equal(await purge(T0 + 3), 2);
    assert.equal(await purge(T0 + 3), 1);
    assert.equal(await purge(T0 + 3), 0);
    const left = await Promise.all([0, 1, 2, 3, 4].map((index) => store.findRequest(1, `k${index}`)));
    assert.deepEqual(
      left.flatMap((request) => request?.key ?? []),
      ["k3", "k4"],
    );
    assert.deepEqual((await store.insertMessages([newMessage("new")], { requests: [keyed("k0")] })).keysFree, [true]);
    assert.equal(
      await store.purge({ before: LATER, limit: 100 }),
      3,
      "without a time of their own, by that of the rest",
    );
  });
}
