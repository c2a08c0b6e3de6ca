import assert from "node:assert/strict";
import type { DueReport, OutboundMessage, PushOffer, Receipt, Store, WebhookResult } from "../../src/store/store.ts";
import {
  claimOf,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  receiptOf,
  reportOf,
  type StoreTest,
  submitAll,
  submitted,
  T0,
  toldBy,
  webhooksOf,
  type MessageChanges,
} from "./fixtures.ts";

const NOW = T0 + 30;
const LEASE_UNTIL = NOW + 60_000;
const webhookUrl = "https://a.example/reports";

const offerOf = (changes: Partial<PushOffer> = {}): PushOffer => ({
  leaseUntil: LEASE_UNTIL,
  limit: 100,
  originsBusy: [],
  ...changes,
});

/** Applies receipts with an offer, and says which messages' reports came leased and how many wait. */
async function applied(store: Store, receipts: readonly Receipt[], offer = offerOf(), now = NOW) {
  const { born } = await store.applyReceipts(receipts, now, 100, offer);
  assert.ok(born !== undefined);
  return { leased: idsOf(toldBy(born.leased)), waiting: born.waiting };
}

const dueAt = async (store: Store, now: number) => idsOf(toldBy(await store.claimWebhooks(webhooksOf({ now }))));

/** How reports are given to whoever pushes as they are born. */
export function describeLeasing(test: StoreTest) {
  test("a report that is born in a call with an offer comes leased with its answer, as a claim would give it", async (store, home) => {
    const messages = [newMessage("m", { webhookUrl, callbackData: "data", applicationId: "app", entityId: "entity" })];
    await submitAll(store, [...messages, newMessage("claimed", { webhookUrl, callbackData: "data" })]);
    const { born } = await store.applyReceipts([receiptOf("c-m")], NOW, 10, offerOf());
    assert.equal(born?.waiting, 0);
    const [leased, ...others] = born.leased;
    assert.equal(others.length, 0);
    assert.ok(leased !== undefined);
    assert.deepEqual(leased.message, reportOf(await mustFind(store, "m")));
    await store.applyReceipts([receiptOf("c-claimed")], NOW, 10);
    const [claimed] = (await store.claimWebhooks(webhooksOf({ now: NOW }))) as DueReport[];
    const { id: _, message: _m, ...facts } = leased;
    const { id: _i, message: _n, ...claimedFacts } = claimed as DueReport;
    assert.deepEqual(facts, claimedFacts);
    // It is leased: nobody else gets it before that is over.
    assert.deepEqual(await dueAt(store, LEASE_UNTIL - 1), []);
    const reopened = await home.reopen();
    assert.ok((await dueAt(reopened, LEASE_UNTIL)).includes("m"));
  });

  test("a leased report that is delivered is not due again", async (store) => {
    await submitAll(store, [newMessage("m", { webhookUrl })]);
    const { born } = await store.applyReceipts([receiptOf("c-m")], NOW, 10, offerOf());
    const results = (born?.leased ?? []).map(({ id }) => ({ id, outcome: "delivered", at: NOW + 1 }) as const);
    assert.equal(results.length, 1);
    await store.settleWebhooks(results);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL), []);
    assert.equal((await store.listWebhooks({ accountId: 1, limit: 10, state: "delivered" })).length, 1);
  });

  test("at a start what was leased at its birth is due at once", async (store, home) => {
    await submitAll(store, [newMessage("m", { webhookUrl })]);
    assert.deepEqual(await applied(store, [receiptOf("c-m")]), { leased: ["m"], waiting: 0 });
    const reopened = await home.reopen();
    await reopened.expireLeases(NOW + 1);
    assert.deepEqual(await dueAt(reopened, NOW + 1), ["m"]);
  });

  test("without an offer nothing is leased; with one no more than its limit, and none for a receiver that is busy", async (store) => {
    const busyUrl = "https://busy.example/reports";
    await submitAll(store, [...newMessages(3, "m", { webhookUrl }), newMessage("b", { webhookUrl: busyUrl })]);
    assert.equal((await store.applyReceipts([], NOW, 10)).born, undefined);
    const offer = offerOf({ limit: 2, originsBusy: ["https://busy.example"] });
    const receipts = ["b", "m0", "m1", "m2"].map((id) => receiptOf(`c-${id}`));
    assert.deepEqual(await applied(store, receipts, offer), { leased: ["m0", "m1"], waiting: 2 });
    assert.deepEqual((await dueAt(store, NOW)).toSorted(), ["b", "m2"]);
  });

  test("while something is due for the receiver, and while it fails, what is born waits behind it", async (store) => {
    await submitAll(store, newMessages(4, "m", { webhookUrl }));
    await store.applyReceipts([receiptOf("c-m0")], NOW, 10);
    assert.deepEqual(await applied(store, [receiptOf("c-m1")]), { leased: [], waiting: 1 });
    const claimed = await store.claimWebhooks(webhooksOf({ now: NOW, leaseUntil: LEASE_UNTIL }));
    assert.deepEqual(idsOf(toldBy(claimed)), ["m0", "m1"]);
    const failed = claimed.map(
      ({ id }) => ({ id, outcome: "retry", at: NOW, dueAt: LEASE_UNTIL, error: "500" }) as const,
    );
    const origin = "https://a.example";
    await store.settleWebhooks(failed, { origin, failures: 1, openUntil: null });
    assert.deepEqual(await applied(store, [receiptOf("c-m2")]), { leased: [], waiting: 1 });
    await store.claimWebhooks(webhooksOf({ now: NOW, leaseUntil: LEASE_UNTIL }));
    await store.settleWebhooks([], { origin, failures: 0, openUntil: null });
    assert.deepEqual(await applied(store, [receiptOf("c-m3")]), { leased: ["m3"], waiting: 0 });
  });

  test("a later word on a message is not leased while an earlier one is to be told", async (store) => {
    await submitAll(store, [newMessage("m", { webhookUrl })]);
    const failed = receiptOf("c-m", { state: "undeliverable", statusId: 9 });
    assert.deepEqual(await applied(store, [failed, receiptOf("c-m")]), { leased: ["m"], waiting: 1 });
  });

  test("what an SMPP session is to be told is counted as waiting", async (store) => {
    await submitAll(store, [newMessage("m", { webhookUrl: "customer", webhookKind: "SMPP" })]);
    assert.deepEqual(await applied(store, [receiptOf("c-m")]), { leased: [], waiting: 1 });
  });

  test("an offer ends with its call, also with one that fails", async (store) => {
    await submitAll(store, newMessages(2, "m", { webhookUrl }));
    const broken = { ...receiptOf("c-m0"), statusId: "none" } as unknown as Receipt;
    await assert.rejects(store.applyReceipts([broken], NOW, 10, offerOf()));
    await store.applyReceipts([receiptOf("c-m1")], NOW, 10);
    assert.deepEqual(await dueAt(store, NOW), ["m1"]);
  });
}

/** The reports of these messages, leased at their birth. */
async function leaseReports(store: Store, messageIds: readonly string[], offer = offerOf()) {
  await submitAll(
    store,
    messageIds.map((messageId) => newMessage(messageId, { webhookUrl })),
  );
  const receipts = messageIds.map((messageId) => receiptOf(`c-${messageId}`));
  const { born } = await store.applyReceipts(receipts, NOW, 100, offer);
  assert.equal(born?.leased.length, messageIds.length);
  return born.leased.map(({ id }) => id);
}

const statesOf = async (store: Store) => {
  const states: Record<string, readonly (string | null)[]> = {};
  for (const state of ["waiting", "delivered", "failed"] as const) {
    const listed = await store.listWebhooks({ accountId: 1, limit: 10, state });
    states[state] = listed.map(({ messageId }) => messageId);
  }
  return states;
};

/** What becomes of a report that is leased at its birth. */
export function describeBirthLeases(test: StoreTest) {
  test("a leased report is listed as one that waits, and is neither replayed nor purged as one that was given up", async (store) => {
    const [id = 0] = await leaseReports(store, ["m"]);
    assert.deepEqual(await statesOf(store), { waiting: ["m"], delivered: [], failed: [] });
    const [shown] = await store.listWebhooks({ accountId: 1, limit: 1, id });
    assert.deepEqual([shown?.dueAt, shown?.deliveredAt, shown?.attempts, shown?.history], [NOW, null, 0, []]);
    assert.equal(await store.replayWebhooks({ accountId: 1, now: NOW + 1, limit: 10 }), 0);
    assert.equal(await store.purge({ before: NOW + HOUR_MS, limit: 10 }), 0);
    const attempt = { at: NOW + 1, status: 200, durationMs: 2, error: null };
    await store.settleWebhooks([{ id, outcome: "delivered", at: NOW + 3, attempt }]);
    const [settled] = await store.listWebhooks({ accountId: 1, limit: 1, id });
    assert.deepEqual([settled?.dueAt, settled?.deliveredAt, settled?.attempts], [null, NOW + 3, 1]);
    assert.deepEqual(settled?.history, [attempt]);
    assert.equal(await store.purge({ before: NOW + HOUR_MS, limit: 10 }), 2);
  });

  test("a leased report that nobody settles is due when its lease is over, as if it had been claimed", async (store) => {
    await leaseReports(store, ["early"]);
    await leaseReports(store, ["late"], offerOf({ leaseUntil: LEASE_UNTIL + 10 }));
    assert.deepEqual(await dueAt(store, LEASE_UNTIL - 1), []);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL), ["early"]);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL + 9), []);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL + 10), ["late"]);
  });

  test("at a start what was leased at its birth goes before what is born then", async (store, home) => {
    await leaseReports(store, ["m"]);
    await submitAll(store, [newMessage("n", { webhookUrl })]);
    const reopened = await home.reopen();
    await reopened.expireLeases(NOW + 1);
    assert.deepEqual(await applied(reopened, [receiptOf("c-n")], offerOf(), NOW + 1), { leased: [], waiting: 1 });
    assert.deepEqual(await dueAt(reopened, NOW + 1), ["m", "n"]);
  });

  test("a leased report is given back, tried again or given up like a claimed one", async (store) => {
    const [unsent = 0, retry = 0, failed = 0] = await leaseReports(store, ["unsent", "retry", "failed"]);
    const error = "500";
    await store.settleWebhooks([
      { id: unsent, outcome: "unsent", dueAt: NOW + 1 },
      { id: retry, outcome: "retry", at: NOW + 1, dueAt: NOW + 2, error },
      { id: failed, outcome: "failed", at: NOW + 1, error },
    ]);
    assert.deepEqual(await statesOf(store), { waiting: ["retry", "unsent"], delivered: [], failed: ["failed"] });
    assert.deepEqual(await dueAt(store, NOW + 1), ["unsent"]);
    assert.deepEqual(await dueAt(store, NOW + 2), ["retry"]);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL), []);
    assert.equal(await store.replayWebhooks({ accountId: 1, now: LEASE_UNTIL, limit: 10 }), 1);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL), ["failed"]);
  });

  test("a leased report that is asked for by its id is due at once, and stays delivered when it was", async (store) => {
    const [id = 0] = await leaseReports(store, ["m"]);
    assert.equal(await store.replayWebhooks({ accountId: 1, now: NOW + 1, limit: 1, id }), 1);
    assert.deepEqual(await dueAt(store, NOW + 1), ["m"]);
    await store.settleWebhooks([{ id, outcome: "delivered", at: NOW + 2 }]);
    assert.deepEqual(await statesOf(store), { waiting: [], delivered: ["m"], failed: [] });
    assert.deepEqual(await dueAt(store, LEASE_UNTIL), []);
  });

  test("of several that one call delivers, the one that was asked for meanwhile is delivered with the others", async (store) => {
    const ids = await leaseReports(store, ["m0", "m1", "m2", "m3"]);
    const asked = ids[1] ?? 0;
    assert.equal(await store.replayWebhooks({ accountId: 1, now: NOW + 1, limit: 1, id: asked }), 1);
    const attempt = { at: NOW + 1, status: 200, durationMs: 2, error: null };
    const other = { ...attempt, status: 204 };
    await store.settleWebhooks(
      ids.map((id, nth) => ({ id, outcome: "delivered", at: NOW + 3, attempt: nth === 3 ? other : attempt })),
    );
    const listed = await store.listWebhooks({ accountId: 1, limit: 10, state: "delivered" });
    const told = listed.map(({ id, attempts, history }) => ({ id, attempts, history }));
    const expected = ids.map((id, nth) => ({ id, attempts: 1, history: [nth === 3 ? other : attempt] }));
    assert.deepEqual(told, expected.toReversed());
  });

  test("a later word on a message waits until the leased one is settled", async (store) => {
    await submitAll(store, [newMessage("m", { webhookUrl })]);
    const failed = receiptOf("c-m", { state: "undeliverable", statusId: 9 });
    const { born } = await store.applyReceipts([failed, receiptOf("c-m")], NOW, 10, offerOf());
    const [first] = born?.leased ?? [];
    assert.ok(first !== undefined);
    assert.deepEqual(await dueAt(store, NOW + 1), []);
    await store.settleWebhooks([{ id: first.id, outcome: "delivered", at: NOW + 1 }]);
    assert.deepEqual(await dueAt(store, NOW + 1), ["m"]);
  });

  test("a call that fails leaves the leases of those before it as they were", async (store) => {
    const [one = 0, other = 0] = await leaseReports(store, ["one", "other"]);
    const broken = { id: other, outcome: "retry", at: NOW, dueAt: "never", error: "500" } as unknown as WebhookResult;
    await assert.rejects(store.settleWebhooks([{ id: one, outcome: "delivered", at: NOW }, broken]));
    assert.deepEqual(await dueAt(store, LEASE_UNTIL - 1), []);
    await store.settleWebhooks([{ id: other, outcome: "delivered", at: NOW + 1 }]);
    assert.deepEqual(await dueAt(store, LEASE_UNTIL), ["one"]);
  });

  test("a receiver's failures are not forgotten while leased reports are on their way to it", async (store) => {
    const [first = 0, second = 0] = await leaseReports(store, ["m0", "m1"]);
    const origin = "https://a.example";
    const givenUp = (id: number) => [{ id, outcome: "failed", at: NOW, error: "500" }] as const;
    await store.settleWebhooks(givenUp(first), { origin, failures: 1, openUntil: null });
    await submitAll(store, newMessages(2, "n", { webhookUrl }));
    assert.deepEqual(await applied(store, [receiptOf("c-n0")]), { leased: [], waiting: 1 });
    const [due] = await store.claimWebhooks(webhooksOf({ now: NOW, leaseUntil: LEASE_UNTIL }));
    assert.equal(due?.receiverFailures, 1);
    await store.settleWebhooks([...givenUp(second), ...givenUp(due.id)], { origin, failures: 0, openUntil: null });
    assert.deepEqual(await applied(store, [receiptOf("c-n1")]), { leased: ["n1"], waiting: 0 });
  });
}

async function claimAll(
  store: Store,
  count: number,
  changes: MessageChanges = {},
): Promise<readonly OutboundMessage[]> {
  await store.insertMessages(newMessages(count, "m", changes));
  const claimed = await store.claimDue(claimOf({ limit: count }));
  assert.equal(claimed.length, count);
  return claimed;
}

const answeredBy = ({ seq, attempts }: OutboundMessage, changes: Partial<Receipt> = {}): Receipt =>
  receiptOf("c", { answered: { seq, attempts, submittedAt: T0 + 10 }, ...changes });

/** How a submission's answer is written with its receipt. */
export function describeAnswered(test: StoreTest) {
  test("an answer that comes with its receipt ends its message in one move, with the carrier's id", async (store) => {
    const [claimed] = await claimAll(store, 1);
    assert.ok(claimed !== undefined);
    const result = await store.applyReceipts([answeredBy(claimed)], NOW, 10);
    assert.deepEqual(result, { outcomes: ["applied"], matchedIds: ["c"] });
    const { state, carrierMessageId, submittedAt, doneAt } = await mustFind(store, "m0");
    assert.deepEqual(
      { state, carrierMessageId, submittedAt, doneAt },
      { state: "delivered", carrierMessageId: "c", submittedAt: T0 + 10, doneAt: T0 + 20 },
    );
    // The same receipt once more finds it by its id.
    assert.deepEqual((await store.applyReceipts([receiptOf("c")], NOW, 10)).outcomes, ["ignored"]);
    const [row] = await store.ledger();
    assert.deepEqual([row?.accepted, row?.delivered, row?.open], [1, 1, 0]);
  });

  test("an answer and its receipt end a message whose report is pushed in the same way, and only while it is claimed", async (store) => {
    const [claimed, moved] = await claimAll(store, 2, { webhookUrl });
    assert.ok(claimed !== undefined && moved !== undefined);
    await store.moveMessages([submitted(moved, "d")]);
    const receipts = [answeredBy(claimed), answeredBy(moved, { carrierMessageId: "d" })];
    const { outcomes, born } = await store.applyReceipts(receipts, NOW, 10, offerOf());
    assert.deepEqual(outcomes, ["applied", "applied"]);
    const { state, statusId, carrierMessageId, submittedAt, doneAt } = await mustFind(store, "m0");
    assert.deepEqual(
      { state, statusId, carrierMessageId, submittedAt, doneAt },
      { state: "delivered", statusId: 5, carrierMessageId: "c", submittedAt: T0 + 10, doneAt: T0 + 20 },
    );
    assert.equal((await mustFind(store, "m1")).submittedAt, submitted(moved, "d").submittedAt);
    const told = toldBy(born?.leased ?? []);
    assert.deepEqual(told, [reportOf(await mustFind(store, "m0")), reportOf(await mustFind(store, "m1"))]);
    const [row] = await store.ledger();
    assert.deepEqual([row?.accepted, row?.delivered, row?.open], [2, 2, 0]);
    assert.deepEqual((await store.applyReceipts([receiptOf("c")], NOW, 10)).outcomes, ["ignored"]);
    assert.deepEqual(await store.dueChecks(Number.MAX_SAFE_INTEGER, 10), []);
  });

  test("an older message that had the same id is not meant by an answered receipt", async (store) => {
    await submitAll(store, [newMessage("old")]);
    const [claimed] = await claimAll(store, 1);
    assert.ok(claimed !== undefined);
    const receipt = answeredBy(claimed, { carrierMessageId: "c-old" });
    assert.deepEqual((await store.applyReceipts([receipt], NOW, 10)).outcomes, ["applied"]);
    assert.equal((await mustFind(store, "old")).state, "submitted");
    assert.equal((await mustFind(store, "m0")).state, "delivered");
  });

  test("an answered receipt ends the doubt about its claim, and parked ones of its id go with it", async (store) => {
    const [claimed] = await claimAll(store, 1);
    assert.ok(claimed !== undefined);
    assert.deepEqual((await store.applyReceipts([receiptOf("c")], T0 + 5, 10)).outcomes, ["parked"]);
    const held = { from: "claimed", to: "uncertain", statusId: 7, errorId: 0, at: T0 + 8, doubt: "held" } as const;
    const { seq, attempts } = claimed;
    assert.deepEqual(await store.moveMessages([{ ...held, seq, attempts }]), [true]);
    assert.deepEqual((await store.applyReceipts([answeredBy(claimed)], NOW, 10)).outcomes, ["applied"]);
    const { state, doubt } = await mustFind(store, "m0");
    assert.deepEqual([state, doubt], ["delivered", "held"]);
    assert.equal((await store.listUnmatchedReceipts({ limit: 10 })).length, 0);
  });

  test("of another claim, and of a message that has ended, the receipt alone counts", async (store) => {
    const [one, other] = await claimAll(store, 2);
    assert.ok(one !== undefined && other !== undefined);
    const former = { ...one, attempts: one.attempts - 1 };
    assert.deepEqual((await store.applyReceipts([answeredBy(former)], NOW, 10)).outcomes, ["parked"]);
    assert.equal((await mustFind(store, "m0")).state, "claimed");
    const failed = { state: "undeliverable", statusId: 9 } as const;
    const receipts = [
      answeredBy(other, { carrierMessageId: "d", ...failed }),
      answeredBy(other, { carrierMessageId: "d" }),
    ];
    assert.deepEqual((await store.applyReceipts(receipts, NOW, 10)).outcomes, ["applied", "applied"]);
    assert.equal((await mustFind(store, "m1")).state, "delivered");
  });
}
