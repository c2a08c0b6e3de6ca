import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeCarrier, never, submitted } from "../../test/harness/fake-carrier.ts";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import { silentLog } from "../kernel/log.ts";
import { seededRandom } from "../kernel/random.ts";
import type { ClaimRequest, OutboundMessage } from "../store/store.ts";
import { CATCHING_UP_MS_MAX, Dispatcher, type DispatcherOptions, type LaneTurn } from "./dispatcher.ts";

const LEASE_MS = 60_000;
const POLL_MS = 1_000;

/** A dispatcher whose claims are answered by `claim`; at first its lanes are empty, and it knows that. */
async function start(
  t: { after(work: () => Promise<void>): void },
  {
    windowSize = 10,
    lanes = ["a"],
    ...changes
  }: { windowSize?: number; lanes?: readonly string[] } & Partial<Pick<DispatcherOptions, "pollIntervalMs">> = {},
) {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ windowSize });
  const claims: ClaimRequest[] = [];
  const messageOf = (seq: number) =>
    ({ seq, attempts: 1, messageId: `m${seq}`, options: null, expiresAt: clock.now() + 1_000_000 }) as OutboundMessage;
  const state = {
    turns: lanes.map((name): LaneTurn => ({ name, isProbe: false })),
    claim: async (_: ClaimRequest): Promise<readonly OutboundMessage[]> => [],
    claimed: 0,
  };
  const dispatcher = new Dispatcher({
    store: {
      claimDue: (request) => {
        claims.push(request);
        return state.claim(request);
      },
      moveMessages: async (moves) => moves.map(() => true),
    },
    lanes: () => state.turns,
    probeRoom: () => 0,
    onClaimed: (count) => {
      state.claimed += count;
    },
    onHeldBack: () => {},
    onAnswered: () => {},
    carrier,
    clock,
    random: seededRandom(1),
    log: silentLog,
    claimSize: 100,
    pollIntervalMs: POLL_MS,
    leaseMs: LEASE_MS,
    retryBaseMs: 1,
    retryMaxMs: 1,
    ...changes,
  });
  t.after(async () => {
    const stopping = dispatcher.stop(0);
    await settle();
    await clock.advanceAndSettle(0);
    await stopping;
  });
  await clock.advanceAndSettle(0);
  await settle();
  claims.splice(0);
  const many = (first: number, count: number) => Array.from({ length: count }, (_, index) => messageOf(first + index));
  return { clock, carrier, claims, state, dispatcher, many };
}

test("an offer is a claim for as many as there are, or as there is room for, and is handed over as it is settled", async (t) => {
  const { clock, carrier, claims, state, dispatcher, many } = await start(t);
  const offer = dispatcher.offer("a", 3);
  const times = { now: clock.now(), leaseUntil: clock.now() + LEASE_MS };
  assert.deepEqual(offer?.claim, { route: "a", carrier: "fake", ...times, limit: 3 });
  assert.equal(dispatcher.offer("a", 100)?.claim.limit, 7);
  carrier.answer = never;
  offer?.settle(many(1, 2));
  // In the same turn: nothing that is claimed later may come before.
  assert.deepEqual(
    carrier.handed.map(({ seq }) => seq),
    [1, 2],
  );
  assert.deepEqual([dispatcher.holds(1), dispatcher.inFlightCount, state.claimed], [true, 2, 2]);
  await settle();
  assert.deepEqual(claims, []);
});

test("room is never given twice, to offers or to claims, and comes back with what was not claimed", async (t) => {
  const { carrier, claims, state, dispatcher, many } = await start(t);
  carrier.answer = never;
  const [first, second, third] = [6, 6, 1].map((count) => dispatcher.offer("a", count));
  assert.deepEqual([first?.claim.limit, second?.claim.limit, third], [6, 4, null]);
  dispatcher.nudge();
  await settle();
  assert.equal(claims.length, 0, "there is no room to claim for");
  first?.settle(many(5, 1));
  await settle();
  // What it waited for is claimed now, with the room that is free, though nothing is answered.
  assert.deepEqual(
    claims.map(({ limit }) => limit),
    [3],
  );
  second?.settle(many(1, 4));
  await settle();
  const answer = Promise.withResolvers<readonly OutboundMessage[]>();
  state.claim = () => answer.promise;
  dispatcher.nudge();
  await settle();
  assert.equal(claims.at(-1)?.limit, 3);
  // Half of it is left to offers while the claim is under way.
  const halves = [100, 100].map((count) => dispatcher.offer("a", count)?.claim.limit);
  assert.deepEqual(halves, [2, undefined]);
  answer.resolve([]);
});

test("nothing is offered of a lane of another, of one that is only probed, or while a lane is known to wait", async (t) => {
  const { state, dispatcher, carrier, claims } = await start(t, { lanes: ["a", "b"] });
  assert.equal(dispatcher.offer("c", 1), null);
  carrier.windowSize = 0;
  dispatcher.nudge("b");
  await settle();
  carrier.windowSize = 10;
  assert.equal(dispatcher.offer("a", 1), null, "b waits for room");
  dispatcher.nudge("b");
  await settle();
  assert.equal(claims.at(-1)?.route, "b");
  assert.equal(dispatcher.offer("a", 1)?.claim.limit, 1);
  state.turns = [
    { name: "a", isProbe: true },
    { name: "b", isProbe: false },
  ];
  assert.equal(dispatcher.offer("a", 1), null);
  assert.equal(dispatcher.offer("b", 1)?.claim.limit, 1);
});

test("a lane that waited and is another carrier's now is in no other lane's way", async (t) => {
  const { state, dispatcher, carrier } = await start(t, { lanes: ["a", "b"] });
  carrier.windowSize = 0;
  dispatcher.nudge("b");
  await settle();
  carrier.windowSize = 10;
  state.turns = [{ name: "a", isProbe: false }];
  dispatcher.nudge();
  await settle();
  assert.equal(dispatcher.offer("a", 1)?.claim.limit, 1);
});

test("what an earlier claim is answered with is handed over before what an offer is settled with after it", async (t) => {
  const { carrier, claims, state, dispatcher, many } = await start(t);
  const answer = Promise.withResolvers<readonly OutboundMessage[]>();
  state.claim = () => answer.promise;
  dispatcher.nudge();
  await settle();
  state.claim = async () => [];
  assert.equal(claims.length, 1);
  const offer = dispatcher.offer("a", 2);
  const inserted = Promise.withResolvers<void>();
  const settling = (async () => {
    await inserted.promise;
    offer?.settle(many(6, 2));
  })();
  // As the store's thread answers: both in one turn, the claim first.
  answer.resolve(many(1, 5));
  inserted.resolve();
  await settling;
  assert.deepEqual(
    carrier.handed.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

for (const end of ["drain", "stop"] as const) {
  test(`a ${end} waits for offers under way and for what they hand over, and nothing more is offered`, async (t) => {
    const { carrier, dispatcher, many } = await start(t);
    const answers: (() => void)[] = [];
    carrier.answer = (message, nth) =>
      new Promise((resolve) => {
        answers.push(() => resolve(submitted(message, nth)));
      });
    const [used, unused] = [dispatcher.offer("a", 1), dispatcher.offer("a", 1)];
    let isEnded = false;
    const ending = (end === "drain" ? dispatcher.drain() : dispatcher.stop(LEASE_MS)).then(() => {
      isEnded = true;
    });
    assert.equal(dispatcher.offer("a", 1), null);
    await settle();
    assert.deepEqual([isEnded, dispatcher.isIdle], [false, false]);
    unused?.settle([]);
    used?.settle(many(1, 1));
    await settle();
    assert.deepEqual([isEnded, dispatcher.isIdle, answers.length], [false, false, 1]);
    for (const answer of answers) answer();
    await ending;
    assert.equal(dispatcher.isIdle, true);
  });
}

test("an offer that is settled after the end of a stop hands over nothing: its carrier has been stopped", async (t) => {
  const { clock, carrier, dispatcher, many } = await start(t);
  const offer = dispatcher.offer("a", 1);
  const stopping = dispatcher.stop(100);
  await clock.advanceAndSettle(100);
  await stopping;
  offer?.settle(many(1, 1));
  await settle();
  assert.deepEqual(carrier.handed, []);
});

test("an answer alone makes nobody look for more, and what comes back due at once is looked for at once", async (t) => {
  const { carrier, claims, dispatcher, many } = await start(t);
  dispatcher.offer("a", 2)?.settle(many(1, 2));
  await settle();
  assert.deepEqual([carrier.handed.length, claims.length], [2, 0]);
  carrier.answer = () => ({ outcome: "temporary", errorId: 1, isUnsent: true });
  dispatcher.offer("a", 1)?.settle(many(3, 1));
  await settle();
  assert.deepEqual([carrier.handed.length, claims.length], [3, 1]);
});

test("a claim that failed is tried again after its pause, however long the poll is", async (t) => {
  const { clock, claims, state, dispatcher } = await start(t, { pollIntervalMs: 60 * POLL_MS });
  state.claim = async () => {
    state.claim = async () => [];
    throw new Error("no");
  };
  dispatcher.nudge();
  await settle();
  assert.equal(claims.length, 1);
  await clock.advanceAndSettle(2 * POLL_MS);
  await settle();
  assert.equal(claims.length, 2);
});

/** A dispatcher whose carrier has just answered so many messages, and holds ten that it does not answer. */
async function startFull(t: Parameters<typeof start>[0], answeredCount: number) {
  const parts = await start(t, { windowSize: Math.max(answeredCount, 10) });
  const { carrier, dispatcher, many } = parts;
  dispatcher.offer("a", answeredCount)?.settle(many(1, answeredCount));
  await settle();
  carrier.windowSize = 10;
  carrier.answer = never;
  dispatcher.offer("a", 10)?.settle(many(answeredCount + 1, 10));
  await settle();
  assert.equal(dispatcher.offer("a", 1), null, "there is no room");
  return parts;
}

test("room is to be waited for where a carrier has none and answers fast enough for all that wait", async (t) => {
  const { clock, dispatcher, carrier } = await startFull(t, 200);
  assert.deepEqual([dispatcher.roomFor("a", 10, 600), dispatcher.roomFor("a", 10, 601)], ["soon", "none"]);
  assert.equal(dispatcher.roomFor("a", 11, 11), "none", "it never has room for eleven");
  assert.equal(dispatcher.roomFor("b", 1, 1), "none", "that lane is another's");
  carrier.windowSize = 15;
  assert.deepEqual([dispatcher.roomFor("a", 5, 9_999), dispatcher.roomFor("a", 6, 6)], ["now", "soon"]);
  await clock.advanceAndSettle(200);
  assert.deepEqual([dispatcher.roomFor("a", 5, 5), dispatcher.roomFor("a", 6, 6)], ["now", "none"]);
});

test("nobody waits for a slow carrier, for one that is only probed, or for one that is given up", async (t) => {
  const slow = await startFull(t, 99);
  assert.equal(slow.dispatcher.roomFor("a", 1, 1), "none");
  const { state, dispatcher } = await startFull(t, 200);
  assert.equal(dispatcher.roomFor("a", 1, 1), "soon");
  state.turns = [{ name: "a", isProbe: true }];
  assert.equal(dispatcher.roomFor("a", 1, 1), "none");
  state.turns = [{ name: "a", isProbe: false }];
  assert.equal(dispatcher.roomFor("a", 1, 1), "soon");
  void dispatcher.stop(0);
  assert.equal(dispatcher.roomFor("a", 1, 1), "none");
});

test("while more waits on disk than claims get, what comes in waits a second for it and no longer", async (t) => {
  const { clock, state, dispatcher, many } = await start(t, { windowSize: 200, pollIntervalMs: 1_000_000 });
  let answer: (claimed: readonly OutboundMessage[]) => void = () => {};
  state.claim = () => new Promise((resolve) => (answer = resolve));
  dispatcher.nudge();
  await settle();
  let seq = 0;
  /** A claim gets so many, and the next one is under way. */
  const get = async (count: number) => {
    answer(many(seq + 1, count));
    seq += count;
    await settle();
    return dispatcher.roomFor("a", 150, 150);
  };
  const words: string[] = [];
  for (let ms = 0; ms <= CATCHING_UP_MS_MAX + 200; ms += 50) {
    words.push(await get(100));
    await clock.advanceAndSettle(50);
  }
  const count = CATCHING_UP_MS_MAX / 50 + 1;
  assert.deepEqual(words, [...Array(count).fill("soon"), ...Array(words.length - count).fill("none")]);
  await get(99);
  dispatcher.nudge();
  await settle();
  assert.equal(dispatcher.roomFor("a", 150, 150), "soon", "nothing more is due");
  answer([]);
});
