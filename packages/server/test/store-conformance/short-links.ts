import assert from "node:assert/strict";
import type { DueEvent, NewEvent, NewShortLink, Store } from "../../src/store/store.ts";
import { deliverAll, HOUR_MS, newMessage, newMessages, type StoreTest, submitAll, T0, webhooksOf } from "./fixtures.ts";

const TARGET = { url: "https://shop.example/ü?a=b", trackingUrl: "https://a.example/clicks", tracksClicks: true };
const REFUSED = { state: "rejected", statusId: 6 } as const;

function link(code: string, message: number, changes: Partial<NewShortLink["target"]> = {}): NewShortLink {
  return { code, message, target: { ...TARGET, ...changes } };
}

const CLICK: NewEvent = { accountId: 1, kind: "SMS_CLICK", url: TARGET.trackingUrl, body: '{"a":1}', createdAt: T0 };

async function countOf(store: Store, code: string) {
  return (await store.findShortLink(code))?.clickCount;
}

/** Links in messages: kept, found and counted. */
export function describeShortLinks(test: StoreTest) {
  test("a short link is found by its code, with its message, and outlives a restart", async (store, home) => {
    const facts = { callbackData: "data", applicationId: "app", entityId: "entity" };
    const messages = [newMessage("m0"), newMessage("m1", { destination: "385981234567", ...facts })];
    const shortLinks = [link("code0", 0, { trackingUrl: null, tracksClicks: false }), link("code1", 1)];
    await store.insertMessages(messages, { shortLinks });
    const reopened = await home.reopen();
    const common = { accountId: 1, channel: "SMS", bulkId: "bulk", sender: "Posthorn", clickCount: 0, url: TARGET.url };
    assert.deepEqual(
      { ...(await reopened.findShortLink("code1")) },
      { ...TARGET, ...common, ...facts, code: "code1", messageId: "m1", destination: "385981234567" },
    );
    const first = await reopened.findShortLink("code0");
    assert.deepEqual([first?.messageId, first?.trackingUrl, first?.tracksClicks], ["m0", null, false]);
    assert.equal(await reopened.findShortLink("CODE1"), null);
  });

  test("a link is stored with its message or not at all", async (store) => {
    await store.insertMessages([newMessage("m0")]);
    const request = { accountId: 1, key: "k", operation: "send", bodyHash: "", answer: "", createdAt: T0 };
    await store.insertMessages([newMessage("x")], { requests: [{ ...request, from: 0, until: 1 }] });
    const messages = [newMessage("m0"), newMessage("m1"), newMessage("m2")];
    const shortLinks = [link("taken-id", 0), link("stored", 1), link("taken-key", 2)];
    const requests = [{ ...request, from: 2, until: 3 }];
    const { inserted } = await store.insertMessages(messages, { shortLinks, requests });
    assert.deepEqual(inserted, [false, true, false]);
    assert.equal(await store.findShortLink("taken-id"), null);
    assert.equal(await store.findShortLink("taken-key"), null);
    assert.equal((await store.findShortLink("stored"))?.messageId, "m1");
  });

  test("a message that takes over an id has its own links, and the older one keeps its own", async (store) => {
    await store.insertMessages([newMessage("m", { destination: "1111111" })], { shortLinks: [link("older", 0)] });
    const younger = newMessage("m", { destination: "2222222", acceptedAt: T0 + HOUR_MS });
    await store.insertMessages([younger], { shortLinks: [link("younger", 0)], duplicateLookBackMs: 1 });
    assert.equal((await store.findShortLink("older"))?.destination, "1111111");
    assert.equal((await store.findShortLink("younger"))?.destination, "2222222");
  });

  test("a code that is taken fails its call whole, and the link stays whose it was", async (store) => {
    await store.insertMessages([newMessage("m0")], { shortLinks: [link("code", 0)] });
    const call = store.insertMessages([newMessage("m1")], { shortLinks: [link("code", 0, { url: "https://b" })] });
    await assert.rejects(call, { code: "STORE_FAILED" });
    assert.equal(await store.findMessage(1, "m1"), null);
    const { url, messageId } = (await store.findShortLink("code")) ?? {};
    assert.deepEqual([url, messageId], [TARGET.url, "m0"]);
  });

  test("clicks are counted, and told where they have an event", async (store) => {
    await store.insertMessages(newMessages(2), { shortLinks: [link("code0", 0), link("code1", 1)] });
    await store.recordClicks([
      { code: "code0", event: CLICK },
      { code: "code0", event: null },
      { code: "code1", event: null },
      { code: "gone", event: CLICK },
    ]);
    assert.deepEqual([await countOf(store, "code0"), await countOf(store, "code1")], [2, 1]);
    const webhooks = await store.claimWebhooks(webhooksOf());
    assert.deepEqual(
      webhooks.map((webhook) => [webhook.kind, webhook.url, (webhook as DueEvent).body]),
      [["SMS_CLICK", CLICK.url, CLICK.body]],
    );
  });

  test("a link goes with its message and not before", async (store) => {
    await submitAll(store, [newMessage("open")]);
    await store.insertMessages([newMessage("ended", REFUSED)], { shortLinks: [link("ended", 0)] });
    await store.insertMessages([newMessage("waits")], { shortLinks: [link("waits", 0)] });
    await deliverAll(store, ["open"]);
    const before = T0 + 100 * HOUR_MS;
    assert.equal(await store.purge({ before, limit: 100 }), 2);
    assert.equal(await store.findShortLink("ended"), null);
    assert.equal((await store.findShortLink("waits"))?.messageId, "waits");
  });

  test("a message that is given the place of one that is gone does not inherit its links", async (store) => {
    await store.insertMessages([newMessage("old", REFUSED)], { shortLinks: [link("code", 0)] });
    await store.purge({ before: T0 + 100 * HOUR_MS, limit: 100 });
    await store.insertMessages([newMessage("new")]);
    assert.equal(await store.findShortLink("code"), null);
  });
}
