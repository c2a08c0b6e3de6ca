import assert from "node:assert/strict";
import { PAUSE_MAX_MS } from "../../src/message/limits.ts";
import type { BulkChanged, BulkStatusChange, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  idsOf,
  mustFind,
  newMessage,
  newMessages,
  reportsOf,
  STATUS_ID,
  type StoreTest,
  submitted,
  T0,
  webhooksOf,
  type MessageChanges,
} from "./fixtures.ts";

const CANCELED = { statusId: 98, errorId: 4100 } as const;
const MINUTE_MS = 60_000;

const change = (to: BulkStatusChange["to"], changes: Partial<BulkStatusChange> = {}): BulkStatusChange => ({
  accountId: 1,
  bulkId: "bulk",
  now: T0,
  canceled: CANCELED,
  to,
  ...changes,
});

const scheduled = (dueAt: number, changes: MessageChanges = {}): MessageChanges => ({
  state: "held",
  dueAt,
  expiresAt: dueAt + 48 * HOUR_MS,
  ...changes,
});

async function claimAt(store: Store, now: number): Promise<readonly string[]> {
  return idsOf(await store.claimDue(claimOf({ now, leaseUntil: now + MINUTE_MS })));
}

const statusOf = ({ bulk }: BulkChanged) => bulk?.status;

/** What a customer may do to the messages of a bulk. */
export function describeBulks(test: StoreTest) {
  describePauses(test);
  describeTimes(test);
  describeCancels(test);

  test("a message is converted once, by its own account, and shows when", async (store) => {
    await store.insertMessages([newMessage("m")]);
    assert.equal(await store.confirmConversion(2, "m", T0), false);
    assert.equal((await store.findMessage(1, "m"))?.convertedAt, null);
    assert.equal(await store.confirmConversion(1, "m", T0 + 1), true);
    assert.equal(await store.confirmConversion(1, "m", T0 + 2), false);
    assert.equal((await store.findMessage(1, "m"))?.convertedAt, T0 + 1);
  });
}

function describePauses(test: StoreTest) {
  test("what of a bulk waits is held by a pause, what is claimed goes out, and other bulks are not touched", async (store) => {
    await store.insertMessages([newMessage("gone"), newMessage("other", { bulkId: "b2" })]);
    await store.claimDue(claimOf({ limit: 1 }));
    await store.insertMessages([newMessage("queued"), newMessage("later", scheduled(T0 + HOUR_MS))]);
    await store.insertMessages([newMessage("theirs", { accountId: 2 })]);
    const paused = await store.changeBulkStatus(change("PAUSED"));
    assert.deepEqual([statusOf(paused), paused.isAllowed, paused.changedCount], ["PAUSED", true, 2]);
    assert.equal((await mustFind(store, "queued")).state, "held");
    assert.equal((await store.findMessage(1, "queued"))?.isPaused, true);
    assert.deepEqual(await claimAt(store, T0 + 2 * HOUR_MS), ["other", "theirs"]);
    assert.equal((await store.findBulk(1, "bulk", T0))?.status, "PAUSED");
    await assertLedgerCloses(store);
  });

  test("a freed bulk leaves by its time, and its pause does not use up its validity", async (store) => {
    await store.insertMessages([newMessage("queued"), newMessage("later", scheduled(T0 + 10 * HOUR_MS))]);
    await store.changeBulkStatus(change("PAUSED", { now: T0 + HOUR_MS }));
    const now = T0 + 4 * HOUR_MS;
    const freed = await store.changeBulkStatus(change("PENDING", { now }));
    assert.deepEqual([statusOf(freed), freed.changedCount], ["PROCESSING", 2]);
    assert.equal((await mustFind(store, "queued")).expiresAt, T0 + 51 * HOUR_MS);
    assert.equal((await mustFind(store, "later")).expiresAt, T0 + 58 * HOUR_MS);
    assert.deepEqual(await claimAt(store, now), ["queued"]);
    assert.deepEqual(await claimAt(store, T0 + 10 * HOUR_MS - 1), []);
    assert.deepEqual(await claimAt(store, T0 + 10 * HOUR_MS), ["later"]);
  });

  test("a message that comes back from a carrier, or comes new, joins its bulk's pause", async (store, home) => {
    await store.insertMessages([newMessage("back")]);
    const [claimed] = await store.claimDue(claimOf());
    assert.ok(claimed !== undefined);
    assert.equal(statusOf(await store.changeBulkStatus(change("PAUSED"))), "PAUSED");
    const again = await home.reopen();
    const { seq, attempts } = claimed;
    const back = { seq, from: "claimed", attempts, to: "queued", statusId: 7, errorId: 0, at: T0 } as const;
    assert.deepEqual(await again.moveMessages([back]), [true]);
    await again.insertMessages([newMessage("new"), newMessage("free", { bulkId: "b2" })]);
    assert.deepEqual(await claimAt(again, T0 + MINUTE_MS), ["free"]);
    await again.changeBulkStatus(change("PROCESSING", { now: T0 + MINUTE_MS }));
    assert.deepEqual(await claimAt(again, T0 + MINUTE_MS), ["back", "new"]);
  });

  test("a pause ends at last: then its messages are there to be checked", async (store) => {
    await store.insertMessages([newMessage("m")]);
    await store.changeBulkStatus(change("PAUSED"));
    assert.deepEqual(await store.dueChecks(T0 + PAUSE_MAX_MS - 1, 10), []);
    assert.deepEqual(idsOf(await store.dueChecks(T0 + PAUSE_MAX_MS, 10)), ["m"]);
  });

  test("a bulk of more messages than a commit may change is changed in several", async (store) => {
    for (let count = 0; count < 3; count += 1) await store.insertMessages(newMessages(4_000, `${count}-`));
    const first = await store.changeBulkStatus(change("PAUSED"));
    assert.equal(first.changedCount, 10_000);
    const second = await store.changeBulkStatus(change("PAUSED", { after: first.next ?? 0 }));
    assert.deepEqual([second.changedCount, second.next, statusOf(second)], [2_000, null, "PAUSED"]);
    assert.deepEqual(await claimAt(store, T0), []);
    const freed = await store.changeBulkStatus(change("PENDING"));
    const rest = await store.changeBulkStatus(change("PENDING", { after: freed.next ?? 0 }));
    assert.deepEqual([freed.changedCount, rest.changedCount, rest.next], [10_000, 2_000, null]);
    assert.equal((await store.claimDue(claimOf({ limit: 20_000 }))).length, 12_000);
  });
}

function describeTimes(test: StoreTest) {
  const reschedule = (store: Store, sendAt: number, now = T0) =>
    store.rescheduleBulk({ accountId: 1, bulkId: "bulk", now, sendAt });

  test("a rescheduled bulk leaves then and not before, is shown so, and its validity moves along", async (store) => {
    await store.insertMessages([newMessage("m", scheduled(T0 + HOUR_MS))]);
    const moved = await reschedule(store, T0 + 5 * HOUR_MS);
    assert.deepEqual(moved.bulk, { bulkId: "bulk", status: "PENDING", sendAt: T0 + 5 * HOUR_MS });
    const { sentAt, expiresAt } = await mustFind(store, "m");
    assert.deepEqual([sentAt, expiresAt], [T0 + 5 * HOUR_MS, T0 + 53 * HOUR_MS]);
    assert.deepEqual(await claimAt(store, T0 + 5 * HOUR_MS - 1), []);
    const early = await reschedule(store, T0 - HOUR_MS, T0 + 2 * HOUR_MS);
    assert.equal(early.bulk?.sendAt, T0 + 2 * HOUR_MS, "past means now");
    assert.equal((await mustFind(store, "m")).expiresAt, T0 + 50 * HOUR_MS);
    assert.deepEqual(await claimAt(store, T0 + 2 * HOUR_MS), ["m"]);
  });

  test("a paused bulk takes its new time, and stays paused", async (store) => {
    await store.insertMessages([newMessage("m", scheduled(T0 + HOUR_MS))]);
    await store.changeBulkStatus(change("PAUSED"));
    assert.equal(statusOf(await reschedule(store, T0 + 3 * HOUR_MS)), "PAUSED");
    assert.deepEqual(await claimAt(store, T0 + 4 * HOUR_MS), []);
    assert.equal(statusOf(await store.changeBulkStatus(change("PENDING"))), "PENDING");
    assert.equal((await mustFind(store, "m")).expiresAt, T0 + 51 * HOUR_MS);
    assert.deepEqual(await claimAt(store, T0 + 3 * HOUR_MS), ["m"]);
  });

  test("a new time keeps to the delivery window and to the speed limit of the request", async (store) => {
    const options = {
      deliveryTimeWindow: {
        days: ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
        from: { hour: 8, minute: 0 },
        to: { hour: 9, minute: 0 },
      },
      sendingSpeedLimit: { amount: 2, timeUnit: "HOUR" },
    };
    await store.insertMessages(newMessages(4, "m", scheduled(T0 + HOUR_MS, { options })));
    // T0 is 22:13:20.
    const opening = Date.UTC(2023, 10, 15, 8);
    await reschedule(store, T0);
    const sentAts = await Promise.all([0, 1, 2, 3].map(async (number) => (await mustFind(store, `m${number}`)).sentAt));
    assert.deepEqual(
      sentAts.map((sentAt) => (sentAt - opening) / MINUTE_MS),
      [0, 30, 24 * 60, 24 * 60 + 30],
    );
    await store.changeBulkStatus(change("PAUSED"));
    await store.changeBulkStatus(change("PENDING", { now: opening + 45 * MINUTE_MS }));
    const claims = [45, 59, 24 * 60, 24 * 60 + 30].map((minutes) => opening + minutes * MINUTE_MS);
    const claimed = [];
    for (const now of claims) claimed.push(await claimAt(store, now));
    assert.deepEqual(claimed, [["m0"], [], ["m1"], ["m2"]]);
  });

  test("what has left or ended is not moved", async (store) => {
    assert.equal((await reschedule(store, T0)).bulk, null, "nobody knows it");
    await store.insertMessages([newMessage("m")]);
    const [message] = await store.claimDue(claimOf());
    assert.ok(message !== undefined);
    const gone = await reschedule(store, T0 + HOUR_MS);
    assert.deepEqual(gone, {
      bulk: { bulkId: "bulk", status: "PROCESSING", sendAt: T0 },
      isAllowed: true,
      changedCount: 0,
      next: null,
    });
    await store.moveMessages([submitted(message, "c", { to: "undeliverable" })]);
    const ended = await reschedule(store, T0 + HOUR_MS);
    assert.deepEqual([ended.isAllowed, statusOf(ended)], [false, "FINISHED"]);
  });
}

function describeCancels(test: StoreTest) {
  test("canceled messages end with their error and their reports, and nothing more leaves", async (store) => {
    const webhookUrl = "https://a.example/reports";
    await store.insertMessages([newMessage("pulled", scheduled(T0 + HOUR_MS)), newMessage("pushed", { webhookUrl })]);
    await store.changeBulkStatus(change("PAUSED"));
    const canceled = await store.changeBulkStatus(change("CANCELED"));
    assert.deepEqual([statusOf(canceled), canceled.changedCount], ["CANCELED", 2]);
    const { state, statusId, errorId, doneAt } = await mustFind(store, "pulled");
    assert.deepEqual({ state, statusId, errorId, doneAt }, { state: "canceled", ...CANCELED, doneAt: T0 });
    assert.deepEqual(idsOf(await store.takeReports(reportsOf())), ["pulled"]);
    const [webhook] = await store.claimWebhooks(webhooksOf());
    assert.ok(webhook !== undefined && "message" in webhook);
    assert.deepEqual([webhook.message.messageId, webhook.message.state], ["pushed", "canceled"]);
    assert.deepEqual(await claimAt(store, T0 + 2 * HOUR_MS), []);
    assert.equal((await store.changeBulkStatus(change("PENDING"))).isAllowed, false);
    assert.equal((await store.insertMessages([])).openCount, 0);
    await assertLedgerCloses(store);
  });

  test("what was claimed when its bulk was canceled goes out, or ends when it comes back; in doubt it is not sent again", async (store) => {
    await store.insertMessages([newMessage("sent"), newMessage("back"), newMessage("doubt")]);
    const [sent, back, doubt] = await store.claimDue(claimOf());
    assert.ok(sent !== undefined && back !== undefined && doubt !== undefined);
    assert.equal(statusOf(await store.changeBulkStatus(change("CANCELED"))), "CANCELED");
    const move = { from: "claimed", to: "queued", statusId: STATUS_ID.enroute, errorId: 0, at: T0 + 5 } as const;
    const moves = [
      submitted(sent, "c-sent"),
      { ...move, seq: back.seq, attempts: back.attempts },
      { ...move, seq: doubt.seq, attempts: doubt.attempts, doubt: "resent" as const },
    ];
    assert.deepEqual(await store.moveMessages(moves), [true, true, true]);
    const states = await Promise.all(["sent", "back", "doubt"].map(async (id) => (await mustFind(store, id)).state));
    assert.deepEqual(states, ["submitted", "canceled", "uncertain"]);
    assert.equal((await mustFind(store, "doubt")).doubt, "held");
    assert.equal((await store.findBulk(1, "bulk", T0))?.status, "CANCELED");
    await assertLedgerCloses(store);
  });

  test("what is accepted under the id of a canceled bulk afterwards goes its way", async (store) => {
    await store.insertMessages([newMessage("before")]);
    await store.changeBulkStatus(change("CANCELED"));
    await store.insertMessages([newMessage("after")]);
    assert.equal((await store.findBulk(1, "bulk", T0))?.status, "PROCESSING");
    const [message] = await store.claimDue(claimOf());
    assert.ok(message?.messageId === "after");
    const { seq, attempts } = message;
    await store.moveMessages([{ seq, attempts, from: "claimed", to: "queued", statusId: 7, errorId: 0, at: T0 }]);
    assert.deepEqual(await claimAt(store, T0), ["after"]);
  });

  test("a wish goes with the last message of its bulk", async (store) => {
    await store.insertMessages([newMessage("m")]);
    await store.changeBulkStatus(change("CANCELED"));
    await store.takeReports(reportsOf());
    const before = T0 + 100 * HOUR_MS;
    assert.equal(await store.purge({ before, limit: 100 }), 2, "the message and the wish");
    assert.equal(await store.findBulk(1, "bulk", T0), null);
  });
}
