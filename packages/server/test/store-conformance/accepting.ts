import assert from "node:assert/strict";
import {
  assertLedgerCloses,
  claimOf,
  deliverAll,
  flatOf,
  idsOf,
  logsOf,
  mustFind,
  newMessage,
  newMessages,
  reportsOf,
  type StoreTest,
  submitAll,
  T0,
} from "./fixtures.ts";

/** How a store takes messages in. */
export function describeAccepting(test: StoreTest) {
  test("an inserted message is found whole", async (store) => {
    const message = newMessage("m", {
      options: { content: { transliteration: "GREEK" }, note: "½" },
      text: "Ünïcödé 🙂\u0000 \n",
      callbackData: "data",
      applicationId: "app",
      entityId: "entity",
      campaignReferenceId: "campaign",
      state: "held",
      dueAt: T0 + 5,
    });
    const result = await store.insertMessages([message]);
    assert.deepEqual(result, { inserted: [true], openCount: 1 });
    const { seq, ...record } = await mustFind(store, "m");
    assert.ok(Number.isSafeInteger(seq));
    const { dueAt: _, webhookUrl: _u, webhookKind: _k, wantsReport: _w, ...kept } = flatOf(message);
    assert.deepEqual(record, {
      ...kept,
      carrierMessageId: null,
      attempts: 0,
      doubt: null,
      sentAt: T0 + 5,
      submittedAt: null,
      doneAt: null,
      seenAt: null,
    });
  });

  test("a messageId that comes twice within one call is stored once, the first", async (store) => {
    const result = await store.insertMessages([
      newMessage("m", { text: "first" }),
      newMessage("n"),
      newMessage("m", { text: "second" }),
    ]);
    assert.deepEqual(result, { inserted: [true, true, false], openCount: 2 });
    assert.equal((await mustFind(store, "m")).text, "first");
  });

  test("a messageId of an earlier call is not stored again, also when that message has ended", async (store) => {
    await submitAll(store, [newMessage("m")]);
    await deliverAll(store, ["m"]);
    const result = await store.insertMessages([newMessage("m", { text: "again" }), newMessage("n")]);
    assert.deepEqual(result, { inserted: [false, true], openCount: 1 });
    const record = await mustFind(store, "m");
    assert.equal(record.text, "Good morning");
    assert.equal(record.state, "delivered");
  });

  test("within the look-back a messageId is taken; before it, its message gives it up and stays in the logs", async (store, home) => {
    const options = { duplicateLookBackMs: 1_000 };
    await store.insertMessages([newMessage("m", { text: "first" })]);
    const insert = (text: string, acceptedAt: number) =>
      store.insertMessages(
        [newMessage("m", { text, acceptedAt }), newMessage("m", { text: "twice", acceptedAt })],
        options,
      );
    assert.deepEqual((await insert("early", T0 + 1_000)).inserted, [false, false]);
    assert.deepEqual((await store.insertMessages([newMessage("m", { acceptedAt: T0 * 2 })])).inserted, [false]);
    assert.deepEqual(await insert("second", T0 + 1_001), { inserted: [true, false], openCount: 2 });
    assert.deepEqual((await insert("third", T0 + 2_002)).inserted, [true, false]);
    const reopened = await home.reopen();
    assert.equal((await mustFind(reopened, "m")).text, "third");
    assert.deepEqual(
      (await reopened.findLogs(logsOf({ messageIds: ["m"] }))).map(({ text }) => text),
      ["third", "second", "first"],
    );
    assert.deepEqual(idsOf(await reopened.claimDue(claimOf())), ["m", "m", "m"]);
    await assertLedgerCloses(reopened);
  });

  test("a message that gave up its id ends and is reported and purged like every other", async (store) => {
    await submitAll(store, [newMessage("m")]);
    const later = newMessage("m", { acceptedAt: T0 + 10, text: "second" });
    await store.insertMessages([later], { duplicateLookBackMs: 1 });
    await deliverAll(store, ["m"]);
    assert.equal((await mustFind(store, "m")).state, "queued");
    assert.deepEqual(idsOf(await store.takeReports(reportsOf())), ["m"]);
    assert.equal(await store.purge({ before: T0 + 1_000, limit: 10 }), 1);
    assert.equal((await mustFind(store, "m")).text, "second");
  });

  test("two accounts may use the same messageId", async (store) => {
    const result = await store.insertMessages([newMessage("m"), newMessage("m", { accountId: 2, text: "other" })]);
    assert.deepEqual(result.inserted, [true, true]);
    assert.equal((await mustFind(store, "m", 1)).text, "Good morning");
    assert.equal((await mustFind(store, "m", 2)).text, "other");
    assert.equal(await store.findMessage(3, "m"), null);
  });

  test("of many calls at once with the same messageId exactly one stores it", async (store) => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.insertMessages([newMessage("m", { text: `${index}` })])),
    );
    const winners = results.flatMap(({ inserted }, index) => (inserted[0] === true ? [index] : []));
    assert.equal(winners.length, 1);
    assert.equal((await mustFind(store, "m")).text, `${winners[0]}`);
  });

  test("an empty call is answered", async (store) => {
    assert.deepEqual(await store.insertMessages([]), { inserted: [], openCount: 0 });
    assert.deepEqual(await store.moveMessages([]), []);
    assert.deepEqual(await store.applyReceipts([], T0, 10), { outcomes: [], matchedIds: [] });
    await store.settleWebhooks([]);
  });

  test("seq follows the order of acceptance", async (store) => {
    await store.insertMessages(newMessages(5, "a"));
    await store.insertMessages(newMessages(5, "b"));
    const claimed = await store.claimDue(claimOf());
    const bySeq = claimed.toSorted((one, other) => one.seq - other.seq).map(({ messageId }) => messageId);
    assert.deepEqual(
      bySeq,
      [...newMessages(5, "a"), ...newMessages(5, "b")].map(({ messageId }) => messageId),
    );
  });

  test("one call takes more messages than a statement has room for values", async (store) => {
    const count = 33_000;
    const { inserted, openCount } = await store.insertMessages(newMessages(count));
    assert.equal(inserted.length, count);
    assert.ok(inserted.every(Boolean));
    assert.equal(openCount, count);
  });

  test("openCount counts what has no final state, after the commit", async (store) => {
    assert.equal((await store.insertMessages(newMessages(3))).openCount, 3);
    const refused = newMessages(2, "r", { state: "rejected", statusId: 6 });
    assert.equal((await store.insertMessages(refused)).openCount, 3);
    const claimed = await store.claimDue(claimOf({ limit: 1 }));
    assert.equal((await store.insertMessages([])).openCount, 3);
    const [first] = claimed;
    assert.ok(first !== undefined);
    await store.moveMessages([
      { seq: first.seq, from: "claimed", attempts: 1, to: "undeliverable", statusId: 9, errorId: 1, at: T0 },
    ]);
    assert.equal((await store.insertMessages([newMessage("more")])).openCount, 3);
  });
}
