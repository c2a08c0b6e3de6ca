import assert from "node:assert/strict";
import type { NewInbound, NewInboundMessage, OpenedWindow, WindowFilter } from "../../src/store/inbound.ts";
import {
  PROFILE_KIND,
  receiverOfProfile,
  subscriptionDocumentId,
  SUBSCRIPTION_KIND,
} from "../../src/store/subscription-documents.ts";
import type { DocumentChange, NewEvent, Receipt, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  mustFind,
  newMessage,
  receiptOf,
  type StoreTest,
  submitAll,
  submitted,
  T0,
  toldBy,
  webhooksOf,
  type MessageChanges,
} from "./fixtures.ts";

const USER = "385919998888";
const NUMBER = "447860000001";
const CONTENT = JSON.stringify({ message: { type: "TEXT", text: "hi ½" }, contact: { name: "Frank" } });

function inbound(message: Partial<NewInboundMessage> = {}, more: Partial<NewInbound> = {}): NewInbound {
  return {
    message: {
      accountId: 1,
      messageId: "wamid.1",
      channel: "WHATSAPP",
      carrier: "north",
      carrierMessageId: "wamid.1",
      sender: USER,
      destination: NUMBER,
      text: "hi ½",
      cleanText: "hi ½",
      keyword: null,
      encoding: "UTF8",
      partCount: 1,
      receivedAt: T0,
      storedAt: T0,
      isForInbox: true,
      callbackData: null,
      applicationId: null,
      entityId: null,
      campaignReferenceId: null,
      content: CONTENT,
      ...message,
    },
    event: null,
    reply: null,
    groupId: null,
    ...more,
  };
}

function opened(openedAt: number, ...contacts: readonly string[]): { readonly window: OpenedWindow } {
  return { window: { openedAt, closesAt: openedAt + 24 * HOUR_MS, contacts } };
}

const whatsApp = (messageId: string, changes: MessageChanges = {}) =>
  newMessage(messageId, { channel: "WHATSAPP", webhookKind: "WHATSAPP", ...changes });
const seenOf = (carrierMessageId: string, seenAt: number) => receiptOf(carrierMessageId, { doneAt: seenAt, seenAt });
const outcomesOf = async (store: Store, receipts: readonly Receipt[], now: number) =>
  (await store.applyReceipts(receipts, now, 10)).outcomes;
const windowsOf = async (store: Store, filter: Partial<WindowFilter> = {}) =>
  (await store.findWindows({ accountId: 1, limit: 100, ...filter })).map(({ sender, contact, openedAt, closesAt }) => [
    sender,
    contact,
    openedAt - T0,
    (closesAt - openedAt) / HOUR_MS,
  ]);

/** What only WhatsApp has: contents, windows, messages that were read. */
export function describeWhatsApp(test: StoreTest) {
  describeContents(test);
  describeWindows(test);
  describeSeen(test);

  test("events are born with the documents that they tell of, and not where these are refused", async (store) => {
    const event = (body: string): NewEvent => {
      const facts = { accountId: 1, kind: "WHATSAPP_TEMPLATE_UPDATE", createdAt: T0 } as const;
      return { ...facts, body, url: "https://a.example/in" };
    };
    const write: DocumentChange = { action: "create", accountId: 1, kind: "thing", id: "a", body: "{}", at: T0 };
    assert.equal((await store.changeDocuments([write], [event('{"n":1}')])).isDone, true);
    assert.equal((await store.changeDocuments([write], [event('{"n":2}')])).isDone, false);
    const bodies = (await store.claimWebhooks(webhooksOf())).map((webhook) => "body" in webhook && webhook.body);
    assert.deepEqual(bodies, ['{"n":1}']);
  });
}

function describeContents(test: StoreTest) {
  test("a content is kept whole, and outlives a restart", async (store, home) => {
    await store.storeInbound([inbound()]);
    const filter = { accountId: 1, since: T0, limit: 10 };
    const reopened = await home.reopen();
    assert.deepEqual((await reopened.takeInbox({ ...filter, channel: "SMS" })).messages, []);
    const { messages } = await reopened.takeInbox({ ...filter, channel: "WHATSAPP" });
    assert.deepEqual(
      messages.map(({ content }) => content),
      [CONTENT],
    );
  });

  test("on WhatsApp the carrier's id alone says that it is the same message", async (store) => {
    await store.storeInbound([inbound()]);
    const results = await store.storeInbound([
      inbound({ text: "other" }),
      inbound({ sender: "HR.123" }),
      inbound({ carrier: "south" }),
      inbound({ accountId: 2 }),
      inbound({ carrierMessageId: "wamid.2" }),
      inbound({ carrierMessageId: null }),
    ]);
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ["duplicate", "duplicate", "stored", "stored", "stored", "stored"],
    );
  });

  test("a message is found by its carrier's id: the account's and the carrier's own, and the last of several", async (store) => {
    await submitAll(store, [whatsApp("a"), whatsApp("b", { accountId: 2 })]);
    const find = async (accountId: number, carrier: string, id: string) =>
      (await store.findByCarrierId(accountId, carrier, id))?.messageId ?? null;
    assert.deepEqual(
      [await find(1, "north", "c-a"), await find(1, "south", "c-a"), await find(1, "north", "c-b")],
      ["a", null, null],
    );
    const [later] = await store.insertMessages([whatsApp("later")]).then(() => store.claimDue(claimOf()));
    assert.ok(later !== undefined);
    await store.moveMessages([submitted(later, "c-a")]);
    assert.equal(await find(1, "north", "c-a"), "later");
  });
}

function describeWindows(test: StoreTest) {
  test("the last message of a user to a number is found, by phone or by user id, also after a restart", async (store, home) => {
    const at = (time: number) => ({ receivedAt: time, storedAt: time + 2 });
    const contact = JSON.stringify({ message: { type: "TEXT" }, contact: { phone: USER, userId: "HR.1" } });
    const messages: readonly [
      id: string,
      time: number,
      more: Partial<NewInboundMessage>,
      contacts: readonly string[],
    ][] = [
      ["1", T0, { content: contact }, [USER, "HR.1"]],
      ["2", T0 + 200, { content: contact }, [USER, "HR.1"]],
      ["late", T0 + 100, { storedAt: T0 + 300, content: contact }, [USER, "HR.1"]],
      ["other user", T0 + 210, { sender: "385919998889" }, ["385919998889"]],
      ["other number", T0 + 220, { destination: "447860000002" }, [USER]],
      ["other account", T0 + 230, { accountId: 2 }, [USER]],
      ["by id", T0 + 240, { sender: "HR.2", content: CONTENT }, ["HR.2"]],
    ];
    for (const [id, time, more, contacts] of messages) {
      await store.storeInbound([inbound({ carrierMessageId: id, ...at(time), ...more }, opened(time, ...contacts))]);
    }
    const reopened = await home.reopen();
    const find = (changes: object = {}) =>
      reopened.findLastInbound({ accountId: 1, carrier: "north", sender: NUMBER, contact: USER, ...changes });
    assert.deepEqual(
      [await find(), await find({ contact: "HR.1" }), await find({ contact: "HR.2" })],
      ["2", "2", "by id"],
    );
    assert.deepEqual(
      [
        await find({ sender: "447860000002" }),
        await find({ accountId: 2 }),
        await find({ contact: "385919998889" }),
        await find({ carrier: "south" }),
        await find({ contact: "385919998880" }),
      ],
      ["other number", "other account", "other user", null, null],
    );
    await reopened.purge({ before: T0 + 100_000 * HOUR_MS, limit: 100 });
    assert.equal(await find(), null);
  });

  test("a message opens a window for each way to write to its user; a duplicate does not", async (store, home) => {
    await store.storeInbound([inbound({}, opened(T0, USER, "HR.1"))]);
    await store.storeInbound([inbound({}, opened(T0 + 5, USER))]);
    assert.deepEqual(await windowsOf(await home.reopen()), [
      [NUMBER, USER, 0, 24],
      [NUMBER, "HR.1", 0, 24],
    ]);
  });

  test("a later message opens it for longer, and one that was handed over late does not shorten it", async (store) => {
    await store.storeInbound([
      inbound({ carrierMessageId: "1" }, opened(T0, USER)),
      inbound({ carrierMessageId: "3" }, opened(T0 + 300, USER)),
      inbound({ carrierMessageId: "2" }, opened(T0 + 200, USER)),
    ]);
    assert.deepEqual(await windowsOf(store), [[NUMBER, USER, 300, 24]]);
  });

  test("windows are found by account, number and user, the last to close first, and only open ones where that is asked", async (store) => {
    await store.storeInbound([
      inbound({ carrierMessageId: "1" }, opened(T0, "1")),
      inbound({ carrierMessageId: "2", destination: "other" }, opened(T0 + 1, "1")),
      inbound({ carrierMessageId: "3" }, opened(T0 + 2, "2")),
      inbound({ carrierMessageId: "4", accountId: 2 }, opened(T0 + 3, "1")),
    ]);
    const contactsOf = async (filter: Partial<WindowFilter>) =>
      (await windowsOf(store, filter)).map(([sender, contact]) => `${sender} ${contact}`);
    assert.deepEqual(await contactsOf({}), [`${NUMBER} 2`, "other 1", `${NUMBER} 1`]);
    assert.deepEqual(await contactsOf({ limit: 1 }), [`${NUMBER} 2`]);
    assert.deepEqual(await contactsOf({ sender: NUMBER, contact: "1" }), [`${NUMBER} 1`]);
    assert.deepEqual(await contactsOf({ openAt: T0 + 24 * HOUR_MS + 1 }), [`${NUMBER} 2`]);
    assert.deepEqual(await contactsOf({ accountId: 2 }), [`${NUMBER} 1`]);
  });

  test("a window goes when it is old and closed", async (store) => {
    await store.storeInbound([inbound({ storedAt: T0 + 100 * HOUR_MS }, opened(T0, USER))]);
    assert.equal(await store.purge({ before: T0 + 24 * HOUR_MS, limit: 10 }), 0);
    assert.equal(await store.purge({ before: T0 + 24 * HOUR_MS + 1, limit: 10 }), 1);
    assert.deepEqual(await windowsOf(store), []);
  });
}

function describeSeen(test: StoreTest) {
  const WEBHOOK = { webhookUrl: "https://a.example/reports" };
  const kindsOf = async (store: Store) => {
    const due = await store.claimWebhooks(webhooksOf());
    return due.map(({ kind, url }, index) => [kind, url, (toldBy(due)[index]?.doneAt ?? 0) - T0]);
  };

  test("a message that was read is delivered, and noted and told once, after its end", async (store) => {
    await submitAll(store, [whatsApp("m", WEBHOOK)]);
    const marks = [seenOf("c-m", T0 + 40), seenOf("c-m", T0 + 50)];
    assert.deepEqual(await outcomesOf(store, marks, T0 + 100), ["applied", "ignored"]);
    assert.deepEqual(await outcomesOf(store, [seenOf("c-m", T0 + 60)], T0 + 100), ["ignored"]);
    const { state, doneAt, seenAt } = await mustFind(store, "m");
    assert.deepEqual([state, doneAt, seenAt], ["delivered", T0 + 40, T0 + 40]);
    // A later word on a message waits for the earlier one.
    const [first] = await store.claimWebhooks(webhooksOf());
    assert.equal(first?.kind, "WHATSAPP");
    await store.settleWebhooks([{ id: first.id, outcome: "delivered", at: T0 + HOUR_MS }]);
    assert.deepEqual(await kindsOf(store), [["WHATSAPP_SEEN", WEBHOOK.webhookUrl, 40]]);
    await assertLedgerCloses(store);
  });

  test("read after it was delivered changes nothing but that; the carrier's clock is held to ours", async (store) => {
    await submitAll(store, [whatsApp("m", WEBHOOK)]);
    await store.applyReceipts([receiptOf("c-m")], T0 + 30, 10);
    const [report] = await store.claimWebhooks(webhooksOf());
    await store.settleWebhooks([{ id: report?.id ?? 0, outcome: "delivered", at: T0 + HOUR_MS }]);
    assert.deepEqual(await outcomesOf(store, [seenOf("c-m", T0 + 99 * HOUR_MS)], T0 + 100), ["applied"]);
    const { state, doneAt, seenAt } = await mustFind(store, "m");
    assert.deepEqual([state, doneAt, seenAt], ["delivered", T0 + 20, T0 + 100]);
    assert.deepEqual(await kindsOf(store), [["WHATSAPP_SEEN", WEBHOOK.webhookUrl, 100]]);
  });

  test("a message may be read long after its end, as long as it is kept", async (store) => {
    await submitAll(store, [whatsApp("m", WEBHOOK)]);
    await store.applyReceipts([receiptOf("c-m")], T0 + 30, 10);
    const later = T0 + 1_000 * HOUR_MS;
    assert.deepEqual(await outcomesOf(store, [receiptOf("c-m"), seenOf("c-m", later)], later), ["parked", "applied"]);
    assert.equal((await mustFind(store, "m")).seenAt, later);
  });

  test("what was never sent cannot be read", async (store) => {
    await submitAll(store, [whatsApp("m", WEBHOOK)]);
    await store.applyReceipts([receiptOf("c-m", { state: "rejected", statusId: 6 })], T0 + 30, 10);
    assert.deepEqual(await outcomesOf(store, [seenOf("c-m", T0 + 40)], T0 + 50), ["ignored"]);
    assert.equal((await mustFind(store, "m")).seenAt, null);
  });

  test("without a URL the subscriptions to SEEN are told, and nothing waits to be pulled for it", async (store, home) => {
    const profile = { action: "put", accountId: 1, kind: PROFILE_KIND, id: "p", at: T0 } as const;
    const subscription = { channel: "WHATSAPP", subscriptionId: "s", events: ["SEEN"], profileId: "p" };
    const id = subscriptionDocumentId("WHATSAPP", "s");
    await store.changeDocuments([
      { ...profile, body: JSON.stringify({ profileId: "p", webhook: { notifyUrl: "https://b.example/" } }) },
      { ...profile, kind: SUBSCRIPTION_KIND, id, body: JSON.stringify(subscription) },
    ]);
    await submitAll(store, [whatsApp("m"), whatsApp("unwanted", { wantsReport: false }), newMessage("sms")]);
    const reopened = await home.reopen();
    const marks = ["m", "unwanted", "sms"].map((messageId) => seenOf(`c-${messageId}`, T0 + 40));
    assert.deepEqual(await outcomesOf(reopened, marks, T0 + 50), ["applied", "applied", "applied"]);
    const due = await reopened.claimWebhooks(webhooksOf());
    assert.deepEqual(
      due.map(({ kind, origin }) => [kind, origin]),
      [["WHATSAPP_SEEN", receiverOfProfile(1, "p")]],
    );
  });

  test("a word on reading that comes before the answer is parked, and is told when that comes", async (store, home) => {
    await store.insertMessages([whatsApp("m", WEBHOOK)]);
    const [claimed] = await store.claimDue(claimOf());
    assert.ok(claimed !== undefined);
    assert.deepEqual(await outcomesOf(store, [seenOf("c-m", T0 + 5)], T0 + 6), ["parked"]);
    const reopened = await home.reopen();
    await reopened.moveMessages([submitted(claimed, "c-m")]);
    const { state, seenAt } = await mustFind(reopened, "m");
    assert.deepEqual([state, seenAt], ["delivered", T0 + 5]);
  });

  test("a word on reading finds its message by another of its ids, before and after the answer, and long after the end", async (store) => {
    const seenAs = (id: string, seenAt: number) => ({ ...seenOf(`unknown to ${id}`, seenAt), otherIds: ["none", id] });
    await submitAll(store, [whatsApp("m")]);
    const later = T0 + 1_000 * HOUR_MS;
    assert.deepEqual(await store.applyReceipts([seenAs("c-m", later)], later, 10), {
      outcomes: ["applied"],
      matchedIds: ["c-m"],
    });
    assert.equal((await mustFind(store, "m")).seenAt, later);
    await store.insertMessages([whatsApp("early")]);
    const [claimed] = await store.claimDue(claimOf());
    assert.ok(claimed !== undefined);
    assert.deepEqual(await outcomesOf(store, [seenAs("c-early", T0 + 5)], T0 + 6), ["parked"]);
    await store.moveMessages([submitted(claimed, "c-early")]);
    assert.equal((await mustFind(store, "early")).seenAt, T0 + 5);
  });

  test("a word on reading that is tried again, or ends a doubt, is noted", async (store) => {
    await store.insertMessages([whatsApp("m"), whatsApp("doubted")]);
    const claimed = await store.claimDue(claimOf());
    const [one, two] = claimed;
    assert.ok(one !== undefined && two !== undefined);
    const phone = { destination: one.destination };
    assert.deepEqual(await outcomesOf(store, [{ ...seenOf("1A", T0 + 5), ...phone }], T0 + 6), ["parked"]);
    const { carrierMessageId: _, submittedAt: _s, ...lost } = submitted(two, "");
    await store.moveMessages([submitted(one, "26"), { ...lost, to: "uncertain", doubt: "held" }]);
    const rematch = { now: T0 + 8, limit: 10, isForDoubtOnly: false, settledBefore: 0 };
    assert.deepEqual(await store.rematchReceipts(rematch), { looked: 1, matched: 1, next: null });
    assert.equal((await mustFind(store, "m")).seenAt, T0 + 5);
    const ending = { ...seenOf("c-d", T0 + 9), ...phone, reference: two.seq % 65_536 };
    assert.deepEqual(await outcomesOf(store, [ending], T0 + 10), ["applied"]);
    const { state, seenAt } = await mustFind(store, "doubted");
    assert.deepEqual([state, seenAt], ["delivered", T0 + 9]);
  });
}
