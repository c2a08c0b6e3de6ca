import assert from "node:assert/strict";
import type { DocumentChange, DueWebhook, NewEvent, Store, WebhookResult } from "../../src/store/store.ts";
import {
  type EventFacts,
  PROFILE_KIND,
  receiverOfProfile,
  SUBSCRIPTION_KIND,
  subscriptionDocumentId,
} from "../../src/store/subscription-documents.ts";
import {
  HOUR_MS,
  idsOf,
  newMessage,
  newMessages,
  reportsOf,
  type StoreTest,
  T0,
  toldBy,
  webhooksOf,
} from "./fixtures.ts";

const REFUSED = { state: "rejected", statusId: 6 } as const;
const DEAD = "https://dead";

const bear = (store: Store, host: string, count: number) =>
  store.insertMessages(newMessages(count, `${host}-`, { ...REFUSED, webhookUrl: `https://${host}/` }));

const retries = (webhooks: readonly DueWebhook[], dueAt: number): WebhookResult[] =>
  webhooks.map(({ id }) => ({ id, outcome: "retry", at: T0, dueAt, error: "down" }));

/** How a store leaves failing receivers alone, and gives back what was given up. */
export function describeReceivers(test: StoreTest) {
  test("an open receiver gives nothing until its time, then one webhook, and everything once it is closed", async (store, home) => {
    await bear(store, "dead", 5);
    const claim = (now: number) => webhooksOf({ now, leaseUntil: now + HOUR_MS });
    const [first, ...rest] = await store.claimWebhooks(claim(T0));
    assert.ok(first !== undefined);
    assert.equal(first.receiverFailures, 0);
    const unsent = rest.map(({ id }): WebhookResult => ({ id, outcome: "unsent", dueAt: T0 }));
    const open = { origin: DEAD, failures: 3, openUntil: T0 + 1000 };
    await store.settleWebhooks([...retries([first], T0 + 500), ...unsent], open);
    await store.insertMessages([newMessage("later", { ...REFUSED, webhookUrl: `${DEAD}/`, acceptedAt: T0 + 1 })]);
    assert.deepEqual(await store.claimWebhooks(claim(T0 + 999)), []);
    const reopened = await home.reopen();
    const probe = await reopened.claimWebhooks(claim(T0 + 1000));
    assert.deepEqual(
      probe.map(({ receiverFailures, attempts }) => [receiverFailures, attempts]),
      [[3, 0]],
    );
    const delivered = probe.map(({ id }): WebhookResult => ({ id, outcome: "delivered", at: T0 + 1000 }));
    await reopened.settleWebhooks(delivered, { origin: DEAD, failures: 0, openUntil: null });
    assert.equal((await reopened.claimWebhooks(claim(T0 + 1000))).length, 5);
  });

  test("waiting receivers cost a claim nothing, and none of their webhooks is forgotten", async (store) => {
    for (let index = 0; index < 50; index += 1) await bear(store, `host${index}`, 1);
    const all = await store.claimWebhooks(webhooksOf({ now: T0, leaseUntil: T0 + HOUR_MS }));
    assert.equal(all.length, 50);
    await store.settleWebhooks(
      all.map(({ id }, index) => ({ id, outcome: "retry", at: T0, dueAt: T0 + index, error: "x" })),
    );
    for (let index = 0; index < 50; index += 1) {
      const due = await store.claimWebhooks(webhooksOf({ now: T0 + index, leaseUntil: T0 + HOUR_MS }));
      assert.equal(due.length, 1, `${index}`);
    }
  });

  test("several buckets are claimed of a receiver that takes them, one of a receiver that fails", async (store) => {
    await bear(store, "dead", 7);
    const claim = webhooksOf({ now: T0, bucketSize: 2, bucketsMax: 2, leaseUntil: T0 + HOUR_MS });
    const claimed = await store.claimWebhooks(claim);
    assert.equal(claimed.length, 4);
    await store.settleWebhooks(retries(claimed, T0 + HOUR_MS), { origin: DEAD, failures: 1, openUntil: null });
    assert.equal((await store.claimWebhooks(claim)).length, 2);
  });

  test("what waited too long for a failing receiver is given up, at most so many a call", async (store) => {
    await bear(store, "dead", 5);
    const [first] = await store.claimWebhooks(webhooksOf({ now: T0, bucketSize: 1 }));
    assert.ok(first !== undefined);
    const giveUp = { dueBefore: T0 + 1, limit: 3, error: "gone" };
    await store.settleWebhooks(retries([first], T0 + HOUR_MS), {
      origin: DEAD,
      failures: 9,
      openUntil: T0 + 9,
      giveUp,
    });
    const failed = await store.listWebhooks({ accountId: 1, state: "failed", limit: 10 });
    assert.deepEqual(
      failed.map(({ lastError }) => lastError),
      ["gone", "gone", "gone"],
    );
    assert.equal((await store.listWebhooks({ accountId: 1, state: "waiting", limit: 10 })).length, 2);
    assert.equal(await store.replayWebhooks({ accountId: 2, now: T0, limit: 10 }), 0);
    assert.equal(await store.replayWebhooks({ accountId: 1, now: T0, limit: 2, origin: DEAD }), 2);
    assert.equal((await store.claimWebhooks(webhooksOf({ now: T0 }))).length, 3);
  });

  test("attempts are kept with their webhook, the last ones of very many", async (store) => {
    await bear(store, "a", 1);
    const error = "e".repeat(500);
    for (let count = 1; count <= 60; count += 1) {
      const [due] = await store.claimWebhooks(webhooksOf({ now: T0 + count, leaseUntil: T0 + HOUR_MS }));
      assert.ok(due !== undefined);
      const attempt = { at: T0 + count, status: 500, durationMs: 7, error };
      await store.settleWebhooks([{ id: due.id, outcome: "retry", at: T0, dueAt: T0 + count + 1, error, attempt }]);
    }
    const [webhook] = await store.listWebhooks({ accountId: 1, limit: 1 });
    assert.equal(webhook?.attempts, 60);
    const history = webhook?.history ?? [];
    assert.ok(history.length >= 21 && history.length < 60, `${history.length}`);
    assert.deepEqual(history.at(-1), { at: T0 + 60, status: 500, durationMs: 7, error });
    assert.equal(history[0]?.at, T0 + 61 - history.length);
  });
}

const profile = (id: string, notifyUrl?: string): DocumentChange => ({
  accountId: 1,
  kind: PROFILE_KIND,
  id,
  action: "put",
  body: JSON.stringify(notifyUrl === undefined ? {} : { webhook: { notifyUrl } }),
  at: T0,
});

const subscription = (id: string, changes: object = {}, action: "put" | "create" = "put"): DocumentChange => ({
  accountId: 1,
  kind: SUBSCRIPTION_KIND,
  id: subscriptionDocumentId("SMS", id),
  action,
  body: JSON.stringify({ channel: "SMS", subscriptionId: id, events: ["DELIVERY"], profileId: "p", ...changes }),
  at: T0,
});

/** How a store finds who has subscribed. */
export function describeSubscribers(test: StoreTest) {
  const claimed = async (store: Store) => store.claimWebhooks(webhooksOf());

  test("a report without a URL is a webhook of its subscription, in the commit of its end, and is not pulled", async (store) => {
    await store.changeDocuments([profile("p", "https://a/"), subscription("s")]);
    await store.insertMessages([newMessage("m", REFUSED), newMessage("own", { ...REFUSED, webhookUrl: "https://b/" })]);
    const due = await claimed(store);
    assert.deepEqual(due.map(({ subscription: id, origin, url }) => `${id} ${origin} ${url}`).toSorted(), [
      `SMS:s ${receiverOfProfile(1, "p")} https://a/`,
      "null https://b https://b/",
    ]);
    assert.deepEqual(await store.takeReports(reportsOf()), []);
  });

  test("a change that is refused, or goes with one that is, tells nobody", async (store) => {
    await store.changeDocuments([profile("p", "https://a/"), subscription("s", { events: ["CLICK"] })]);
    const refused = await store.changeDocuments([subscription("t"), subscription("s", {}, "create")]);
    assert.equal(refused.isDone, false);
    await store.insertMessages([newMessage("m", REFUSED)]);
    assert.deepEqual(await claimed(store), []);
    assert.equal((await store.takeReports(reportsOf())).length, 1);
  });

  const PAIRS: readonly (readonly [string, object, boolean])[] = [
    ["no criteria", {}, true],
    ["its application", { criteria: [{ applicationId: "app" }] }, true],
    ["its entity", { criteria: [{ entityId: "entity" }] }, true],
    ["both", { criteria: [{ applicationId: "app", entityId: "entity" }] }, true],
    ["another pair first", { criteria: [{ applicationId: "x" }, { applicationId: "app" }] }, true],
    ["another entity of its application", { criteria: [{ applicationId: "app", entityId: "x" }] }, false],
    ["only a calls configuration", { criteria: [{ callsConfigurationId: "c" }] }, false],
    ["its sender", { resources: ["x", "Posthorn"] }, true],
    ["another sender", { resources: ["x"] }, false],
    ["its application and another sender", { criteria: [{ applicationId: "app" }], resources: ["x"] }, false],
    ["a format", { events: [{ event: "DELIVERY", format: "X" }] }, true],
    ["another event", { events: ["INBOUND_MESSAGE"] }, false],
    ["another channel", { channel: "WHATSAPP" }, false],
    ["a profile without a URL", { profileId: "reserved" }, false],
    ["a profile that is not there", { profileId: "nobody" }, false],
  ];
  for (const [what, changes, isTold] of PAIRS) {
    test(`a subscription with ${what} is ${isTold ? "" : "not "}told`, async (store, home) => {
      await store.changeDocuments([profile("p", "https://a/"), profile("reserved"), subscription("s", changes)]);
      const facts = { applicationId: "app", entityId: "entity" };
      await store.insertMessages([newMessage("m", { ...REFUSED, ...facts })]);
      const reopened = await home.reopen();
      await reopened.insertMessages([newMessage("m2", { ...REFUSED, ...facts })]);
      assert.deepEqual(idsOf(toldBy(await claimed(reopened))), isTold ? ["m", "m2"] : []);
    });
  }

  test("a message without an application is the application default's", async (store) => {
    await store.changeDocuments([
      profile("p", "https://a/"),
      subscription("s", { criteria: [{ applicationId: "default" }] }),
    ]);
    await store.insertMessages([newMessage("m", REFUSED), newMessage("n", { ...REFUSED, applicationId: "other" })]);
    assert.deepEqual(idsOf(toldBy(await claimed(store))), ["m"]);
  });

  test("an event without a URL goes to whoever subscribed to it, and to nobody else", async (store) => {
    const event = (changes: Partial<EventFacts> = {}): NewEvent => ({
      accountId: 1,
      kind: "SMS_CLICK",
      url: null,
      body: "{}",
      createdAt: T0,
      channel: "SMS",
      event: "CLICK",
      applicationId: null,
      entityId: null,
      resource: "Posthorn",
      ...changes,
    });
    await store.changeDocuments([
      profile("p", "https://a/"),
      subscription("s", { events: ["CLICK"], resources: ["Posthorn"] }),
    ]);
    const told = await store.insertEvents([
      event(),
      event({ event: "INBOUND_MESSAGE" }),
      event({ resource: "x" }),
      event({ accountId: 2 }),
      { ...event({ resource: "x" }), url: "https://own/" },
    ]);
    assert.deepEqual(told, [1, 0, 0, 0, 1]);
    assert.equal((await claimed(store)).length, 2);
  });
}
