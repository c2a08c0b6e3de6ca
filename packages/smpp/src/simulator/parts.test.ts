import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import { seedFromEnvironment } from "../../test/harness/seed.ts";
import { delayMsOf } from "./delay.ts";
import { Ring } from "./memory.ts";
import { formatMessageId, type MessageIdBase, parseMessageId } from "./message-ids.ts";
import { Schedule } from "./schedule.ts";
import { TokenBucket } from "./throttle.ts";

const seed = seedFromEnvironment("SIMULATOR_SEED");

test("a schedule runs everything in its order in time, and what is due together as it came", async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(delays, async (all) => {
      const clock = new FakeClock();
      const schedule = new Schedule(clock);
      const ran: number[] = [];
      for (const [index, delayMs] of all.entries()) schedule.after(delayMs, () => ran.push(index));
      await clock.advance(20);
      const expected = [...all.keys()].sort((a, b) => (all[a] ?? 0) - (all[b] ?? 0) || a - b);
      assert.deepEqual(ran, expected);
      assert.deepEqual([schedule.size, clock.timerCount], [0, 0]);
    }),
    { seed, numRuns: 50 },
  );
});

test("what plans itself for now again does not hold up the rest, and draining does all at once", async () => {
  const clock = new FakeClock();
  const schedule = new Schedule(clock);
  let runs = 0;
  const again = (): void => {
    runs += 1;
    if (runs < 5) schedule.after(0, again);
  };
  schedule.after(0, again);
  await clock.advance(1);
  assert.equal(runs, 5);
  const ran: string[] = [];
  schedule.after(200, () => ran.push("second"));
  schedule.after(100, () => ran.push("first"));
  schedule.drain();
  assert.deepEqual([ran, clock.timerCount], [["first", "second"], 0]);
});

test("an id is read back as its number, in its own style and in no other", () => {
  const styles = fc.record({
    base: fc.constantFrom<MessageIdBase>("decimal", "hex", "HEX"),
    width: fc.integer({ min: 0, max: 64 }),
  });
  fc.assert(
    fc.property(fc.maxSafeNat(), styles, (number, style) => {
      const id = formatMessageId(number, style);
      assert.ok(id.length >= style.width);
      assert.equal(parseMessageId(id, style), number);
      assert.equal(parseMessageId(`0${id}`, style), null);
    }),
    { seed },
  );
  assert.equal(parseMessageId("", { base: "decimal" }), null);
  assert.equal(parseMessageId("ab", { base: "HEX" }), null);
});

test("delays stay within their bounds", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(random, (value) => {
      const even = delayMsOf({ minMs: 10, maxMs: 20 }, () => value);
      const exponential = delayMsOf({ meanMs: 10, maxMs: 50 }, () => value);
      assert.ok(even >= 10 && even <= 20 && exponential >= 0 && exponential <= 50);
    }),
    { seed },
  );
  assert.equal(
    delayMsOf({ meanMs: 1000, maxMs: 5000 }, () => 1 - Math.exp(-1)),
    1000,
  );
});

test("a ring keeps the newest in their order; one of size 0 keeps nothing", () => {
  const ring = new Ring<number>(3);
  const seen = [1, 2, 3, 4].map((item) => {
    ring.add(item);
    return ring.toArray();
  });
  assert.deepEqual(seen, [[1], [1, 2], [1, 2, 3], [2, 3, 4]]);
  const none = new Ring<number>(0);
  none.add(1);
  assert.deepEqual(none.toArray(), []);
});

test("a bucket fills with time up to its burst, and a clock that goes back gives nothing", () => {
  const bucket = new TokenBucket(10, 2, 0);
  assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [true, true, false]);
  assert.deepEqual([bucket.take(100), bucket.take(100)], [true, false]);
  assert.equal(bucket.take(50), false);
  assert.deepEqual(
    [1, 2, 3].map(() => bucket.take(10_000)),
    [true, true, false],
  );
});
