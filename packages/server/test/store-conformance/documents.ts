import assert from "node:assert/strict";
import { type DocumentChange, DOCUMENTS_PER_KIND_MAX, type NewEvent } from "../../src/store/store.ts";
import { HOUR_MS, type StoreTest, T0, webhooksOf } from "./fixtures.ts";

type Write = Extract<DocumentChange, { action: "create" | "replace" | "put" }>;

function write(action: Write["action"], id: string, changes: Partial<Write> = {}): Write {
  return { action, accountId: 1, kind: "thing", id, body: `{"of":"${id} ½"}`, at: T0, ...changes };
}

const remove = (id: string): DocumentChange => ({ action: "delete", accountId: 1, kind: "thing", id });

/** What accounts have set up. */
export function describeDocuments(test: StoreTest) {
  test("a document is kept whole, replaced, and deleted, and outlives a restart", async (store, home) => {
    assert.deepEqual(await store.changeDocuments([write("create", "a")]), { isDone: true });
    const kept = { accountId: 1, kind: "thing", id: "a", body: '{"of":"a ½"}', createdAt: T0, updatedAt: T0 };
    assert.deepEqual({ ...(await store.findDocument(1, "thing", "a")) }, kept);
    assert.deepEqual(await store.changeDocuments([write("replace", "a", { body: "{}", at: T0 + 5 })]), {
      isDone: true,
    });
    const reopened = await home.reopen();
    assert.deepEqual({ ...(await reopened.findDocument(1, "thing", "a")) }, { ...kept, body: "{}", updatedAt: T0 + 5 });
    assert.deepEqual(await reopened.changeDocuments([remove("a")]), { isDone: true });
    assert.equal(await reopened.findDocument(1, "thing", "a"), null);
  });

  test("a change that cannot be made is named, and none of its call is made", async (store) => {
    await store.changeDocuments([write("create", "a")]);
    const tried = async (change: DocumentChange) => store.changeDocuments([write("put", "b"), change]);
    assert.deepEqual(await tried(write("create", "a")), { isDone: false, index: 1, refusal: "exists" });
    assert.deepEqual(await tried(write("replace", "c")), { isDone: false, index: 1, refusal: "missing" });
    assert.deepEqual(await tried(remove("c")), { isDone: false, index: 1, refusal: "missing" });
    assert.equal(await store.findDocument(1, "thing", "b"), null);
  });

  test("changes of one call see those before them", async (store) => {
    const changes = [write("create", "a"), remove("a"), write("create", "a", { body: "{}" }), write("put", "a")];
    assert.deepEqual(await store.changeDocuments(changes), { isDone: true });
    assert.equal((await store.findDocument(1, "thing", "a"))?.body, '{"of":"a ½"}');
  });

  test("documents are listed in the order of their creation, by account and kind", async (store) => {
    await store.changeDocuments([
      write("create", "z"),
      write("create", "a"),
      write("create", "a", { accountId: 2 }),
      write("create", "a", { kind: "other" }),
      write("replace", "z", { at: T0 + 1 }),
    ]);
    const ids = async (accountId: number | null, kind: string) =>
      (await store.listDocuments(accountId, kind)).map((document) => [document.accountId, document.id]);
    assert.deepEqual(await ids(1, "thing"), [
      [1, "z"],
      [1, "a"],
    ]);
    assert.deepEqual(await ids(2, "thing"), [[2, "a"]]);
    assert.deepEqual(await ids(null, "thing"), [
      [1, "z"],
      [1, "a"],
      [2, "a"],
    ]);
    assert.deepEqual(await ids(3, "thing"), []);
  });

  test("an account has a limited number of documents of a kind", async (store) => {
    const all = Array.from({ length: DOCUMENTS_PER_KIND_MAX }, (_, index) => write("create", `${index}`));
    assert.deepEqual(await store.changeDocuments(all), { isDone: true });
    assert.deepEqual(await store.changeDocuments([write("put", "more")]), {
      isDone: false,
      index: 0,
      refusal: "full",
    });
    assert.deepEqual(await store.changeDocuments([write("put", "0"), write("create", "more", { accountId: 2 })]), {
      isDone: true,
    });
  });
}

/** A webhook of no subscription, to a receiver that did not fail yet. */
const PLAIN = { subscription: null, receiverFailures: 0 };

/** Webhooks that tell of something else than a message's outcome. */
export function describeEvents(test: StoreTest) {
  const event = (changes: Partial<Extract<NewEvent, { url: string }>> = {}): NewEvent => ({
    accountId: 7,
    kind: "SMS_INBOUND",
    url: "https://a.example:8443/in",
    body: '{"text":"½"}',
    createdAt: T0,
    ...changes,
  });

  test("an event is due at once, with its account and body, and outlives a restart", async (store, home) => {
    await store.insertEvents([event(), event({ kind: "SMS_CLICK", createdAt: T0 + 1 })]);
    const webhooks = await (await home.reopen()).claimWebhooks(webhooksOf({ now: T0 }));
    assert.equal(webhooks.length, 1);
    const [webhook] = webhooks;
    assert.ok(webhook !== undefined);
    const { id, ...rest } = webhook;
    assert.ok(Number.isSafeInteger(id));
    const { url, body, kind, accountId } = event();
    assert.deepEqual(rest, { accountId, url, origin: "https://a.example:8443", attempts: 0, kind, body, ...PLAIN });
  });

  test("events are settled, retried and purged like reports", async (store) => {
    await store.insertEvents([event(), event()]);
    const [first, second] = await store.claimWebhooks(webhooksOf({ now: T0 }));
    assert.ok(first !== undefined && second !== undefined);
    await store.settleWebhooks([
      { id: first.id, outcome: "delivered", at: T0 },
      { id: second.id, outcome: "retry", at: T0, dueAt: T0 + HOUR_MS, error: "HTTP 500" },
    ]);
    assert.deepEqual(await store.claimWebhooks(webhooksOf({ now: T0 + HOUR_MS - 1 })), []);
    const [again] = await store.claimWebhooks(webhooksOf({ now: T0 + HOUR_MS }));
    assert.deepEqual([again?.id, again?.attempts], [second.id, 1]);
    assert.equal(await store.purge({ before: T0 + 100 * HOUR_MS, limit: 10 }), 1);
  });
}
