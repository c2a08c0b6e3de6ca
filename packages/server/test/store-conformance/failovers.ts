import assert from "node:assert/strict";
import type { MessageState } from "../../src/message/state.ts";
import type { NewFailover, NewMessage, Receipt, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  mustFind,
  newMessage,
  receiptOf,
  type StoreTest,
  submitAll,
  T0,
  type MessageChanges,
} from "./fixtures.ts";

const FAILOVER = { from: "Shop", text: "Order 17 has shipped" };
const REFUSED = { state: "rejected", statusId: 6 } as const;

function template(messageId: string, changes: MessageChanges = {}): NewMessage {
  const options = { type: "TEMPLATE", content: {}, smsFailover: FAILOVER } as const;
  return newMessage(messageId, { channel: "WHATSAPP", webhookKind: "WHATSAPP", options, ...changes });
}

function smsFor(seq: number, messageId: string, changes: Partial<NewFailover> = {}): NewFailover {
  const sms = newMessage(messageId, { acceptedAt: T0 + 50, options: { failoverOf: "m" } });
  return { seq, sms, isInDoubt: false, ...changes };
}

const end = async (store: Store, messageId: string, state: Receipt["state"], at = T0 + 30, seenAt?: number) => {
  const read = seenAt === undefined ? {} : { seenAt };
  return (await store.applyReceipts([receiptOf(`c-${messageId}`, { state, doneAt: at, ...read })], at, 10)).outcomes;
};

const dueIds = async (store: Store) => (await store.dueFailovers(100)).map(({ messageId }) => messageId);

/** Messages that end without delivery and have an SMS to stand in for them. */
export function describeFailovers(test: StoreTest) {
  test("a message is due for its SMS from its end without delivery on, whichever end and by whatever way", async (store) => {
    await submitAll(store, [
      template("undeliverable"),
      template("expired"),
      template("rejected"),
      template("delivered"),
    ]);
    for (const state of ["undeliverable", "expired", "rejected", "delivered"] as const) await end(store, state, state);
    await store.insertMessages([template("refused at once", REFUSED), template("late"), template("canceled")]);
    const move = { attempts: 0, from: "queued", statusId: 3, errorId: 0, at: T0 + 40 } as const;
    const ends: readonly [string, MessageState][] = [
      ["late", "expired"],
      ["canceled", "canceled"],
    ];
    for (const [messageId, to] of ends) {
      const { seq } = await mustFind(store, messageId);
      assert.deepEqual(await store.moveMessages([{ ...move, seq, to }]), [true]);
    }
    assert.deepEqual(await dueIds(store), ["undeliverable", "expired", "rejected", "refused at once", "late"]);
    assert.equal((await store.dueFailovers(2)).length, 2);
    await assertLedgerCloses(store);
  });

  test("a message without an SMS to stand in for it is never due, nor is an SMS", async (store) => {
    const content = { text: '"smsFailover":', data: { smsFailover: FAILOVER } };
    const plain = template("plain", { options: { type: "TEMPLATE", content } });
    const sms = newMessage("sms", { options: { smsFailover: FAILOVER } });
    await submitAll(store, [plain, template("text", { options: null }), sms]);
    for (const { messageId } of [plain, sms, { messageId: "text" }]) await end(store, messageId, "undeliverable");
    await store.insertMessages([template("refused", { ...REFUSED, options: null })]);
    assert.deepEqual(await dueIds(store), []);
    assert.equal(await store.findFailover((await mustFind(store, "plain")).seq), null);
  });

  test("what is due has all that its SMS needs", async (store) => {
    const facts = { callbackData: "data", applicationId: "app", entityId: "entity", bulkId: "b" };
    await submitAll(store, [template("m", { ...facts, webhookUrl: "https://shop.example/", wantsReport: false })]);
    await end(store, "m", "expired");
    const [due] = await store.dueFailovers(10);
    assert.deepEqual(JSON.parse(due?.options ?? "null").smsFailover, FAILOVER);
    const { accountId, destination, callbackData, applicationId, entityId, bulkId, webhookUrl, wantsReport } =
      due ?? {};
    assert.deepEqual({ callbackData, applicationId, entityId, bulkId }, facts);
    assert.deepEqual([accountId, destination, webhookUrl], [1, "41793026727", "https://shop.example/"]);
    assert.equal(wantsReport, false);
  });

  test("its SMS is stored once, in the commit in which it ceases to be due", async (store, home) => {
    const [claimed] = await submitAll(store, [template("m")]);
    await end(store, "m", "undeliverable");
    const seq = claimed?.seq ?? 0;
    assert.deepEqual(await store.findFailover(seq).then((found) => ({ ...found })), {
      smsMessageId: null,
      bornAt: T0 + 30,
      madeAt: null,
    });
    const made = await Promise.all([
      store.makeFailovers([smsFor(seq, "sms-1"), smsFor(seq, "sms-2")]),
      store.makeFailovers([smsFor(seq, "sms-3"), smsFor(999, "sms-4")]),
    ]);
    assert.deepEqual(made.flat().filter(Boolean).length, 1);
    assert.deepEqual(made, [
      [true, false],
      [false, false],
    ]);
    const reopened = await home.reopen();
    assert.deepEqual(await dueIds(reopened), []);
    assert.deepEqual(
      { ...(await reopened.findFailover(seq)) },
      { smsMessageId: "sms-1", bornAt: T0 + 30, madeAt: T0 + 50 },
    );
    for (const id of ["sms-2", "sms-3", "sms-4"]) assert.equal(await reopened.findMessage(1, id), null);
    const waiting = await reopened.claimDue(claimOf({ now: T0 + 60 }));
    assert.deepEqual(
      waiting.map(({ messageId, channel, possibleDuplicate }) => [messageId, channel, possibleDuplicate]),
      [["sms-1", "SMS", false]],
    );
    await assertLedgerCloses(reopened);
  });

  test("an SMS for a message that may have arrived says that it may be a duplicate", async (store) => {
    const [claimed] = await submitAll(store, [template("m")]);
    await end(store, "m", "expired");
    await store.makeFailovers([smsFor(claimed?.seq ?? 0, "sms", { isInDoubt: true })]);
    assert.equal((await mustFind(store, "sms")).doubt, "resent");
    assert.equal((await store.claimDue(claimOf({ now: T0 + 60 })))[0]?.possibleDuplicate, true);
  });

  test("short links of an SMS are stored with it, and not without it", async (store) => {
    const [claimed] = await submitAll(store, [template("m")]);
    await end(store, "m", "undeliverable");
    const seq = claimed?.seq ?? 0;
    const target = { url: "https://shop.example/17", trackingUrl: "https://shop.example/clicks", tracksClicks: true };
    const linked = (id: string, code: string) => ({ ...smsFor(seq, id), shortLinks: [{ code, target }] });
    assert.deepEqual(await store.makeFailovers([linked("sms", "code1"), linked("sms-2", "code2")]), [true, false]);
    const { url, trackingUrl, messageId } = (await store.findShortLink("code1")) ?? {};
    assert.deepEqual([url, trackingUrl, messageId], [target.url, target.trackingUrl, "sms"]);
    assert.equal(await store.findShortLink("code2"), null);
  });

  test("an SMS that is refused stands in all the same, with its report", async (store) => {
    const [claimed] = await submitAll(store, [template("m")]);
    await end(store, "m", "expired");
    const sms = newMessage("sms", { ...REFUSED, acceptedAt: T0 + 50 });
    assert.deepEqual(await store.makeFailovers([{ seq: claimed?.seq ?? 0, sms, isInDoubt: false }]), [true]);
    assert.deepEqual(await dueIds(store), []);
    const filter = { accountId: 1, channel: "SMS", since: T0, limit: 10 } as const;
    assert.deepEqual(
      (await store.takeReports(filter)).map(({ messageId }) => messageId),
      ["sms"],
    );
    await assertLedgerCloses(store);
  });

  test("delivered after all before the SMS is made: it is not made; after: it stays, and both are reported", async (store) => {
    const [early, late] = await submitAll(store, [template("early"), template("late")]);
    for (const messageId of ["early", "late"]) await end(store, messageId, "undeliverable");
    assert.deepEqual(await end(store, "early", "delivered", T0 + 40), ["applied"]);
    assert.deepEqual(await dueIds(store), ["late"]);
    const made = await store.makeFailovers([smsFor(early?.seq ?? 0, "no"), smsFor(late?.seq ?? 0, "yes")]);
    assert.deepEqual(made, [false, true]);
    assert.equal(await store.findMessage(1, "no"), null);
    assert.deepEqual(await end(store, "late", "delivered", T0 + 60), ["applied"]);
    assert.equal((await store.findFailover(late?.seq ?? 0))?.smsMessageId, "yes");
    assert.equal((await mustFind(store, "late")).state, "delivered");
  });

  test("a message that was read before the SMS is made needs none", async (store) => {
    await submitAll(store, [template("m")]);
    await end(store, "m", "undeliverable");
    assert.deepEqual(await end(store, "m", "delivered", T0 + 40, T0 + 40), ["applied"]);
    assert.deepEqual(await dueIds(store), []);
    assert.equal((await mustFind(store, "m")).seenAt, T0 + 40);
  });

  test("a second end without delivery makes no second SMS", async (store) => {
    const [claimed] = await submitAll(store, [template("m")]);
    const seq = claimed?.seq ?? 0;
    await end(store, "m", "expired");
    await store.makeFailovers([smsFor(seq, "sms")]);
    assert.deepEqual(await end(store, "m", "undeliverable", T0 + 60), ["applied"]);
    assert.deepEqual(await dueIds(store), []);
    assert.deepEqual(await store.makeFailovers([smsFor(seq, "sms-2")]), [false]);
  });

  test("a messageId that is taken fails the call whole: the message stays due", async (store) => {
    const claimed = await submitAll(store, [template("m"), template("n")]);
    for (const messageId of ["m", "n"]) await end(store, messageId, "expired");
    const [m, n] = claimed.map(({ seq }) => seq);
    await assert.rejects(store.makeFailovers([smsFor(m ?? 0, "fresh"), smsFor(n ?? 0, "m")]), { code: "STORE_FAILED" });
    assert.deepEqual(await dueIds(store), ["m", "n"]);
    assert.equal(await store.findMessage(1, "fresh"), null);
    assert.deepEqual(await store.makeFailovers([smsFor(m ?? 0, "fresh")]), [true]);
    await assertLedgerCloses(store);
  });

  test("a message is kept until its SMS is made, and what is known of the two goes with it", async (store) => {
    const [claimed] = await submitAll(store, [template("m", { wantsReport: false })]);
    const seq = claimed?.seq ?? 0;
    await end(store, "m", "expired");
    const before = T0 + 100 * HOUR_MS;
    assert.equal(await store.purge({ before, limit: 100 }), 0);
    await store.makeFailovers([smsFor(seq, "sms")]);
    assert.equal(await store.purge({ before, limit: 100 }), 1);
    assert.equal(await store.findFailover(seq), null);
    assert.equal((await mustFind(store, "sms")).state, "queued");
  });
}
