import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Random, secretHex, seededRandom, systemRandom } from "./random.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.float());

test("the same seed gives the same sequence, and every number is in [0, 1)", (t) => {
  t.diagnostic(`FC_SEED=${SEED}`);
  const property = fc.property(fc.integer(), (seed) => {
    const numbers = take(seededRandom(seed), 50);
    assert.deepEqual(take(seededRandom(seed), 50), numbers);
    for (const number of numbers) assert.ok(number >= 0 && number < 1);
    assert.ok(new Set(numbers).size > 45, "it does not stand still");
  });
  fc.assert(property, { seed: SEED });
});

test("other seeds give other sequences", () => {
  assert.notDeepEqual(take(seededRandom(1), 5), take(seededRandom(2), 5));
});

test("a seeded sequence is even enough: each tenth gets its tenth", () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const number of take(seededRandom(7), 100_000))
    counts[Math.floor(number * 10)] = (counts[Math.floor(number * 10)] ?? 0) + 1;
  for (const count of counts) assert.ok(count > 9_500 && count < 10_500, `${count}`);
});

test("the system's numbers are in [0, 1)", () => {
  for (const number of take(systemRandom, 1_000)) assert.ok(number >= 0 && number < 1);
});

test("a secret is as long as asked, lower-case hex, and never the same", () => {
  assert.match(secretHex(32), /^[0-9a-f]{64}$/);
  assert.equal(secretHex(0), "");
  const secrets = Array.from({ length: 100 }, () => secretHex(16));
  assert.equal(new Set(secrets).size, 100);
});
