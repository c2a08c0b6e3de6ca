import assert from "node:assert/strict";
import type { ApiKeyRecord, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  deliverAll,
  HOUR_MS,
  idsOf,
  logsOf,
  mustFind,
  newMessage,
  newMessages,
  receiptOf,
  reportsOf,
  toldBy,
  type StoreTest,
  submitAll,
  submitted,
  T0,
  webhooksOf,
} from "./fixtures.ts";

const REFUSED = { state: "rejected", statusId: 6 } as const;
const REFUSED_OUTCOME = { statusId: 98, errorId: 4100 } as const;
const LATER = T0 + 1_000 * HOUR_MS;

const KEY: ApiKeyRecord = {
  id: "k1",
  accountId: 1,
  name: "first",
  secretHash: "aa",
  scopes: ["sms:message:send", "logs"],
  createdAt: T0,
  validUntil: null,
  revokedAt: null,
};

/** Every call of the port, with arguments that a working store answers. */
const CALLS: { readonly [Name in Exclude<keyof Store, "close">]: (store: Store) => Promise<unknown> } = {
  insertMessages: (store) => store.insertMessages([newMessage("late")]),
  claimDue: (store) => store.claimDue(claimOf()),
  waitingRoutes: (store) => store.waitingRoutes(),
  findWaiting: (store) => store.findWaiting({ route: "main", limit: 1 }),
  moveToRoutes: (store) => store.moveToRoutes([]),
  moveMessages: (store) => store.moveMessages([]),
  applyReceipts: (store) => store.applyReceipts([], T0, 1),
  listUnmatchedReceipts: (store) => store.listUnmatchedReceipts({ limit: 1 }),
  rematchReceipts: (store) => store.rematchReceipts({ now: T0, limit: 1, isForDoubtOnly: false, settledBefore: T0 }),
  dueChecks: (store) => store.dueChecks(T0, 1),
  dueFailovers: (store) => store.dueFailovers(1),
  makeFailovers: (store) => store.makeFailovers([]),
  findFailover: (store) => store.findFailover(1),
  expireLeases: (store) => store.expireLeases(T0),
  takeReports: (store) => store.takeReports(reportsOf()),
  findLogs: (store) => store.findLogs(logsOf()),
  findMessage: (store) => store.findMessage(1, "m"),
  findByCarrierId: (store) => store.findByCarrierId(1, "north", "c"),
  findInDoubt: (store) =>
    store.findInDoubt({ accountId: 1, carrier: "north", sender: "1", destinations: [], acceptedUntil: T0 }),
  findLastInbound: (store) => store.findLastInbound({ accountId: 1, carrier: "north", sender: "1", contact: "2" }),
  findWindows: (store) => store.findWindows({ accountId: 1, limit: 1 }),
  findRequest: (store) => store.findRequest(1, "k"),
  claimWebhooks: (store) => store.claimWebhooks(webhooksOf()),
  settleWebhooks: (store) => store.settleWebhooks([]),
  listWebhooks: (store) => store.listWebhooks({ accountId: 1, limit: 1 }),
  claimSmppDeliveries: (store) => store.claimSmppDeliveries({ now: T0, leaseUntil: T0, receivers: [] }),
  settleSmppDeliveries: (store) => store.settleSmppDeliveries([]),
  replayWebhooks: (store) => store.replayWebhooks({ accountId: 1, now: T0, limit: 1 }),
  insertEvents: (store) => store.insertEvents([]),
  findShortLink: (store) => store.findShortLink("code"),
  recordClicks: (store) => store.recordClicks([]),
  changeDocuments: (store) => store.changeDocuments([]),
  findDocument: (store) => store.findDocument(1, "kind", "id"),
  listDocuments: (store) => store.listDocuments(1, "kind"),
  findBulk: (store) => store.findBulk(1, "bulk", T0),
  changeBulkStatus: (store) =>
    store.changeBulkStatus({ accountId: 1, bulkId: "bulk", now: T0, to: "PAUSED", canceled: REFUSED_OUTCOME }),
  rescheduleBulk: (store) => store.rescheduleBulk({ accountId: 1, bulkId: "bulk", now: T0, sendAt: T0 }),
  confirmConversion: (store) => store.confirmConversion(1, "m", T0),
  addToBlocklist: (store) => store.addToBlocklist([]),
  removeFromBlocklist: (store) => store.removeFromBlocklist([]),
  findBlocked: (store) => store.findBlocked(1, []),
  listBlocklist: (store) => store.listBlocklist({ accountId: 1, limit: 1, offset: 0 }),
  insertLookups: (store) => store.insertLookups([], []),
  findLookups: (store) => store.findLookups({ accountId: 1, since: 0, until: T0, limit: 1 }),
  ledger: (store) => store.ledger(),
  saveApiKey: (store) => store.saveApiKey(KEY),
  listApiKeys: (store) => store.listApiKeys(),
  findApiKeyByHash: (store) => store.findApiKeyByHash("aa"),
  storeInbound: (store) => store.storeInbound([]),
  takeInbox: (store) => store.takeInbox({ accountId: 1, channel: "SMS", since: T0, limit: 1 }),
  keepInboundParts: (store) =>
    store.keepInboundParts([], { now: T0, dueAt: T0, duplicateSince: T0, partsPerSenderMax: 1, partsMax: 1 }),
  dueInboundGroups: (store) => store.dueInboundGroups(T0, 1),
  purge: (store) => store.purge({ before: T0, limit: 1 }),
};

/** The ledger, the purge, API keys, and the store's own life. */
export function describeKeeping(test: StoreTest) {
  describeLedger(test);
  describePurge(test);
  describeKeys(test);
  describeLife(test);
}

function describeLedger(test: StoreTest) {
  test("the ledger closes after every step of a message's way, by channel and carrier", async (store) => {
    const steps: (() => Promise<unknown>)[] = [
      () => store.insertMessages(newMessages(6)),
      () =>
        store.insertMessages([newMessage("w", { channel: "WHATSAPP", carrier: "south" }), newMessage("r", REFUSED)]),
      () => store.claimDue(claimOf({ limit: 6 })),
      () => store.moveMessages([step(1, "claimed", "undeliverable"), step(2, "claimed", "submitted", "c2")]),
      () => store.moveMessages([step(3, "claimed", "queued"), step(4, "claimed", "uncertain")]),
      () => store.moveMessages([step(3, "queued", "canceled"), step(4, "uncertain", "expired")]),
      () => store.applyReceipts([receiptOf("c2")], T0 + 30, 10),
      () => store.purge({ before: LATER, limit: 100 }),
    ];
    for (const run of steps) {
      await run();
      await assertLedgerCloses(store);
    }
    const zero = { delivered: 0, undeliverable: 0, expired: 0, rejected: 0, canceled: 0 };
    const ended = { delivered: 1, undeliverable: 1, expired: 1, rejected: 1, canceled: 1 };
    assert.deepEqual(
      (await store.ledger()).map((row) => ({ ...row })),
      [
        { channel: "SMS", carrier: "north", accepted: 7, ...ended, open: 2 },
        { channel: "WHATSAPP", carrier: "south", accepted: 1, ...zero, open: 1 },
      ],
    );
  });

  test("the ledger of an empty store has no row", async (store) => {
    assert.deepEqual(await store.ledger(), []);
  });
}

function step(seq: number, from: "claimed" | "queued" | "uncertain", to: string, carrierMessageId?: string) {
  const move = { seq, attempts: 1, from, to: to as "queued", statusId: 3, errorId: 0, at: T0 + 20, dueAt: T0 + 20 };
  return carrierMessageId === undefined ? move : { ...move, carrierMessageId };
}

function describePurge(test: StoreTest) {
  test("a purge removes what has ended and is old; the ledger's counters stay", async (store) => {
    await submitAll(store, newMessages(3));
    await store.insertMessages([newMessage("open")]);
    await store.insertMessages([newMessage("young", { ...REFUSED, acceptedAt: LATER })]);
    await deliverAll(store, ["m0", "m1"]);
    const before = await store.ledger();
    assert.equal(await store.purge({ before: LATER, limit: 100 }), 2);
    assert.deepEqual(idsOf(await store.findLogs(logsOf({ sentUntil: LATER }))).toSorted(), ["m2", "open", "young"]);
    assert.deepEqual(await store.ledger(), before);
    assert.equal(await store.purge({ before: LATER, limit: 100 }), 0);
    assert.equal((await store.insertMessages([])).openCount, 2);
  });

  test("a message that was accepted long ago and ended lately stays, and so does its report", async (store) => {
    await submitAll(store, [newMessage("m")]);
    const now = T0 + 100 * HOUR_MS;
    await store.applyReceipts([receiptOf("c-m", { doneAt: T0 })], now, 10);
    assert.equal(await store.purge({ before: now - HOUR_MS, limit: 100 }), 0);
    assert.deepEqual(idsOf(await store.takeReports(reportsOf())), ["m"]);
  });

  test("a message stays as long as one of its webhooks does", async (store) => {
    const webhookUrl = "https://a/";
    await store.insertMessages([newMessage("m", { ...REFUSED, webhookUrl }), newMessage("n", REFUSED)]);
    assert.equal(await store.purge({ before: LATER, limit: 100 }), 1);
    const webhooks = await store.claimWebhooks(webhooksOf({ now: LATER, leaseUntil: LATER + 1 }));
    assert.deepEqual(idsOf(toldBy(webhooks)), ["m"]);
    const [webhook] = webhooks;
    assert.equal(await store.purge({ before: LATER, limit: 100 }), 0);
    await store.settleWebhooks([{ id: webhook?.id ?? 0, outcome: "delivered", at: LATER }]);
    assert.equal(await store.purge({ before: LATER, limit: 100 }), 2, "the webhook and its message");
    assert.equal(await store.findMessage(1, "m"), null);
  });

  test("a purge removes at most its limit at a time, oldest first, and comes through, past open messages in front", async (store) => {
    await store.insertMessages(newMessages(20, "open"));
    await store.insertMessages(newMessages(25, "m", REFUSED));
    await store.insertMessages(newMessages(5, "young", { ...REFUSED, acceptedAt: LATER }));
    const removed: number[] = [];
    for (let round = 0; round < 4; round += 1) removed.push(await store.purge({ before: LATER, limit: 10 }));
    assert.deepEqual(removed, [10, 10, 5, 0]);
    assert.equal((await store.findLogs(logsOf({ sentUntil: LATER }))).length, 25);
    await assertLedgerCloses(store);
  });

  test("what ends in front of the place that a purge has come to is removed too", async (store) => {
    const [first] = await submitAll(store, [newMessage("first")]);
    assert.ok(first !== undefined);
    await store.insertMessages(newMessages(4, "m", REFUSED));
    assert.equal(await store.purge({ before: LATER, limit: 2 }), 2);
    await deliverAll(store, ["first"]);
    const removed: number[] = [];
    for (let round = 0; round < 3; round += 1) removed.push(await store.purge({ before: LATER, limit: 2 }));
    assert.equal(
      removed.reduce((sum, count) => sum + count, 0),
      3,
    );
    assert.deepEqual(await store.findLogs(logsOf()), []);
  });

  test("a messageId may be used again after its message was purged", async (store) => {
    await store.insertMessages([newMessage("m", REFUSED)]);
    await store.purge({ before: LATER, limit: 10 });
    assert.deepEqual((await store.insertMessages([newMessage("m")])).inserted, [true]);
    assert.equal((await mustFind(store, "m")).state, "queued");
    await assertLedgerCloses(store);
  });

  test("kept receipts that are old are purged", async (store) => {
    await store.insertMessages([newMessage("m")]);
    const [claimed] = await store.claimDue(claimOf());
    assert.ok(claimed !== undefined);
    await store.applyReceipts([receiptOf("c")], T0 + 5, 10);
    await store.applyReceipts([receiptOf("d")], T0 + 50, 10);
    assert.equal(await store.purge({ before: T0 + 50, limit: 10 }), 1);
    await store.moveMessages([submitted(claimed, "c")]);
    assert.equal((await mustFind(store, "m")).state, "submitted");
  });
}

function describeKeys(test: StoreTest) {
  test("API keys are saved, listed in the order of creation, and found by their hash", async (store, home) => {
    const keys: ApiKeyRecord[] = [
      { ...KEY, id: "k2", secretHash: "bb", createdAt: T0 + 2 },
      { ...KEY, id: "k1", secretHash: "aa", createdAt: T0 + 1, validUntil: T0 + 9, scopes: [] },
    ];
    for (const key of keys) await store.saveApiKey(key);
    assert.deepEqual(await store.listApiKeys(), keys.toReversed());
    const reopened = await home.reopen();
    assert.deepEqual(await reopened.findApiKeyByHash("bb"), keys[0]);
    assert.equal(await reopened.findApiKeyByHash("cc"), null);
  });

  test("a key saved again is replaced, but for its account and creation", async (store) => {
    await store.saveApiKey(KEY);
    const changed = { name: "second", secretHash: "bb", scopes: ["logs"], validUntil: T0 + 1, revokedAt: T0 + 2 };
    await store.saveApiKey({ ...KEY, ...changed, accountId: 7, createdAt: T0 + 99 });
    assert.deepEqual(await store.listApiKeys(), [{ ...KEY, ...changed }]);
    assert.equal(await store.findApiKeyByHash("aa"), null);
  });

  test("two keys cannot have the same secret", async (store) => {
    await store.saveApiKey(KEY);
    await assert.rejects(store.saveApiKey({ ...KEY, id: "k2" }), { code: "STORE_FAILED" });
    assert.deepEqual(await store.listApiKeys(), [KEY]);
  });
}

function describeLife(test: StoreTest) {
  test("after close every call is refused with STORE_CLOSED, and closing again does no harm", async (store) => {
    for (const call of Object.values(CALLS)) await call(store);
    await store.close();
    for (const [name, call] of Object.entries(CALLS)) {
      await assert.rejects(call(store), { name: "Fault", code: "STORE_CLOSED", http: 503 }, name);
    }
    await store.close();
  });

  test("what was asked before close is done, and only then is the store closed", async (store, home) => {
    const inserts = Promise.all(newMessages(50).map((message) => store.insertMessages([message])));
    const closed = store.close();
    assert.ok((await inserts).every(({ inserted }) => inserted[0] === true));
    await closed;
    const reopened = await home.reopen();
    assert.equal((await reopened.findLogs(logsOf())).length, 50);
  });

  test("opened again, a store has all that was answered, and counts on", async (store, home) => {
    await submitAll(store, newMessages(3, "m", { webhookUrl: "https://a/" }));
    await deliverAll(store, ["m0"]);
    await store.insertMessages([newMessage("r", REFUSED), newMessage("q", { state: "held", dueAt: T0 + 5 })]);
    const logs = await store.findLogs(logsOf());
    const ledger = await store.ledger();
    const reopened = await home.reopen();
    assert.equal(logs.length, 5);
    assert.deepEqual(await reopened.findLogs(logsOf()), logs);
    assert.deepEqual(await reopened.ledger(), ledger);
    assert.equal((await reopened.insertMessages([])).openCount, 3);
    assert.deepEqual(idsOf(await reopened.takeReports(reportsOf())), ["r"]);
    assert.deepEqual(idsOf(await reopened.claimDue(claimOf({ now: T0 + 5 }))), ["q"]);
    assert.equal((await reopened.claimWebhooks(webhooksOf())).length, 1);
  });

  test("what a call has answered, the next call sees", async (store) => {
    for (let round = 0; round < 30; round += 1) {
      const messageId = `m${round}`;
      await store.insertMessages([newMessage(messageId)]);
      assert.equal((await mustFind(store, messageId)).messageId, messageId);
    }
  });
}
