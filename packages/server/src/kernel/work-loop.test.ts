import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import type { Log } from "./log.ts";
import { startWorkLoop, type WorkLoop } from "./work-loop.ts";

const POLL_MS = 5_000;
const PAUSE_MS = 1_000;

interface Bench {
  readonly clock: FakeClock;
  readonly loop: WorkLoop;
  /** When each round began. */
  readonly rounds: number[];
  readonly errors: unknown[];
  /** Ends the round that runs now. */
  readonly finish: (hasMore?: boolean) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

/** A loop whose rounds last until the test ends them. */
function openBench(): Bench {
  const clock = new FakeClock(0);
  const rounds: number[] = [];
  const errors: unknown[] = [];
  let round = Promise.withResolvers<boolean>();
  let isRunning = false;
  const log = { error: (fields: unknown) => errors.push(fields) } as unknown as Log;
  const loop = startWorkLoop({
    name: "stage",
    clock,
    log,
    pollIntervalMs: POLL_MS,
    round: () => {
      assert.ok(!isRunning, "two rounds at the same time");
      isRunning = true;
      rounds.push(clock.now());
      round = Promise.withResolvers();
      return round.promise;
    },
  });
  const end = async (how: () => void) => {
    assert.ok(isRunning, "no round runs");
    isRunning = false;
    how();
    await settle();
  };
  return {
    clock,
    loop,
    rounds,
    errors,
    finish: (hasMore = false) => end(() => round.resolve(hasMore)),
    fail: (error) => end(() => round.reject(error)),
  };
}

test("the first round comes at once, the next when the poll interval is over", async () => {
  const { clock, rounds, finish } = openBench();
  assert.deepEqual(rounds, [], "not while it is being started");
  await clock.advanceAndSettle(0);
  await finish();
  await clock.advanceAndSettle(POLL_MS - 1);
  assert.deepEqual(rounds, [0]);
  await clock.advanceAndSettle(1);
  await finish();
  await clock.advanceAndSettle(POLL_MS);
  assert.deepEqual(rounds, [0, POLL_MS, 2 * POLL_MS]);
});

test("the poll interval is counted from the end of a round", async () => {
  const { clock, rounds, finish } = openBench();
  await clock.advanceAndSettle(3 * POLL_MS);
  assert.deepEqual(rounds, [0], "no second round while one runs");
  await finish();
  await clock.advanceAndSettle(POLL_MS - 1);
  assert.deepEqual(rounds, [0]);
  await clock.advanceAndSettle(1);
  assert.deepEqual(rounds, [0, 4 * POLL_MS]);
});

test("a nudge between two rounds starts one at once, and the poll begins anew", async () => {
  const { clock, loop, rounds, finish } = openBench();
  await clock.advanceAndSettle(0);
  await finish();
  await clock.advanceAndSettle(10);
  loop.nudge();
  assert.deepEqual(rounds, [0, 10]);
  await finish();
  await clock.advanceAndSettle(POLL_MS - 1);
  assert.deepEqual(rounds, [0, 10]);
  await clock.advanceAndSettle(1);
  assert.deepEqual(rounds, [0, 10, POLL_MS + 10]);
});

test("nudges during a round are one more round", async () => {
  const { clock, loop, rounds, finish } = openBench();
  await clock.advanceAndSettle(0);
  for (let count = 0; count < 5; count += 1) loop.nudge();
  assert.equal(rounds.length, 1);
  await finish();
  assert.equal(rounds.length, 2);
  await finish();
  assert.equal(rounds.length, 2);
});

test("a nudge right after a round has said that it is done is not lost", async () => {
  for (let turns = 0; turns < 8; turns += 1) {
    const clock = new FakeClock(0);
    let rounds = 0;
    let first = Promise.withResolvers<boolean>();
    const round = () => {
      rounds += 1;
      return rounds === 1 ? first.promise : Promise.resolve(false);
    };
    const loop = startWorkLoop({ name: "stage", clock, log: {} as Log, pollIntervalMs: POLL_MS, round });
    await clock.advanceAndSettle(0);
    first.resolve(false);
    // At each step of the loop's own way to the end of its round.
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    loop.nudge();
    await settle();
    assert.equal(rounds, 2, `after ${turns} turns`);
    first = Promise.withResolvers();
    await loop.stop();
  }
});

test("as long as a round says that more is waiting another follows at once", async () => {
  const { clock, rounds, finish } = openBench();
  await clock.advanceAndSettle(0);
  await finish(true);
  await finish(true);
  assert.deepEqual(rounds, [0, 0, 0]);
  await finish(false);
  assert.equal(rounds.length, 3);
});

test("after a failed round the next waits, also when it is nudged, and the failure is logged", async () => {
  const { clock, loop, rounds, errors, fail, finish } = openBench();
  const error = new Error("the store is full");
  await clock.advanceAndSettle(0);
  loop.nudge();
  await fail(error);
  loop.nudge();
  await clock.advanceAndSettle(PAUSE_MS - 1);
  loop.nudge();
  assert.deepEqual(rounds, [0]);
  assert.deepEqual(errors, [{ event: "stage.round_failed", err: error }]);
  await clock.advanceAndSettle(1);
  assert.deepEqual(rounds, [0, PAUSE_MS]);
  await finish();
  loop.nudge();
  assert.deepEqual(rounds, [0, PAUSE_MS, PAUSE_MS], "after a good round nudges count again");
});

test("a round that throws before it waits is a failed round", async () => {
  const clock = new FakeClock(0);
  const errors: unknown[] = [];
  let rounds = 0;
  const loop = startWorkLoop({
    name: "stage",
    clock,
    log: { error: (fields: unknown) => errors.push(fields) } as unknown as Log,
    pollIntervalMs: POLL_MS,
    round: () => {
      rounds += 1;
      throw new Error("at once");
    },
  });
  await clock.advanceAndSettle(PAUSE_MS);
  assert.deepEqual([rounds, errors.length], [2, 2]);
  await loop.stop();
});

test("stop waits for the running round, and no round starts after it", async () => {
  const { clock, loop, rounds, finish } = openBench();
  await clock.advanceAndSettle(0);
  loop.nudge();
  let isStopped = false;
  const stopped = loop.stop().then(() => (isStopped = true));
  await settle();
  assert.equal(isStopped, false);
  await finish(true);
  await stopped;
  loop.nudge();
  await clock.advanceAndSettle(10 * POLL_MS);
  assert.deepEqual(rounds, [0]);
  assert.equal(clock.timerCount, 0, "no timer is left");
});

test("stop between two rounds, and a second stop, resolve at once", async () => {
  const { clock, loop, rounds, finish } = openBench();
  await clock.advanceAndSettle(0);
  await finish();
  await loop.stop();
  await loop.stop();
  await clock.advanceAndSettle(10 * POLL_MS);
  assert.deepEqual(rounds, [0]);
});

test("a loop that is stopped before its first round never runs", async () => {
  const { clock, loop, rounds } = openBench();
  await loop.stop();
  await clock.advanceAndSettle(POLL_MS);
  assert.deepEqual(rounds, []);
});
