import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import { createIdGenerator } from "./ids.ts";
import { seededRandom } from "./random.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
const NOW = 1_767_225_600_000;

test("an id is 13 digits of time, four of the process and six of sequence", () => {
  const ids = createIdGenerator(new FakeClock(NOW), { float: () => 0.5678 });
  assert.equal(ids.next(), `${NOW}5678000000`);
  assert.equal(ids.next(), `${NOW}5678000001`);
  assert.equal(createIdGenerator(new FakeClock(NOW), { float: () => 0 }).next(), `${NOW}0000000000`);
  assert.equal(createIdGenerator(new FakeClock(NOW), { float: () => 1 - 2 ** -53 }).next(), `${NOW}9999000000`);
});

test("ids are unique and sort in the order they were given, however the clock goes, stands or jumps", (t) => {
  t.diagnostic(`FC_SEED=${SEED}`);
  const steps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -100_000, max: 100_000 }), fc.constant(1)), {
    minLength: 2,
    maxLength: 300,
  });
  const property = fc.property(steps, fc.integer(), (jumps, seed) => {
    const clock = new FakeClock(NOW);
    const ids = createIdGenerator(clock, seededRandom(seed));
    const given = jumps.map((jumpMs) => {
      clock.set(clock.now() + jumpMs);
      return ids.next();
    });
    assert.deepEqual(given.toSorted(), given);
    assert.equal(new Set(given).size, given.length);
    for (const id of given) assert.match(id, /^\d{23}$/);
  });
  fc.assert(property, { seed: SEED });
});

test("when the sequence of a millisecond is used up the next one is begun, and the clock is caught up with", () => {
  const clock = new FakeClock(NOW);
  const ids = createIdGenerator(clock, { float: () => 0 });
  const perMillisecond = 1_000_000;
  let last = "";
  for (let index = 0; index < perMillisecond; index += 1) last = ids.next();
  assert.equal(last, `${NOW}0000999999`);
  assert.equal(ids.next(), `${NOW + 1}0000000000`);
  clock.set(NOW + 1);
  assert.equal(ids.next(), `${NOW + 1}0000000001`);
  clock.set(NOW + 2);
  assert.equal(ids.next(), `${NOW + 2}0000000000`);
});

test("two processes that start in the same millisecond are kept apart by four digits", () => {
  const one = createIdGenerator(new FakeClock(NOW), { float: () => 0.1 });
  const other = createIdGenerator(new FakeClock(NOW), { float: () => 0.2 });
  assert.notEqual(one.next(), other.next());
});
