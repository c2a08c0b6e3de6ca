import assert from "node:assert/strict";
import { test } from "node:test";
import { SendRate } from "./send-rate.ts";

/** A carrier that counts in one of the ways that carriers count. */
type Limiter = (now: number) => boolean;

function bucket(perSecond: number, burst: number): Limiter {
  let tokens = burst;
  let last = 0;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - last) * perSecond) / 1000);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** So many in each second of its clock. */
function secondBySecond(perSecond: number): Limiter {
  let second = -1;
  let count = 0;
  return (now) => {
    const current = Math.floor((now + 137) / 1000);
    if (current !== second) count = 0;
    second = current;
    count += 1;
    return count <= perSecond;
  };
}

interface Run {
  taken: number;
  refused: number;
  longestGapMs: number;
}

/** As many as it may, for `durationMs`, `windowSize` at a time, each answered after `answerMs`. */
function run(rate: SendRate, limiter: Limiter, from: number, durationMs: number, windowSize = 10, answerMs = 5): Run {
  const underWay: { readonly at: number; readonly isTaken: boolean; readonly epoch: number }[] = [];
  const result = { taken: 0, refused: 0, longestGapMs: 0 };
  let last = from;
  for (let now = from; now < from + durationMs; now += 1) {
    for (let next = underWay[0]; next !== undefined && next.at <= now; next = underWay[0]) {
      underWay.shift();
      if (next.isTaken) {
        rate.accepted(now);
        result.taken += 1;
        result.longestGapMs = Math.max(result.longestGapMs, now - last);
        last = now;
      } else {
        rate.refused(next.epoch, now);
        result.refused += 1;
      }
    }
    while (underWay.length < windowSize && rate.take(now)) {
      underWay.push({ at: now + answerMs, isTaken: limiter(now), epoch: rate.epoch });
    }
  }
  return result;
}

/** `learnMs`: what is left out of the minute, where one burst does not say at once how much is too much. */
const LIMITERS: Readonly<Record<string, { learnMs: number; share: number; create: (perSecond: number) => Limiter }>> = {
  "a bucket of one second": { learnMs: 0, share: 0.98, create: (perSecond) => bucket(perSecond, perSecond) },
  "a bucket of a tenth of a second": {
    learnMs: 20_000,
    share: 0.98,
    create: (perSecond) => bucket(perSecond, Math.max(2, perSecond / 10)),
  },
  "seconds of its clock": { learnMs: 20_000, share: 0.95, create: secondBySecond },
};

for (const [name, { learnMs, share, create }] of Object.entries(LIMITERS)) {
  for (const perSecond of [50, 500]) {
    test(`a carrier that allows ${perSecond} a second by ${name} gets ${share * 100} % of them, and refuses less than 1 %`, () => {
      const rate = new SendRate();
      const limiter = create(perSecond);
      if (learnMs > 0) run(rate, limiter, 0, learnMs);
      const { taken, refused } = run(rate, limiter, learnMs, 60_000);
      const wanted = perSecond * 60;
      assert.ok(taken >= wanted * share, `${taken} of ${wanted}`);
      assert.ok(refused < taken * 0.01, `${refused} refused of ${taken}`);
    });
  }
}

test("without a refusal nothing is limited", () => {
  const rate = new SendRate();
  const { taken } = run(rate, () => true, 0, 1_000, 10, 1);
  assert.ok(taken >= 9_980, String(taken));
  assert.equal(rate.perSecond(1_000), null);
});

test("a limit that falls to a tenth, and one that rises tenfold, are found", () => {
  const rate = new SendRate();
  run(rate, bucket(100, 100), 0, 30_000);
  const low = run(rate, bucket(10, 10), 30_000, 60_000);
  assert.ok(low.refused < 40, `${low.refused} refused`);
  assert.ok(low.taken >= 560, `${low.taken} taken`);
  run(rate, bucket(100, 100), 90_000, 60_000);
  const high = run(rate, bucket(100, 100), 150_000, 30_000);
  assert.ok(high.taken >= 2_900, `${high.taken} taken`);
});

test("a carrier whose queue is full for two minutes is asked less and less, and gets everything again afterwards", () => {
  const rate = new SendRate();
  run(rate, bucket(50, 50), 0, 10_000);
  const full = run(rate, () => false, 10_000, 120_000);
  assert.ok(full.refused < 40, `${full.refused} refused`);
  assert.ok(rate.isPaused(130_000));
  const { taken } = run(rate, bucket(50, 50), 130_000, 60_000);
  assert.ok(taken >= 50 * 50 * 0.96, `${taken} taken`);
});

test("refusals of what was under way together count once", () => {
  const rate = new SendRate();
  for (let part = 0; part < 10; part += 1) rate.accepted(100);
  assert.equal(rate.refused(0, 100), true);
  const perSecond = rate.perSecond(100);
  for (let part = 0; part < 9; part += 1) assert.equal(rate.refused(0, 101), false);
  assert.equal(rate.perSecond(100), perSecond);
});

test("an idle hour is no reason to believe that the carrier takes less", () => {
  const rate = new SendRate();
  run(rate, bucket(50, 50), 0, 30_000);
  const before = rate.perSecond(30_000) ?? 0;
  rate.take(30_000 + 300_000);
  const limiter = bucket(50, 50);
  limiter(30_000 + 300_000);
  run(rate, limiter, 30_000 + 300_000, 10_000);
  const after = rate.perSecond(30_000 + 310_000) ?? Infinity;
  assert.ok(after > before * 0.9 && after < before * 1.2, `${before} and ${after}`);
});

test("what the carrier says of its load brakes before it refuses, and holds the rate where it is", () => {
  const rate = new SendRate();
  run(rate, () => true, 0, 2_000, 10, 100);
  rate.congested(79, 2_000);
  assert.equal(rate.perSecond(2_000), null);
  rate.congested(95, 2_000);
  const braked = rate.perSecond(2_000) ?? 0;
  assert.ok(braked > 70 && braked < 85, String(braked));
  rate.congested(95, 2_100);
  assert.ok((rate.perSecond(2_100) ?? 0) >= braked, "once a second");
  for (let now = 2_200; now < 32_200; now += 100) rate.congested(85, now);
  assert.ok((rate.perSecond(32_200) ?? 0) < braked * 1.01);
});

test("a carrier that was busy when little was sent to it gets everything again soon", () => {
  const rate = new SendRate();
  rate.accepted(100);
  rate.congested(95, 100);
  assert.ok((rate.perSecond(100) ?? Infinity) <= 1);
  run(rate, () => true, 100, 15_000, 10, 10);
  const { taken } = run(rate, () => true, 15_100, 5_000, 10, 10);
  assert.ok(taken > 500, `${taken} taken`);
});

test("a carrier that refuses every third whatever the rate is not sent to ever more slowly", () => {
  const rate = new SendRate();
  let count = 0;
  const everyThird = () => (count += 1) % 3 !== 0;
  run(rate, everyThird, 0, 60_000);
  const { taken } = run(rate, everyThird, 60_000, 10_000);
  assert.ok(taken > 200, `${taken} taken`);
});
