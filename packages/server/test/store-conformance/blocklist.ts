import assert from "node:assert/strict";
import type { BlocklistEntry, BlocklistFilter, NumberLookup } from "../../src/store/store.ts";
import { HOUR_MS, type StoreTest, T0, webhooksOf } from "./fixtures.ts";

function entry(destination: string, changes: Partial<BlocklistEntry> = {}): BlocklistEntry {
  return {
    accountId: 1,
    destination,
    sender: "",
    channel: "",
    sourceType: "CUSTOM",
    campaign: null,
    createdAt: T0,
    ...changes,
  };
}

const filter = (changes: Partial<BlocklistFilter> = {}): BlocklistFilter => ({
  accountId: 1,
  limit: 100,
  offset: 0,
  ...changes,
});

const target = (destination: string, sender = "Shop", channel = "SMS") => ({ destination, sender, channel });

/** Destinations that nothing is sent to. */
export function describeBlocklist(test: StoreTest) {
  test("an entry without sender and channel blocks all of them, one with them only those", async (store) => {
    await store.addToBlocklist([
      entry("1"),
      entry("2", { sender: "Shop" }),
      entry("3", { channel: "SMS" }),
      entry("4", { sender: "Shop", channel: "SMS" }),
    ]);
    const all = ["1", "2", "3", "4", "5"];
    const blocked = async (sender: string, channel: string) =>
      (
        await store.findBlocked(
          1,
          all.map((to) => target(to, sender, channel)),
        )
      ).blocked;
    assert.deepEqual(await blocked("Shop", "SMS"), [0, 1, 2, 3]);
    assert.deepEqual(await blocked("Bank", "SMS"), [0, 2]);
    assert.deepEqual(await blocked("Shop", "WHATSAPP"), [0, 1]);
    assert.deepEqual(await blocked("", "WHATSAPP"), [0]);
  });

  test("accounts have their own, and one without says so", async (store, home) => {
    await store.addToBlocklist([entry("1")]);
    const reopened = await home.reopen();
    assert.deepEqual(await reopened.findBlocked(1, [target("1")]), { blocked: [0], isEmpty: false });
    assert.deepEqual(await reopened.findBlocked(1, [target("2")]), { blocked: [], isEmpty: false });
    assert.deepEqual(await reopened.findBlocked(2, [target("1")]), { blocked: [], isEmpty: true });
  });

  test("a duplicate is left out, and is none where any of its properties differs", async (store) => {
    assert.equal(await store.addToBlocklist([entry("1"), entry("1", { createdAt: T0 + 1 }), entry("2")]), 2);
    const others = [{ sender: "Shop" }, { channel: "SMS" }, { sourceType: "MO" as const }, { accountId: 2 }];
    assert.equal(await store.addToBlocklist(others.map((changes) => entry("1", changes))), 4);
    const { entries, total } = await store.listBlocklist(filter({ destination: "1", sourceType: "CUSTOM" }));
    assert.equal(total, 3);
    assert.equal(entries.at(-1)?.createdAt, T0);
  });

  test("what is taken away must be named as it was added; without a source, whatever its source", async (store) => {
    await store.addToBlocklist([
      entry("1"),
      entry("1", { sourceType: "MO" }),
      entry("1", { sender: "Shop" }),
      entry("2", { sourceType: "MO" }),
    ]);
    const removal = { accountId: 1, destination: "1", sender: "", channel: "", sourceType: null };
    assert.equal(await store.removeFromBlocklist([{ ...removal, channel: "SMS" }]), 0);
    assert.equal(await store.removeFromBlocklist([{ ...removal, accountId: 2 }]), 0);
    assert.equal(await store.removeFromBlocklist([{ ...removal, destination: "2", sourceType: "CUSTOM" }]), 0);
    assert.equal(await store.removeFromBlocklist([removal]), 2);
    assert.equal((await store.listBlocklist(filter())).total, 2);
  });

  test("the list is filtered by each of its properties, the newest first, in pages", async (store) => {
    const all = [
      entry("1"),
      entry("2", { sender: "Shop", createdAt: T0 + 1 }),
      entry("3", { channel: "SMS", createdAt: T0 + 2 }),
      entry("4", { sourceType: "CAMPAIGN", campaign: "spring", createdAt: T0 + 3 }),
    ];
    await store.addToBlocklist(all);
    const found = async (changes: Partial<BlocklistFilter>) => {
      const { entries, total } = await store.listBlocklist(filter(changes));
      return [entries.map(({ destination }) => destination).join(""), total];
    };
    assert.deepEqual(
      (await store.listBlocklist(filter())).entries.map((row) => ({ ...row })),
      all.toReversed(),
    );
    assert.deepEqual(await found({ limit: 3, offset: 2 }), ["21", 4]);
    assert.deepEqual(await found({ offset: 4 }), ["", 4]);
    assert.deepEqual(await found({ destination: "2" }), ["2", 1]);
    assert.deepEqual(await found({ sender: "Shop" }), ["2", 1]);
    assert.deepEqual(await found({ channel: "SMS" }), ["3", 1]);
    assert.deepEqual(await found({ sourceType: "CAMPAIGN" }), ["4", 1]);
    assert.deepEqual(await found({ campaign: "spring" }), ["4", 1]);
    assert.deepEqual(await found({ createdFrom: T0 + 1, createdUntil: T0 + 2 }), ["32", 2]);
    assert.deepEqual(await found({ accountId: 2 }), ["", 0]);
  });
}

/** What was looked up, for its log. */
export function describeLookups(test: StoreTest) {
  const lookup = (messageId: string, changes: Partial<NumberLookup> = {}): NumberLookup => ({
    accountId: 1,
    bulkId: "b",
    messageId,
    destination: "385981234567",
    statusGroup: "EXPIRED",
    result: '{"of":"½"}',
    createdAt: T0,
    ...changes,
  });

  test("lookups are found by each filter, the newest first, and outlive a restart", async (store, home) => {
    const all = [
      lookup("m1"),
      lookup("m2", { bulkId: "c", createdAt: T0 + 1 }),
      lookup("m3", { destination: "41793026727", createdAt: T0 + 2 }),
      lookup("m4", { statusGroup: "REJECTED", createdAt: T0 + 3 }),
    ];
    await store.insertLookups([...all, lookup("m5", { accountId: 2 })], []);
    const reopened = await home.reopen();
    const found = async (changes: object) =>
      (await reopened.findLookups({ accountId: 1, since: T0, until: T0 + 10, limit: 10, ...changes })).map((row) => ({
        ...row,
      }));
    const ids = async (changes: object) => (await found(changes)).map(({ messageId }) => messageId);
    assert.deepEqual(await found({}), all.toReversed());
    assert.deepEqual(await ids({ limit: 2 }), ["m4", "m3"]);
    assert.deepEqual(await ids({ since: T0 + 1, until: T0 + 3 }), ["m3", "m2"]);
    assert.deepEqual(await ids({ bulkIds: ["c", "d"] }), ["m2"]);
    assert.deepEqual(await ids({ messageIds: ["m1", "m3", "m5"] }), ["m3", "m1"]);
    assert.deepEqual(await ids({ destination: "41793026727" }), ["m3"]);
    assert.deepEqual(await ids({ statusGroup: "REJECTED" }), ["m4"]);
  });

  test("lookups and the events that tell of them are kept in one call, and purged by their own age", async (store) => {
    const event = {
      accountId: 1,
      kind: "NUMBER_LOOKUP",
      url: "https://a.example/x",
      body: "{}",
      createdAt: T0,
    } as const;
    await store.insertLookups([lookup("m1"), lookup("m2", { createdAt: T0 + HOUR_MS })], [event]);
    const [webhook] = await store.claimWebhooks(webhooksOf({ now: T0 }));
    assert.equal(webhook?.kind, "NUMBER_LOOKUP");
    assert.equal(await store.purge({ before: 0, lookupsBefore: T0 + HOUR_MS, limit: 10 }), 1);
    const left = await store.findLookups({ accountId: 1, since: 0, until: T0 + 2 * HOUR_MS, limit: 10 });
    assert.deepEqual(
      left.map(({ messageId }) => messageId),
      ["m2"],
    );
  });
}
