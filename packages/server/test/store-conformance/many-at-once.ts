import assert from "node:assert/strict";
import type { NewMessage, OutboundMessage, Receipt, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  receiptOf,
  reportOf,
  type StoreTest,
  submitted,
  T0,
  toldBy,
  webhooksOf,
  type MessageChanges,
} from "./fixtures.ts";

const NOW = T0 + 30;
const webhookUrl = "https://a.example/reports";
const OFFER = { leaseUntil: NOW + 60_000, limit: 100, originsBusy: [] };
const FAILED = { state: "undeliverable", statusId: 9, errorId: 1 } as const;

/** A bulk: each has a phone of its own. */
const bulkOf = (count: number, changes: MessageChanges = {}): NewMessage[] =>
  newMessages(count, "m", changes).map((message, index) => ({ ...message, destination: `4179300${1_000 + index}` }));

/** What the store has of them, in the order of their seq. */
async function kept(store: Store, messages: readonly NewMessage[]) {
  const records = await Promise.all(messages.map(({ messageId }) => mustFind(store, messageId)));
  return records.toSorted((one, other) => one.seq - other.seq);
}

const answeredBy = ({ seq, attempts, messageId }: OutboundMessage, changes: Partial<Receipt> = {}): Receipt =>
  receiptOf(`c-${messageId}`, { answered: { seq, attempts, submittedAt: T0 + 10 }, ...changes });

/** Messages that are alike in most: whatever a store does to write them together, each is as if it had come alone. */
export function describeManyAtOnce(test: StoreTest) {
  test("each message of a bulk is stored with its own id and phone, in the order given", async (store) => {
    const messages = bulkOf(137, { callbackData: "data", options: { original: { sendAt: null } } as never });
    const { inserted, openCount } = await store.insertMessages(messages);
    assert.deepEqual([inserted.filter(Boolean).length, openCount], [137, 137]);
    const stored = await kept(store, messages);
    const shown = stored.map(({ messageId, destination, callbackData }) => ({ messageId, destination, callbackData }));
    assert.deepEqual(
      shown,
      messages.map(({ messageId, destination }) => ({ messageId, destination, callbackData: "data" })),
    );
    await assertLedgerCloses(store);
  });

  test("an id that is taken, or comes twice, costs its message alone", async (store) => {
    await store.insertMessages([newMessage("m17", { text: "first" })]);
    const bulk = bulkOf(140);
    const messages = [...bulk.slice(0, 130), ...bulk.slice(5, 6), ...bulk.slice(130)];
    const { inserted, openCount } = await store.insertMessages(messages);
    const refused = inserted.flatMap((isInserted, index) => (isInserted ? [] : [index]));
    assert.deepEqual([refused, openCount], [[17, 130], 140]);
    assert.equal((await mustFind(store, "m17")).text, "first");
    const stored = await kept(store, bulk);
    assert.deepEqual(idsOf(stored), ["m17", ...idsOf(bulk).filter((id) => id !== "m17")]);
    await assertLedgerCloses(store);
  });

  test("an id that is given up in the middle of a bulk goes to its new message", async (store) => {
    await store.insertMessages([newMessage("m62", { acceptedAt: T0 - HOUR_MS, text: "old" })]);
    const { inserted } = await store.insertMessages(bulkOf(125), { duplicateLookBackMs: 1_000 });
    assert.ok(inserted.every(Boolean));
    assert.equal((await mustFind(store, "m62")).text, "Good morning");
    await assertLedgerCloses(store);
  });

  test("room for a part of a bulk is given to its first ones", async (store) => {
    const messages = bulkOf(134);
    const { claimed = [] } = await store.insertMessages(messages, { claims: [claimOf({ limit: 73 })] });
    const seqs = (await kept(store, messages)).map(({ seq }) => seq);
    assert.deepEqual(
      claimed,
      seqs.map((seq, index) => (index < 73 ? seq : null)),
    );
    assert.deepEqual(idsOf(await store.claimDue(claimOf())), idsOf(messages.slice(73)));
    await assertLedgerCloses(store);
  });

  test("a bulk that is paused is paused with every message", async (store) => {
    await store.insertMessages([newMessage("first", { state: "held", dueAt: T0 + HOUR_MS })]);
    const bulk = { accountId: 1, bulkId: "bulk", now: T0, canceled: { statusId: 98, errorId: 4100 } } as const;
    await store.changeBulkStatus({ ...bulk, to: "PAUSED" });
    await store.insertMessages(bulkOf(71), { claims: [claimOf()] });
    assert.deepEqual(await store.claimDue(claimOf()), []);
    await store.changeBulkStatus({ ...bulk, to: "PROCESSING" });
    assert.equal((await store.claimDue(claimOf())).length, 71);
  });

  test("of bulks that lie between each other, each claim takes those of its route", async (store) => {
    const ofEither = [bulkOf(30), bulkOf(30, { route: "other" })] as const;
    const mixed = ofEither[0].map((message, index) => (index % 3 === 0 ? message : (ofEither[1][index] as NewMessage)));
    await store.insertMessages(mixed);
    const ofMain = await store.claimDue(claimOf({ limit: 7 }));
    assert.deepEqual(idsOf(ofMain), ["m0", "m3", "m6", "m9", "m12", "m15", "m18"]);
    const ofOther = await store.claimDue(claimOf({ route: "other", carrier: "south" }));
    assert.equal(ofOther.length, 20);
    const claimed = (await kept(store, mixed)).filter(({ state }) => state === "claimed");
    assert.equal(claimed.length, 27);
    const bySouth = claimed.filter(({ carrier }) => carrier === "south");
    assert.deepEqual(idsOf(bySouth), idsOf(ofOther));
    assert.ok(claimed.every(({ attempts }) => attempts === 1));
    await assertLedgerCloses(store);
  });

  test("answers and receipts of a bulk end each message by its own, and each report tells its own", async (store) => {
    await store.insertMessages(bulkOf(87, { webhookUrl }));
    const claimed = await store.claimDue(claimOf());
    const [first, second, third] = claimed as [OutboundMessage, OutboundMessage, OutboundMessage];
    // One was answered before, one is of another claim, one comes twice with another word, and two have failed.
    await store.moveMessages([submitted(first, "c-m0")]);
    const receipts = claimed.map((message, index) =>
      index === 1
        ? answeredBy({ ...second, attempts: second.attempts + 1 })
        : answeredBy(message, { doneAt: T0 + 11 + (index % 5), ...(index === 9 || index === 20 ? FAILED : {}) }),
    );
    const { outcomes, born } = await store.applyReceipts([...receipts, answeredBy(third, FAILED)], NOW, 10, OFFER);
    const expected = claimed.map((_, index) => (index === 1 ? "parked" : "applied"));
    assert.deepEqual(outcomes, [...expected, "ignored"]);
    const told = toldBy(born?.leased ?? []);
    const ended = claimed.filter((_, index) => index !== 1);
    assert.deepEqual(idsOf(told).toSorted(), idsOf(ended).toSorted());
    for (const report of told) assert.deepEqual(report, reportOf(await mustFind(store, report.messageId)));
    assert.equal((await mustFind(store, "m1")).state, "claimed");
    assert.equal(told.filter(({ state }) => state === "undeliverable").length, 2);
    await assertLedgerCloses(store);
    // Each lease is one of its own.
    assert.equal(new Set(born?.leased.map(({ id }) => id)).size, 86);
    const attempt = { at: NOW, status: 200, durationMs: 1, error: null };
    const settled = (born?.leased ?? []).slice(0, 85);
    await store.settleWebhooks(settled.map(({ id }) => ({ id, outcome: "delivered", at: NOW, attempt }) as const));
    const late = await store.claimWebhooks(webhooksOf({ now: NOW + 60_000 }));
    assert.deepEqual(idsOf(toldBy(late)), [told[85]?.messageId]);
  });

  test("what has ended in a call is found by its id in the same call", async (store) => {
    await store.insertMessages(bulkOf(65, { webhookUrl }));
    const claimed = await store.claimDue(claimOf());
    const left = claimed.at(-1) as OutboundMessage;
    const ends = claimed.slice(0, -1).map((message) => answeredBy(message));
    // Without an answer, and with one of a claim that its message has not; the ids are of messages that have just ended.
    const again = [
      receiptOf("c-m5", FAILED),
      answeredBy({ ...left, attempts: left.attempts + 1 }, { carrierMessageId: "c-m63", ...FAILED }),
    ];
    const { outcomes } = await store.applyReceipts(
      [...ends.slice(0, 20), again[0] as Receipt, ...ends.slice(20)],
      NOW,
      10,
    );
    assert.deepEqual(outcomes.slice(20, 22), ["ignored", "applied"]);
    await store.insertMessages(bulkOf(130, { webhookUrl }).slice(65));
    const next = await store.claimDue(claimOf());
    const nextEnds = next.map((message) => answeredBy(message));
    const late = answeredBy({ ...left, attempts: left.attempts + 1 }, { carrierMessageId: "c-m80", ...FAILED });
    const mixed = [...nextEnds.slice(0, 40), late, ...nextEnds.slice(40), again[1] as Receipt];
    const second = await store.applyReceipts(mixed, NOW, 10);
    assert.deepEqual([second.outcomes[40], second.outcomes.at(-1)], ["ignored", "ignored"]);
    assert.equal((await mustFind(store, left.messageId)).state, "claimed");
    await assertLedgerCloses(store);
  });

  test("what is leased with a bulk's receipts is on disk with its own outcome, too", async (store, home) => {
    await store.insertMessages(bulkOf(95, { webhookUrl }));
    const claimed = await store.claimDue(claimOf());
    const receipts = claimed.map((message, index) => answeredBy(message, index % 20 === 3 ? FAILED : {}));
    const { born } = await store.applyReceipts(receipts, NOW, 10, OFFER);
    const again = await home.reopen();
    await again.expireLeases(NOW);
    const due = await again.claimWebhooks(webhooksOf({ now: NOW }));
    assert.deepEqual(toldBy(due), toldBy(born?.leased ?? []));
    assert.equal(toldBy(due).filter(({ state }) => state === "undeliverable").length, 5);
  });

  test("two words on a message in one call: the second one waits for the first", async (store) => {
    await store.insertMessages(bulkOf(12, { webhookUrl }));
    const claimed = await store.claimDue(claimOf());
    const failedFirst = claimed.map((message) => answeredBy(message, FAILED));
    const deliveredThen = claimed.slice(3, 5).map((message) => answeredBy(message));
    const { outcomes, born } = await store.applyReceipts([...failedFirst, ...deliveredThen], NOW, 10, OFFER);
    assert.ok(outcomes.every((outcome) => outcome === "applied"));
    const told = toldBy(born?.leased ?? []);
    assert.deepEqual([told.length, born?.waiting], [12, 2]);
    assert.ok(told.every(({ state }) => state === "undeliverable"));
    assert.equal((await mustFind(store, "m3")).state, "delivered");
  });
}
