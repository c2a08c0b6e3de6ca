import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import { sleep, systemClock } from "./clock.ts";

test("the system's clock tells the time, and calls once after a delay", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000 });
  let calls = 0;
  systemClock.after(50, () => (calls += 1));
  assert.equal(systemClock.now(), 1_000);
  t.mock.timers.tick(49);
  assert.equal(calls, 0);
  t.mock.timers.tick(1);
  assert.equal(calls, 1);
  assert.equal(systemClock.now(), 1_050);
  t.mock.timers.tick(1_000);
  assert.equal(calls, 1);
});

test("a canceled timer of the system's clock does not call", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  systemClock.after(5, () => assert.fail("canceled")).cancel();
  t.mock.timers.tick(10);
});

test("a delay beyond what Node's timers hold is the longest that they hold, and one in the past is none", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls: string[] = [];
  systemClock.after(2 ** 40, () => calls.push("late"));
  systemClock.after(-5, () => calls.push("now"));
  t.mock.timers.tick(1);
  assert.deepEqual(calls, ["now"]);
  t.mock.timers.tick(2 ** 31 - 3);
  assert.deepEqual(calls, ["now"]);
  t.mock.timers.tick(1);
  assert.deepEqual(calls, ["now", "late"]);
});

test("a waiting timer of the system's clock does not keep the process alive", () => {
  const source = `import { systemClock } from ${JSON.stringify(new URL("./clock.ts", import.meta.url).href)};
    systemClock.after(2 ** 30, () => {}); process.on("exit", () => process.stdout.write("ended"));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", source], { timeout: 60_000 });
  assert.equal(stdout.toString(), "ended");
});

test("sleep resolves when its time has come, and not before", async () => {
  const clock = new FakeClock();
  let isAwake = false;
  const slept = sleep(clock, 100).then(() => (isAwake = true));
  await clock.advanceAndSettle(99);
  assert.equal(isAwake, false);
  await clock.advanceAndSettle(1);
  assert.equal(isAwake, true);
  await slept;
});

test("the tests' clock runs timers in the order they are due, each at its own time, also those that timers start", async () => {
  const clock = new FakeClock(1_000);
  const calls: [string, number][] = [];
  const note = (name: string) => calls.push([name, clock.now()]);
  clock.after(20, () => note("b"));
  clock.after(10, () => {
    note("a");
    clock.after(5, () => note("a2"));
    clock.after(500, () => note("never"));
  });
  clock.after(20, () => note("c"));
  await clock.advanceAndSettle(30);
  assert.deepEqual(calls, [
    ["a", 1_010],
    ["a2", 1_015],
    ["b", 1_020],
    ["c", 1_020],
  ]);
  assert.equal(clock.now(), 1_030);
  assert.equal(clock.timerCount, 1);
});

test("the tests' clock lets promises settle between two timers", async () => {
  const clock = new FakeClock(0);
  const calls: number[] = [];
  const work = async () => {
    for (let round = 0; round < 3; round += 1) {
      await sleep(clock, 10);
      await settle();
      calls.push(clock.now());
    }
  };
  const done = work();
  await clock.advanceAndSettle(10);
  await settle();
  assert.deepEqual(calls, [10]);
  await clock.advanceAndSettle(10);
  await settle();
  await clock.advanceAndSettle(10);
  await done;
  assert.deepEqual(calls, [10, 20, 30]);
});

test("setting the tests' clock moves no timer", async () => {
  const clock = new FakeClock(1_000);
  let calls = 0;
  clock.after(10, () => (calls += 1));
  clock.set(5_000_000);
  await clock.advanceAndSettle(9);
  assert.deepEqual([calls, clock.now()], [0, 5_000_009]);
  clock.set(0);
  await clock.advanceAndSettle(1);
  assert.deepEqual([calls, clock.now()], [1, 1]);
});
