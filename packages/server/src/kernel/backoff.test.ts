import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fullJitterMs } from "./backoff.ts";
import { seededRandom } from "./random.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
const LOWEST = { float: () => 0 };
const HIGHEST = { float: () => 1 - 2 ** -53 };

test("the bound doubles with every attempt up to the limit, and the delay is anywhere below it", () => {
  const limits = { baseMs: 1_000, maxMs: 60_000 };
  const highest = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((attempt) => fullJitterMs(attempt, limits, HIGHEST));
  assert.deepEqual(highest, [999, 1_999, 3_999, 7_999, 15_999, 31_999, 59_999, 59_999, 59_999]);
  for (const attempt of [1, 5, 1_000]) assert.equal(fullJitterMs(attempt, limits, LOWEST), 0);
});

test("an attempt before the first counts as the first", () => {
  const limits = { baseMs: 1_000, maxMs: 60_000 };
  for (const attempt of [0, -3]) assert.equal(fullJitterMs(attempt, limits, HIGHEST), 999);
});

test("a delay is a whole number of milliseconds within its bounds, whatever the attempt and the limits", (t) => {
  t.diagnostic(`FC_SEED=${SEED}`);
  const limits = fc.record({
    baseMs: fc.integer({ min: 0, max: 3_600_000 }),
    maxMs: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  const property = fc.property(fc.integer({ min: 0, max: 1_000_000 }), limits, fc.integer(), (attempt, given, seed) => {
    const delayMs = fullJitterMs(attempt, given, seededRandom(seed));
    assert.ok(Number.isSafeInteger(delayMs));
    assert.ok(delayMs >= 0);
    assert.ok(delayMs <= Math.min(given.maxMs, given.baseMs * 2 ** Math.min(attempt, 31)));
    assert.ok(fullJitterMs(attempt, given, HIGHEST) <= fullJitterMs(attempt + 1, given, HIGHEST), "it never shrinks");
  });
  fc.assert(property, { seed: SEED });
});
