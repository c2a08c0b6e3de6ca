import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import { isFault } from "../kernel/faults.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { IdempotencyClaim, KeptRequest } from "../store/store.ts";
import { IdempotencyGate, withDuplicates } from "./idempotency.ts";

const hasCode = (code: string) => (error: unknown) => isFault(error) && error.code === code && error.http === 409;

/** A gate in front of a store that has what `kept` says. */
function gateWith(kept: Partial<KeptRequest> | null = null) {
  const clock = new FakeClock();
  const claims: IdempotencyClaim[] = [];
  const findRequest = async () => kept as KeptRequest | null;
  const gate = new IdempotencyGate({ findRequest }, clock);
  const ask = (body: unknown, send: () => Promise<unknown>, { accountId = 1, key = "k", operation = "op" } = {}) =>
    gate.answer({ accountId, key, operation, body }, (claim) => {
      claims.push(claim);
      return send();
    });
  return { ask, clock, claims };
}

const never = () => Promise.reject(new Error("nothing is to be sent"));

async function hashOf(body: unknown): Promise<string> {
  const { ask, claims } = gateWith();
  await ask(body, async () => ({}));
  return claims[0]?.bodyHash ?? "";
}

test("bodies that mean the same have the same hash, and no others", async () => {
  const one = await hashOf({ a: [1, { b: null, c: "x" }], d: true });
  assert.match(one, /^[0-9a-f]{64}$/);
  assert.equal(await hashOf({ d: true, a: [1, { c: "x", b: null }] }), one);
  const others = [
    { a: [{ b: null, c: "x" }, 1], d: true },
    { a: [1, { b: null, c: "x" }], d: "true" },
    { a: [1, { c: "x" }], d: true },
    { a: [1, { b: null, c: "X" }], d: true },
    { a: ["1", { b: null, c: "x" }], d: true },
    {},
  ];
  const hashes = await Promise.all(others.map(hashOf));
  assert.equal(new Set([one, ...hashes]).size, others.length + 1);
});

test("a body that is nested without end is refused, and its key stays free", async () => {
  const { ask } = gateWith();
  const deep = JSON.parse(`${"[".repeat(10_000)}${"]".repeat(10_000)}`) as unknown;
  await assert.rejects(ask(deep, never), (error) => error instanceof InvalidRequest);
  assert.deepEqual(await ask({}, async () => ({ ok: 1 })), { text: '{"ok":1}', isReplay: false });
});

test("who comes while the first is in flight is given its answer, and nothing is sent again", async () => {
  const { ask, clock, claims } = gateWith();
  const sent = Promise.withResolvers<unknown>();
  const answers = Promise.all([ask({ a: 1 }, () => sent.promise), ask({ a: 1 }, never), ask({ a: 1 }, never)]);
  await settle();
  sent.resolve({ status: "sent" });
  const text = '{"status":"sent"}';
  assert.deepEqual(await answers, [
    { text, isReplay: false },
    { text, isReplay: true },
    { text, isReplay: true },
  ]);
  assert.equal(claims.length, 1);
  assert.equal(clock.timerCount, 0, "who has waited leaves no timer behind");
});

test("another body, another operation, while the first is in flight: a conflict at once; another key or account: none", async () => {
  const { ask } = gateWith();
  const sent = Promise.withResolvers<unknown>();
  const first = ask({ a: 1 }, () => sent.promise);
  await assert.rejects(ask({ a: 2 }, never), hasCode("IDEMPOTENCY_KEY_REUSED"));
  await assert.rejects(ask({ a: 1 }, never, { operation: "other" }), hasCode("IDEMPOTENCY_KEY_REUSED"));
  assert.equal((await ask({ a: 2 }, async () => ({}), { key: "l" })).isReplay, false);
  assert.equal((await ask({ a: 2 }, async () => ({}), { accountId: 2 })).isReplay, false);
  sent.resolve({});
  await first;
});

test("who has waited too long for the first is told to come again, and the first goes on", async () => {
  const { ask, clock } = gateWith();
  const sent = Promise.withResolvers<unknown>();
  const first = ask({}, () => sent.promise);
  const second = assert.rejects(ask({}, never), hasCode("IDEMPOTENCY_KEY_BUSY"));
  await settle();
  await clock.advanceAndSettle(10_000);
  await second;
  sent.resolve({ late: true });
  assert.deepEqual(await first, { text: '{"late":true}', isReplay: false });
});

test("a first request that is refused tells so to those that wait, and leaves its key free", async () => {
  const { ask } = gateWith();
  const sent = Promise.withResolvers<unknown>();
  const isRefusal = /the disk is full/;
  const both = [ask({}, () => sent.promise), ask({}, never)].map((answer) => assert.rejects(answer, isRefusal));
  await settle();
  sent.reject(new Error("the disk is full"));
  await Promise.all(both);
  assert.equal((await ask({ other: true }, async () => ({}))).isReplay, false);
});

test("what was kept is given again to the byte, with the messages that were refused then", async () => {
  const bodyHash = await hashOf({ a: 1 });
  const answer =
    '{"bulkId":"b","messages":[{"messageId":"m","status":{"id":26}},{"messageId":"n","status":{"id":26}}]}';
  const whole = gateWith({ operation: "op", bodyHash, answer, refused: [] });
  assert.deepEqual(await whole.ask({ a: 1 }, never), { text: answer, isReplay: true });
  const partly = gateWith({ operation: "op", bodyHash, answer, refused: [1] });
  const { text } = await partly.ask({ a: 1 }, never);
  assert.equal(text, JSON.stringify(withDuplicates(JSON.parse(answer) as object, [1])));
  assert.match(
    text,
    /^\{"bulkId":"b","messages":\[\{"messageId":"m","status":\{"id":26\}\},\{"messageId":"n","status":\{.*REJECTED_DUPLICATE_MESSAGE_ID.*\}\}\]\}$/,
  );
  await assert.rejects(whole.ask({ a: 2 }, never), hasCode("IDEMPOTENCY_KEY_REUSED"));
  await assert.rejects(whole.ask({ a: 1 }, never, { operation: "other" }), hasCode("IDEMPOTENCY_KEY_REUSED"));
});

test("in the answer to a single message its own status is the duplicate's", () => {
  const single = { to: "1", messageId: "m", status: { id: 7 } } as object;
  assert.equal((withDuplicates(single, [0]) as { status: { id: number } }).status.id, 23);
  assert.equal(withDuplicates(single, []), single);
});
