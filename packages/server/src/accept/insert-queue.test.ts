import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "../kernel/faults.ts";
import type {
  ClaimRequest,
  InsertOptions,
  InsertResult,
  KeyedRequest,
  NewKeyedRequest,
  MessageCommon,
  NewMessage,
  OutboundMessage,
} from "../store/store.ts";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import { HELD_CHECK_MS, HELD_CHECKS_MAX, InsertQueue, type InsertQueueOptions } from "./insert-queue.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const message = (messageId: string) => ({ messageId, state: "queued" }) as NewMessage;
const messages = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => message(`${prefix}${index}`));

interface Call {
  readonly messages: readonly NewMessage[];
  readonly requests: readonly NewKeyedRequest[];
  readonly claims: readonly ClaimRequest[] | undefined;
  readonly resolve: (result: InsertResult) => void;
  readonly reject: (error: Error) => void;
}

/** A store that answers when it is told to. Calls with nothing in them, which only count, are answered at once. */
function queueWith(options: Partial<InsertQueueOptions> = {}, openCount = 0) {
  const calls: Call[] = [];
  const state = { openCount };
  const insertMessages = (given: readonly NewMessage[], { requests = [], claims }: InsertOptions = {}) =>
    given.length === 0
      ? Promise.resolve({ inserted: [], openCount: state.openCount })
      : new Promise<InsertResult>((resolve, reject) =>
          calls.push({ messages: given, requests, claims, resolve, reject }),
        );
  const queue = new InsertQueue({
    store: { insertMessages },
    pendingMessagesMax: 100,
    openMessagesMax: 1_000,
    duplicateLookBackHours: 0,
    clock: new FakeClock(),
    offersFor: () => [],
    roomFor: () => "now",
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

const claimOn = (route: string) => ({ route, carrier: "north", now: 1, leaseUntil: 2, limit: 9 });
const FACTS = { accountId: 1, bulkId: "b", channel: "SMS", sender: "Posthorn" } as const;
const CONTENT = { text: "Good day", encoding: "GSM7", partCount: 1, options: null, expiresAt: 99 } as const;
const whole = (messageId: string, route: string, changes: Partial<MessageCommon> = {}) =>
  ({
    ...message(messageId),
    destination: "41793026727",
    common: { ...FACTS, ...CONTENT, route, ...changes },
  }) as NewMessage;

/** A queue that is offered room on these lanes; `settled` is what each offer was settled with, in order. */
function queueWithOffers(routes: readonly string[]) {
  const settled: [route: string, claimed: readonly OutboundMessage[]][] = [];
  const left: string[][] = [];
  const parts = queueWith({
    offersFor: () =>
      routes.map((route) => ({ claim: claimOn(route), settle: (claimed) => void settled.push([route, claimed]) })),
    onInserted: (inserted) => void left.push(inserted.map(({ messageId }) => messageId)),
  });
  return { ...parts, settled, left };
}

const idsOf = (outbound: readonly OutboundMessage[]) => outbound.map(({ messageId }) => messageId);

test("what was claimed with its insert is handed over as the store would give it, and nobody is told to look for it", async () => {
  const { queue, calls, settled, left } = queueWithOffers(["a"]);
  const options = '{"flash":true}';
  const inserting = queue.insert([
    whole("m0", "a", { options, sender: "Shop", text: "Good night" }),
    whole("m1", "a", { options }),
    whole("m2", "a"),
    whole("m3", "a", { options: '{"flash":false}' }),
  ]);
  await turn();
  await turn();
  assert.deepEqual(calls[0]?.claims, [claimOn("a")]);
  assert.deepEqual(settled, []);
  calls[0]?.resolve({ inserted: [true, true, true, true], openCount: 4, claimed: [5, 6, null, 8] });
  await inserting;
  const common = { accountId: 1, attempts: 1, channel: "SMS", destination: "41793026727", encoding: "GSM7" };
  const rest = { partCount: 1, options: '{"flash":true}', expiresAt: 99, possibleDuplicate: false };
  assert.deepEqual(settled, [
    [
      "a",
      [
        { seq: 5, messageId: "m0", sender: "Shop", text: "Good night", ...common, ...rest },
        { seq: 6, messageId: "m1", sender: "Posthorn", text: "Good day", ...common, ...rest },
        {
          ...common,
          ...rest,
          seq: 8,
          messageId: "m3",
          sender: "Posthorn",
          text: "Good day",
          options: '{"flash":false}',
        },
      ],
    ],
  ]);
  await turn();
  assert.deepEqual(left, [["m2"]]);
});

test("each lane's offer is settled with its own messages in their order; when all are claimed, nobody is told", async () => {
  const { queue, calls, settled, left } = queueWithOffers(["a", "b", "c"]);
  const inserting = queue.insert([whole("m0", "b"), whole("m1", "a"), whole("m2", "b")]);
  await turn();
  await turn();
  calls[0]?.resolve({ inserted: [true, true, true], openCount: 3, claimed: [5, 6, 7] });
  await inserting;
  await turn();
  assert.deepEqual(
    settled.map(([route, outbound]) => [route, idsOf(outbound)]),
    [
      ["a", ["m1"]],
      ["b", ["m0", "m2"]],
      ["c", []],
    ],
  );
  assert.deepEqual(left, []);
});

test("an insert that fails gives its offers back, once, and tells nobody to look", async () => {
  const { queue, calls, settled, left } = queueWithOffers(["a"]);
  const inserting = queue.insert([whole("m0", "a")]);
  await turn();
  await turn();
  calls[0]?.reject(new Error("no"));
  await assert.rejects(inserting, /no/);
  await turn();
  assert.deepEqual(settled, [["a", []]]);
  assert.deepEqual(left, []);
});

test("what is claimed by two inserts is handed over in the order of the store's answers, in the same turn", async () => {
  const { queue, calls, settled } = queueWithOffers(["a"]);
  const inserting = [queue.insert([whole("m0", "a")])];
  await turn();
  await turn();
  inserting.push(queue.insert([whole("m1", "a")]));
  await turn();
  await turn();
  for (const [index, call] of calls.entries()) {
    call.resolve({ inserted: [true], openCount: 1, claimed: [index] });
    // As a claim that the store answers between the two: it awaits the store's promise, and no other.
    void (async () => {
      await Promise.resolve();
      settled.push([`after ${index}`, []]);
    })();
  }
  await Promise.all(inserting);
  assert.deepEqual(
    settled.map(([route, outbound]) => [route, idsOf(outbound)]),
    [
      ["a", ["m0"]],
      ["after 0", []],
      ["a", ["m1"]],
      ["after 1", []],
    ],
  );
});

/** A queue whose carriers have room as `state.room` says; `asked` is what was to find room, with what was pending. */
function queueWithRoom() {
  const clock = new FakeClock();
  const room: { state: "now" | "soon" | "none" } = { state: "soon" };
  const asked: [count: number, pendingCount: number][] = [];
  const parts = queueWith({
    clock,
    roomFor: (given, pendingCount) => {
      asked.push([given.length, pendingCount]);
      return room.state;
    },
  });
  return { ...parts, clock, room, asked };
}

test("what comes in waits for its carriers' room, together with what comes meanwhile", async () => {
  const { queue, calls, answer, clock, room, asked } = queueWithRoom();
  const first = queue.insert(messages("a", 2));
  await turn();
  await turn();
  const second = queue.insert(messages("b", 1));
  await clock.advanceAndSettle(3 * HELD_CHECK_MS);
  assert.deepEqual([calls.length, queue.pendingCount], [0, 3]);
  assert.deepEqual(
    [asked[0], asked.at(-1)],
    [
      [2, 2],
      [3, 3],
    ],
  );
  room.state = "now";
  await clock.advanceAndSettle(HELD_CHECK_MS);
  assert.deepEqual(
    calls.map((call) => call.messages.length),
    [3],
  );
  answer(calls[0]);
  assert.deepEqual(await Promise.all([first, second]), [[true, true], [true]]);
  assert.equal(queue.pendingCount, 0);
});

test("room that does not come is waited for so long and no longer, and what is hopeless not at all", async () => {
  const { queue, calls, answer, clock, room } = queueWithRoom();
  const first = queue.insert(messages("a", 1));
  await turn();
  await turn();
  await clock.advanceAndSettle(HELD_CHECKS_MAX * HELD_CHECK_MS - 1);
  assert.equal(calls.length, 0);
  await clock.advanceAndSettle(1);
  assert.equal(calls.length, 1);
  answer(calls[0]);
  assert.deepEqual(await first, [true]);
  room.state = "none";
  const second = queue.insert(messages("b", 1));
  await turn();
  await turn();
  answer(calls[1]);
  assert.deepEqual(await second, [true]);
});
