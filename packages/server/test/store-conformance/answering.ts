import assert from "node:assert/strict";
import type { LogFilter, MessageRecord } from "../../src/store/store.ts";
import {
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
  T0,
  type MessageChanges,
} from "./fixtures.ts";

const REFUSED = { state: "rejected", statusId: 6 } as const;

/** What a store answers to customers: reports that wait to be pulled, and logs. */
export function describeAnswering(test: StoreTest) {
  test("a report is given once", async (store, home) => {
    await submitAll(store, newMessages(3));
    await deliverAll(store, ["m0", "m1"]);
    const reports = await store.takeReports(reportsOf());
    assert.deepEqual(reports, [await mustFind(store, "m0"), await mustFind(store, "m1")]);
    assert.deepEqual(await store.takeReports(reportsOf()), []);
    const reopened = await home.reopen();
    assert.deepEqual(await reopened.takeReports(reportsOf()), []);
    assert.equal((await mustFind(reopened, "m0")).state, "delivered");
  });

  test("of many pulls at once no two get the same report, and none is left", async (store) => {
    await submitAll(store, newMessages(60));
    await deliverAll(store, idsOf(newMessages(60)));
    const pulls = await Promise.all(Array.from({ length: 20 }, () => store.takeReports(reportsOf({ limit: 7 }))));
    const ids = idsOf(pulls.flat());
    assert.equal(ids.length, 60);
    assert.equal(new Set(ids).size, 60);
  });

  test("the oldest reports come first, at most the limit", async (store) => {
    await submitAll(store, newMessages(5));
    for (const [index, messageId] of ["m3", "m1", "m4", "m0", "m2"].entries()) {
      await deliverAll(store, [messageId], T0 + 100 + index);
    }
    assert.deepEqual(idsOf(await store.takeReports(reportsOf({ limit: 2 }))), ["m3", "m1"]);
    assert.deepEqual(idsOf(await store.takeReports(reportsOf({ limit: 10 }))), ["m4", "m0", "m2"]);
  });

  test("a report born before `since` is not given", async (store) => {
    await submitAll(store, newMessages(2));
    await deliverAll(store, ["m0"], T0 + 100);
    await deliverAll(store, ["m1"], T0 + 200);
    const now = T0 + 101 + 48 * HOUR_MS;
    assert.deepEqual(idsOf(await store.takeReports(reportsOf({ since: now - 48 * HOUR_MS }))), ["m1"]);
  });

  test("what is refused when it is accepted has its report at once", async (store) => {
    await store.insertMessages([newMessage("m", REFUSED)]);
    const [report] = await store.takeReports(reportsOf());
    assert.deepEqual([report?.messageId, report?.state, report?.doneAt], ["m", "rejected", T0]);
  });

  test("a report with a webhook is not pulled, and one that nobody wants is neither pushed nor pulled", async (store) => {
    const url = "https://example.com/reports";
    await submitAll(store, [
      newMessage("hook", { webhookUrl: url }),
      newMessage("none", { wantsReport: false }),
      newMessage("neither", { wantsReport: false, webhookUrl: url }),
    ]);
    await store.insertMessages([
      newMessage("refused-hook", { ...REFUSED, webhookUrl: url }),
      newMessage("refused-none", { ...REFUSED, wantsReport: false }),
      newMessage("refused-neither", { ...REFUSED, wantsReport: false, webhookUrl: url }),
    ]);
    await deliverAll(store, ["hook", "none", "neither"]);
    assert.deepEqual(await store.takeReports(reportsOf()), []);
    const now = T0 + HOUR_MS;
    const claim = { now, leaseUntil: now + 1, originsBusy: [], originsMax: 10, bucketSize: 10 };
    const webhooks = await store.claimWebhooks(claim);
    assert.deepEqual(idsOf(toldBy(webhooks)), ["refused-hook", "hook"]);
  });

  test("every filter of reports leaves the others for later", async (store) => {
    const marked: MessageChanges = {
      bulkId: "B",
      applicationId: "A",
      entityId: "E",
      campaignReferenceId: "C",
    };
    const filters = { ...marked, messageId: "marked" } as const;
    for (const [name, value] of Object.entries(filters)) {
      const prefix = `${name}-`;
      const messageId = name === "messageId" ? "marked" : `${prefix}hit`;
      await store.insertMessages([
        newMessage(`${prefix}miss`, REFUSED),
        newMessage(messageId, { ...REFUSED, [name]: value }),
      ]);
      assert.deepEqual(idsOf(await store.takeReports(reportsOf({ [name]: value }))), [messageId]);
    }
    const left = Object.keys(filters).map((name) => `${name}-miss`);
    assert.deepEqual(idsOf(await store.takeReports(reportsOf())), left);
  });

  test("reports of other accounts and channels are not given", async (store) => {
    await store.insertMessages([
      newMessage("m", REFUSED),
      newMessage("m", { ...REFUSED, accountId: 2 }),
      newMessage("w", { ...REFUSED, channel: "WHATSAPP" }),
    ]);
    assert.deepEqual(idsOf(await store.takeReports(reportsOf({ channel: "WHATSAPP" }))), ["w"]);
    const [other, ...more] = await store.takeReports(reportsOf({ accountId: 2 }));
    assert.deepEqual([other?.accountId, more.length], [2, 0]);
    assert.deepEqual(idsOf(await store.takeReports(reportsOf())), ["m"]);
  });

  test("logs are given newest first, as often as one likes, at most the limit", async (store) => {
    await store.insertMessages([0, 1, 2].map((index) => newMessage(`m${index}`, { acceptedAt: T0 + index })));
    await store.insertMessages([newMessage("last", { acceptedAt: T0 + 2 })]);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(idsOf(await store.findLogs(logsOf())), ["last", "m2", "m1", "m0"]);
    }
    assert.deepEqual(idsOf(await store.findLogs(logsOf({ limit: 2 }))), ["last", "m2"]);
    assert.deepEqual(await store.findLogs(logsOf({ limit: 1 })), [await mustFind(store, "last")]);
  });

  test("logs may leave out what was sent and has ended before a time, and keep what is open", async (store) => {
    await submitAll(store, newMessages(3));
    await store.applyReceipts([receiptOf("c-m0", { doneAt: T0 + 20 })], T0 + 20, 10);
    await store.applyReceipts([receiptOf("c-m1", { doneAt: T0 + 40 })], T0 + 40, 10);
    await store.insertMessages([newMessage("young", { acceptedAt: T0 + 30, state: "rejected" })]);
    const since = async (recentSince: number) => idsOf(await store.findLogs(logsOf({ recentSince }))).toSorted();
    assert.deepEqual(await since(T0 + 20), ["m0", "m1", "m2", "young"]);
    assert.deepEqual(await since(T0 + 21), ["m1", "m2", "young"]);
    assert.deepEqual(await since(T0 + 31), ["m1", "m2"]);
    assert.deepEqual(await since(T0 + 41), ["m2"]);
  });

  test("logs are limited by the time of sending, both ends included", async (store) => {
    await store.insertMessages([0, 1, 2, 3, 4].map((index) => newMessage(`m${index}`, { acceptedAt: T0 + index })));
    const logs = await store.findLogs(logsOf({ sentSince: T0 + 1, sentUntil: T0 + 3 }));
    assert.deepEqual(idsOf(logs), ["m3", "m2", "m1"]);
  });

  test("every filter of logs, alone and all together", async (store) => {
    const fields = {
      sender: "S",
      destination: "4900",
      bulkId: "B",
      campaignReferenceId: "C",
      applicationId: "A",
      entityId: "E",
    };
    await store.insertMessages([
      newMessage("plain"),
      newMessage("foreign", { ...fields, accountId: 2 }),
      newMessage("chat", { ...fields, channel: "WHATSAPP" }),
      newMessage("hit", { ...fields, state: "held" }),
    ]);
    const filters: Partial<LogFilter> = {
      sender: "S",
      destination: "4900",
      bulkIds: ["none", "B"],
      messageIds: ["hit", "foreign", "none"],
      campaignReferenceIds: ["C"],
      applicationId: "A",
      entityId: "E",
      states: ["held", "delivered"],
    };
    for (const [name, value] of Object.entries(filters)) {
      assert.deepEqual(idsOf(await store.findLogs(logsOf({ [name]: value }))), ["hit"], name);
    }
    assert.deepEqual(idsOf(await store.findLogs(logsOf(filters))), ["hit"]);
    assert.deepEqual(await store.findLogs(logsOf({ ...filters, states: ["queued"] })), []);
    assert.deepEqual(await store.findLogs(logsOf({ bulkIds: [] })), [], "nothing is in an empty list");
  });

  test("a filter's text is a value and nothing else", async (store) => {
    const odd = `x' or "1"="1" -- %_*`;
    await store.insertMessages([newMessage("m"), newMessage("n", { sender: odd, bulkId: odd })]);
    assert.deepEqual(idsOf(await store.findLogs(logsOf({ sender: odd, bulkIds: [odd] }))), ["n"]);
    assert.deepEqual(idsOf(await store.findLogs(logsOf({ sender: "%" }))), []);
  });

  test("the cursor walks the whole set without a gap or a double", async (store) => {
    const count = 53;
    const messages = newMessages(count).map((message, index) => ({
      ...message,
      // Many at the same millisecond, so that a page ends among equals.
      acceptedAt: T0 + Math.floor(index / 10),
      bulkId: index % 2 === 0 ? "even" : "odd",
    }));
    await store.insertMessages(messages);
    for (const filter of [logsOf(), logsOf({ bulkIds: ["even"] })]) {
      const all = await store.findLogs(filter);
      const walked: MessageRecord[] = [];
      for (;;) {
        const last = walked.at(-1);
        const after = last === undefined ? {} : { after: { sentAt: last.sentAt, seq: last.seq } };
        const page = await store.findLogs({ ...filter, ...after, limit: 7 });
        walked.push(...page);
        if (page.length < 7) break;
      }
      assert.deepEqual(idsOf(walked), idsOf(all));
    }
    assert.equal((await store.findLogs(logsOf())).length, count);
  });

  test("a log shows how a message stands now", async (store) => {
    await store.insertMessages([newMessage("m")]);
    assert.equal((await store.findLogs(logsOf()))[0]?.state, "queued");
    await store.claimDue(claimOf());
    assert.equal((await store.findLogs(logsOf()))[0]?.state, "claimed");
  });
}
