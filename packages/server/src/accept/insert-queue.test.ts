import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "../kernel/faults.ts";
import type { InsertOptions, InsertResult, KeyedRequest, NewKeyedRequest, NewMessage } from "../store/store.ts";
import { InsertQueue, type InsertQueueOptions } from "./insert-queue.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const message = (messageId: string) => ({ messageId, state: "queued" }) as NewMessage;
const messages = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => message(`${prefix}${index}`));

interface Call {
  readonly messages: readonly NewMessage[];
  readonly requests: readonly NewKeyedRequest[];
  readonly resolve: (result: InsertResult) => void;
  readonly reject: (error: Error) => void;
}

/** A store that answers when it is told to. Calls with nothing in them, which only count, are answered at once. */
function queueWith(options: Partial<InsertQueueOptions> = {}, openCount = 0) {
  const calls: Call[] = [];
  const state = { openCount };
  const insertMessages = (given: readonly NewMessage[], { requests = [] }: InsertOptions = {}) =>
    given.length === 0
      ? Promise.resolve({ inserted: [], openCount: state.openCount })
      : new Promise<InsertResult>((resolve, reject) => calls.push({ messages: given, requests, resolve, reject }));
  const queue = new InsertQueue({
    store: { insertMessages },
    pendingMessagesMax: 100,
    openMessagesMax: 1_000,
    duplicateLookBackHours: 0,
    offersFor: () => [],
    onInserted: () => undefined,
    ...options,
  });
  const answer = (call: Call | undefined) => {
    state.openCount += call?.messages.length ?? 0;
    call?.resolve({ inserted: (call?.messages ?? []).map(() => true), openCount: state.openCount });
  };
  return { queue, calls, answer, state };
}

test("requests of the same moment share a call, and each gets its own results", async () => {
  const { queue, calls } = queueWith();
  const [first, second] = [queue.insert(messages("a", 2)), queue.insert(messages("b", 1))];
  await turn();
  await turn();
  assert.deepEqual(
    calls.map((call) => call.messages.map(({ messageId }) => messageId)),
    [["a0", "a1", "b0"]],
  );
  calls[0]?.resolve({ inserted: [true, false, true], openCount: 2 });
  assert.deepEqual(await Promise.all([first, second]), [[true, false], [true]]);
  assert.equal(queue.pendingCount, 0);
});

test("each keyed request goes with the place of its own messages, and only one whose key is taken is refused", async () => {
  const { queue, calls } = queueWith();
  const keyed = (key: string) => ({ key }) as KeyedRequest;
  const requests = [
    queue.insert(messages("a", 2), keyed("ka")),
    queue.insert(messages("b", 1)),
    queue.insert(messages("c", 1), keyed("kc")),
    queue.insert(messages("d", 3), keyed("kd")),
  ];
  await turn();
  await turn();
  assert.deepEqual(calls[0]?.requests, [
    { key: "ka", from: 0, until: 2 },
    { key: "kc", from: 3, until: 4 },
    { key: "kd", from: 4, until: 7 },
  ]);
  const inserted = [true, false, true, false, true, true, true];
  calls[0]?.resolve({ inserted, openCount: 5, keysFree: [true, false, true] });
  const [a, b, c, d] = await Promise.allSettled(requests);
  assert.deepEqual(a, { status: "fulfilled", value: [true, false] });
  assert.deepEqual(b, { status: "fulfilled", value: [true] });
  assert.ok(c?.status === "rejected" && isFault(c.reason) && c.reason.code === "IDEMPOTENCY_KEY_BUSY");
  assert.deepEqual(d, { status: "fulfilled", value: [true, true, true] });
  assert.equal(queue.pendingCount, 0);
});

test("a call that fails, fails its requests and no others, and frees their room", async () => {
  const { queue, calls, answer } = queueWith();
  const failing = queue.insert(messages("a", 60));
  await turn();
  await turn();
  const waiting = queue.insert(messages("b", 40));
  await turn();
  await turn();
  await assert.rejects(queue.insert(messages("c", 1)), (error) => isFault(error) && error.code === "ACCEPT_QUEUE_FULL");
  calls[0]?.reject(new Error("no"));
  await assert.rejects(failing, /no/);
  answer(calls[1]);
  assert.deepEqual(
    await waiting,
    messages("b", 40).map(() => true),
  );
  assert.equal(queue.pendingCount, 0);
});

test("a request's messages are never divided between calls, and nothing is left behind", async () => {
  const { queue, calls, answer } = queueWith({ pendingMessagesMax: 10_000, openMessagesMax: 100_000 });
  const requests = [400, 400, 400, 1_500, 1].map((count, index) => queue.insert(messages(`r${index}-`, count)));
  const answered = new Set<Call>();
  while (answered.size < 4) {
    await turn();
    for (const call of calls) {
      if (answered.has(call)) continue;
      answered.add(call);
      answer(call);
    }
  }
  assert.deepEqual(
    calls.map((call) => call.messages.length),
    [800, 400, 1_500, 1],
  );
  assert.deepEqual(
    (await Promise.all(requests)).map((inserted) => inserted.length),
    [400, 400, 400, 1_500, 1],
  );
});

test("at most two calls are on their way at the same time", async () => {
  const { queue, calls, answer } = queueWith();
  const requests: Promise<unknown>[] = [];
  for (let index = 0; index < 5; index += 1) {
    requests.push(queue.insert([message(`m${index}`)]));
    await turn();
    await turn();
  }
  assert.equal(calls.length, 2);
  answer(calls[0]);
  await turn();
  await turn();
  assert.equal(calls.length, 3);
  assert.equal(calls[2]?.messages.length, 3);
  answer(calls[1]);
  answer(calls[2]);
  await Promise.all(requests);
});

test("what looks full is counted again before it is refused", async () => {
  const { queue, calls, answer, state } = queueWith({ openMessagesMax: 3 }, 3);
  const isFull = (error: unknown) => isFault(error) && error.code === "OPEN_MESSAGES_FULL";
  await assert.rejects(queue.insert([message("m0")]), isFull);
  state.openCount = 2;
  const taken = queue.insert([message("m1")]);
  await turn();
  await turn();
  answer(calls[0]);
  assert.deepEqual(await taken, [true]);
  await assert.rejects(queue.insert([message("m2")]), isFull);
});

test("a request of nothing needs no store", async () => {
  const { queue, calls } = queueWith({}, 0);
  assert.deepEqual(await queue.insert([]), []);
  assert.equal(calls.length, 0);
});
