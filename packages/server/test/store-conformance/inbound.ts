import assert from "node:assert/strict";
import type {
  InboxFilter,
  InboundRecord,
  KeepPartsOptions,
  NewInbound,
  NewInboundMessage,
  NewInboundPart,
  PartOutcome,
} from "../../src/store/inbound.ts";
import type { Store } from "../../src/store/store.ts";
import { claimOf, HOUR_MS, newMessage, type StoreTest, T0, webhooksOf } from "./fixtures.ts";

const FACTS: InboundRecord = {
  seq: 1,
  accountId: 1,
  messageId: "in-1",
  channel: "SMS",
  carrier: "north",
  sender: "385981234567",
  destination: "447860000001",
  text: "QUIZ ½ 🐎",
  cleanText: "½ 🐎",
  keyword: "QUIZ",
  encoding: "UCS2",
  partCount: 1,
  receivedAt: T0 - 5,
  callbackData: null,
  applicationId: null,
  entityId: null,
  campaignReferenceId: null,
  content: null,
};

function inbound(message: Partial<NewInboundMessage> = {}, more: Partial<NewInbound> = {}): NewInbound {
  const { seq, ...facts } = FACTS;
  return {
    message: { ...facts, carrierMessageId: null, storedAt: T0, isForInbox: true, ...message },
    event: null,
    reply: null,
    groupId: null,
    ...more,
  };
}

const inboxOf = (changes: Partial<InboxFilter> = {}): InboxFilter => ({
  accountId: 1,
  channel: "SMS",
  since: T0 - 48 * HOUR_MS,
  limit: 1_000,
  ...changes,
});

function part(number: number, changes: Partial<NewInboundPart> = {}): NewInboundPart {
  return {
    accountId: 1,
    channel: "SMS",
    carrier: "north",
    sender: "385981234567",
    destination: "447860000001",
    kind: "udh8",
    reference: 7,
    partCount: 3,
    number,
    encoding: "UCS2",
    octets: Uint8Array.of(0, number),
    nationalTables: {},
    receivedAt: T0 + number,
    carrierMessageId: null,
    digest: `d${number}`,
    inReplyTo: null,
    ...changes,
  };
}

const keeping = (changes: Partial<KeepPartsOptions> = {}): KeepPartsOptions => ({
  now: T0,
  dueAt: T0 + HOUR_MS,
  duplicateSince: T0 - HOUR_MS,
  partsPerSenderMax: 100,
  partsMax: 1_000,
  ...changes,
});

const keep = (store: Store, parts: readonly NewInboundPart[], changes: Partial<KeepPartsOptions> = {}) =>
  store.keepInboundParts(parts, keeping(changes));

const repeated = (count: number, outcome: PartOutcome) => Array.from({ length: count }, () => outcome);

/** What phones write. */
export function describeInbound(test: StoreTest) {
  describeWhole(test);
  describeParts(test);
}

function describeWhole(test: StoreTest) {
  test("an inbound message is given once, as it was stored, also after a restart", async (store, home) => {
    assert.deepEqual(await store.storeInbound([inbound(), inbound({ messageId: "in-2", isForInbox: false })]), [
      { outcome: "stored", isAnswered: false },
      { outcome: "stored", isAnswered: false },
    ]);
    const { messages, pendingCount } = await (await home.reopen()).takeInbox(inboxOf());
    assert.deepEqual([messages.map((message) => ({ ...message })), pendingCount], [[FACTS], 0]);
  });

  test("the inbox: oldest first, at most so many, not too old, by account and filters; and what is left", async (store) => {
    await store.storeInbound([
      inbound({ messageId: "a", storedAt: T0 - 100 }),
      inbound({ messageId: "b", storedAt: T0, applicationId: "x" }),
      inbound({ messageId: "c", storedAt: T0, entityId: "y", campaignReferenceId: "z" }),
      inbound({ messageId: "d", accountId: 2 }),
    ]);
    const take = async (changes: Partial<InboxFilter>) => {
      const { messages, pendingCount } = await store.takeInbox(inboxOf(changes));
      return [messages.map(({ messageId }) => messageId).join(), pendingCount];
    };
    assert.deepEqual(await take({ applicationId: "none" }), ["", 0]);
    assert.deepEqual(await take({ since: T0, limit: 0 }), ["", 2]);
    assert.deepEqual(await take({ limit: 1 }), ["a", 2]);
    assert.deepEqual(await take({ entityId: "y", campaignReferenceId: "z" }), ["c", 0]);
    assert.deepEqual(await take({ applicationId: "x" }), ["b", 0]);
    assert.deepEqual(await take({}), ["", 0]);
    assert.deepEqual(await take({ accountId: 2 }), ["d", 0]);
  });

  test("the same carrier id with the same text is a duplicate, and nothing follows from it", async (store) => {
    const same = { carrierMessageId: "c-1" };
    const event = {
      accountId: 1,
      kind: "SMS_INBOUND",
      url: "https://a.example/in",
      body: "{}",
      createdAt: T0,
    } as const;
    const reply = { message: newMessage("answer"), since: T0 - HOUR_MS, max: 5, openMessagesMax: 9 };
    const [first] = await store.storeInbound([inbound(same)]);
    const later = await store.storeInbound([
      inbound(same, { event, reply }),
      inbound({ ...same, text: "other" }),
      inbound({ ...same, accountId: 2 }),
      inbound({ ...same, carrier: "south" }),
      inbound(),
    ]);
    assert.deepEqual(
      [first, ...later].map((result) => result?.outcome),
      ["stored", "duplicate", "stored", "stored", "stored", "stored"],
    );
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: T0 })), []);
    assert.equal(await store.findMessage(1, "answer"), null);
  });

  test("webhook and auto-response are stored with their message, up to the limits", async (store) => {
    const event = {
      accountId: 1,
      kind: "SMS_INBOUND",
      url: "https://a.example/in",
      body: "{}",
      createdAt: T0,
    } as const;
    const answered = (messageId: string, message: Partial<NewInboundMessage> = {}) =>
      inbound(message, {
        event,
        reply: { message: newMessage(messageId), since: T0 - HOUR_MS, max: 2, openMessagesMax: 4 },
      });
    const results = await store.storeInbound([
      answered("r1"),
      answered("r2"),
      answered("r3"),
      answered("r4", { destination: "447860000002" }),
      answered("r5", { storedAt: T0 + HOUR_MS + 1, sender: "385981234568" }),
      answered("r6", { sender: "385981234569" }),
    ]);
    assert.deepEqual(
      results.map(({ isAnswered }) => isAnswered),
      [true, true, false, true, true, false],
    );
    assert.equal((await store.claimWebhooks(webhooksOf({ now: T0 }))).length, 6);
    const claimed = await store.claimDue(claimOf());
    assert.deepEqual(
      claimed.map(({ messageId }) => messageId),
      ["r1", "r2", "r4", "r5"],
    );
    const [row] = await store.ledger();
    assert.deepEqual([row?.accepted, row?.open], [4, 4]);
    const { openCount } = await store.insertMessages([]);
    assert.equal(openCount, 4);
  });

  test("old inbound messages and the traces of parts are purged", async (store) => {
    await store.storeInbound([inbound(), inbound({ storedAt: T0 + HOUR_MS, messageId: "young" })]);
    await keep(store, [part(1, { partCount: 2 }), part(2, { partCount: 2 })]);
    const [group] = await store.dueInboundGroups(T0, 10);
    await store.storeInbound([inbound({ isForInbox: false }, { groupId: group?.groupId ?? 0 })]);
    await keep(store, [part(1)]);
    assert.equal(await store.purge({ before: T0 + 1, limit: 10 }), 3);
    assert.equal(await store.purge({ before: T0 + 1, limit: 10 }), 0);
    const { messages } = await store.takeInbox(inboxOf());
    assert.deepEqual(
      messages.map(({ messageId }) => messageId),
      ["young"],
    );
    assert.equal((await store.dueInboundGroups(T0 + HOUR_MS, 10)).length, 1);
  });
}

function describeParts(test: StoreTest) {
  test("parts come in any order and over a restart, and are due when the last one is there", async (store, home) => {
    await keep(store, [part(3, { nationalTables: { singleShift: 1, lockingShift: 3 }, inReplyTo: "m" })]);
    await keep(store, [part(1)]);
    assert.deepEqual(await store.dueInboundGroups(T0 + HOUR_MS - 1, 10), []);
    const reopened = await home.reopen();
    assert.deepEqual(await keep(reopened, [part(2)], { now: T0 + 9 }), ["kept"]);
    const [group, ...others] = await reopened.dueInboundGroups(T0 + 9, 10);
    assert.ok(group !== undefined && others.length === 0);
    const { parts, groupId, ...key } = group;
    assert.deepEqual(
      { ...key },
      {
        accountId: 1,
        channel: "SMS",
        carrier: "north",
        sender: "385981234567",
        destination: "447860000001",
        kind: "udh8",
        reference: 7,
        partCount: 3,
        inReplyTo: "m",
      },
    );
    assert.deepEqual(
      parts.map(({ octets, ...rest }) => ({ ...rest, octets: [...octets] })),
      [1, 2, 3].map((number) => ({
        number,
        encoding: "UCS2",
        nationalTables: number === 3 ? { singleShift: 1, lockingShift: 3 } : {},
        receivedAt: T0 + number,
        octets: [0, number],
      })),
    );
    const closing = inbound({}, { groupId });
    assert.deepEqual(
      (await reopened.storeInbound([closing, closing])).map(({ outcome }) => outcome),
      ["stored", "duplicate"],
    );
    assert.deepEqual(await reopened.dueInboundGroups(T0 + 2 * HOUR_MS, 10), []);
  });

  test("a group that stays incomplete is due at its time", async (store) => {
    await keep(store, [part(2)]);
    assert.equal((await store.dueInboundGroups(T0 + HOUR_MS, 10)).length, 1);
  });

  test("whatever differs in the key is another message", async (store) => {
    const others: Partial<NewInboundPart>[] = [
      {},
      { accountId: 2 },
      { carrier: "south" },
      { sender: "385981234568" },
      { destination: "447860000002" },
      { kind: "udh16" },
      { kind: "sar" },
      { reference: 8 },
      { partCount: 4 },
    ];
    assert.deepEqual(
      await keep(
        store,
        others.map((changes) => part(1, changes)),
      ),
      repeated(others.length, "kept"),
    );
    assert.equal((await store.dueInboundGroups(T0 + HOUR_MS, 20)).length, others.length);
  });

  test("a part that comes again is known, while the group is open and after it was closed", async (store) => {
    const withId = (number: number, id: string) => part(number, { partCount: 2, carrierMessageId: id });
    assert.deepEqual(await keep(store, [withId(1, "a"), withId(1, "a"), withId(1, "b")]), [
      "kept",
      "duplicate",
      "duplicate",
    ]);
    assert.deepEqual(await keep(store, [withId(2, "c")]), ["kept"]);
    const [group] = await store.dueInboundGroups(T0, 10);
    await store.storeInbound([inbound({}, { groupId: group?.groupId ?? 0 })]);
    const nameless = part(2, { partCount: 2 });
    assert.deepEqual(await keep(store, [withId(2, "c"), nameless]), ["duplicate", "duplicate"]);
    // Another id: the phone has counted round and sends the same text again.
    assert.deepEqual(await keep(store, [withId(1, "x")]), ["kept"]);
    // Long after, nobody hands over anything again.
    assert.deepEqual(await keep(store, [nameless], { duplicateSince: T0 + 1 }), ["kept"]);
  });

  test("two messages of the same reference are kept apart as far as can be", async (store) => {
    const of = (number: number, which: string) => part(number, { partCount: 2, digest: `${which}${number}` });
    assert.deepEqual(await keep(store, [of(1, "a"), of(1, "b"), of(2, "a"), of(2, "b")]), repeated(4, "kept"));
    assert.equal((await store.dueInboundGroups(T0, 10)).length, 2);
  });

  test("at a limit a part is refused, and the oldest group in its way is due", async (store) => {
    const of = (sender: string, reference: number) => part(1, { sender, reference });
    const limits = { partsPerSenderMax: 2, partsMax: 4 };
    const outcomes = await keep(
      store,
      [of("1", 1), of("1", 2), of("1", 3), of("2", 1), of("2", 2), of("3", 1)],
      limits,
    );
    assert.deepEqual(outcomes, ["kept", "kept", "full", "kept", "kept", "full"]);
    const due = await store.dueInboundGroups(T0, 10);
    assert.deepEqual(
      due.map(({ sender, reference }) => [sender, reference]),
      [
        ["1", 1],
        ["1", 2],
      ],
    );
    await store.storeInbound(due.map(({ groupId }) => inbound({}, { groupId })));
    assert.deepEqual(await keep(store, [of("1", 3), of("3", 1)], limits), ["kept", "kept"]);
  });
}
