import assert from "node:assert/strict";
import { test } from "node:test";
import { CarrierHealth, type AnswerCounts, type HealthLimits } from "./health.ts";

const LIMITS: HealthLimits = {
  windowMs: 10_000,
  answersMin: 10,
  failureRateMax: 0.5,
  throttledRateMax: 0.3,
  answerMaxMs: 2_000,
  downAfterMs: 3_000,
  probeAfterMs: 5_000,
  probeAfterMaxMs: 60_000,
  probeSize: 4,
};
const T0 = 1_700_000_000_000;
const WELL = { capacity: 10, oldestSubmittedAt: null };
const AWAY = { capacity: 0, oldestSubmittedAt: null };
const answers = (counts: Partial<AnswerCounts>): AnswerCounts => ({
  good: 0,
  throttled: 0,
  failed: 0,
  unsent: 0,
  answerMs: 10,
  ...counts,
});
const start = () => new CarrierHealth(LIMITS, T0);

test("a few bad answers say nothing, a bad share does", () => {
  const health = start();
  assert.equal(health.answered(answers({ failed: 9 }), T0), false);
  assert.equal(health.state, "up");
  assert.equal(health.answered(answers({ good: 9 }), T0), true);
  assert.equal(health.state, "failing");
});

test("each fault has its state", () => {
  const stateAfter = (counts: Partial<AnswerCounts>) => {
    const health = start();
    health.answered(answers(counts), T0);
    return health.state;
  };
  assert.equal(stateAfter({ good: 10 }), "up");
  assert.equal(stateAfter({ good: 5, failed: 5 }), "failing");
  assert.equal(stateAfter({ good: 7, throttled: 3 }), "throttled");
  assert.equal(stateAfter({ good: 10, answerMs: 2_000 }), "slow");
});

test("what was handed back without having left says nothing, in a window and in a probe", () => {
  const health = start();
  assert.equal(health.answered(answers({ unsent: 1_000, answerMs: 60_000 }), T0), false);
  assert.deepEqual([health.state, health.figures(T0).answers, health.figures(T0).failureRate], ["up", 0, 0]);
  health.observe(AWAY, T0 + 3_000);
  assert.equal(health.state, "down");
  health.observe(WELL, T0 + 8_000);
  assert.equal(health.state, "probing");
  assert.equal(health.answered(answers({ unsent: 4 }), T0 + 8_000), false);
  assert.equal(health.state, "probing");
});

test("what is older than the window does not count any more", () => {
  const health = start();
  health.answered(answers({ failed: 9 }), T0);
  health.answered(answers({ good: 5 }), T0 + 11_000);
  assert.deepEqual([health.state, health.figures(T0 + 11_000).answers], ["up", 5]);
});

test("a carrier that takes nothing is down after its time, not before, and not when it took something meanwhile", () => {
  const health = start();
  assert.equal(health.observe(AWAY, T0 + 2_999), false);
  health.observe(WELL, T0 + 3_000);
  assert.equal(health.observe(AWAY, T0 + 5_999), false);
  assert.equal(health.observe(AWAY, T0 + 6_000), true);
  assert.equal(health.state, "down");
});

test("an answer that is missing for too long makes it slow", () => {
  const health = start();
  assert.equal(health.observe({ capacity: 10, oldestSubmittedAt: T0 }, T0 + 1_999), false);
  health.observe({ capacity: 10, oldestSubmittedAt: T0 }, T0 + 2_000);
  assert.equal(health.state, "slow");
});

test("a carrier that comes back is probed after the pause, and up after so many good answers", () => {
  const health = start();
  health.observe(AWAY, T0 + 3_000);
  assert.equal(health.observe(AWAY, T0 + 60_000), false, "not while it takes nothing");
  assert.equal(health.observe(WELL, T0 + 60_001), true);
  assert.equal(health.state, "probing");
  assert.equal(health.answered(answers({ good: 3 }), T0 + 60_002), false);
  assert.equal(health.answered(answers({ good: 1 }), T0 + 60_003), true);
  assert.equal(health.state, "up");
});

test("each probe that fails doubles the pause up to its limit, and a long time up begins anew", () => {
  const health = start();
  let now = T0;
  const pauses: number[] = [];
  health.answered(answers({ failed: 10 }), now);
  for (let time = 0; time < 6; time += 1) {
    const since = now;
    while (!health.observe(WELL, now)) now += 1_000;
    pauses.push(now - since);
    health.answered(answers({ failed: 1 }), now);
    assert.equal(health.state, "failing");
  }
  assert.deepEqual(pauses, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  while (!health.observe(WELL, now)) now += 1_000;
  health.answered(answers({ good: 4 }), now);
  now += LIMITS.probeAfterMaxMs;
  health.observe(WELL, now);
  health.answered(answers({ failed: 10 }), now);
  assert.equal(health.observe(WELL, now + 4_999), false);
  assert.equal(health.observe(WELL, now + 5_000), true);
});

test("what was bad before a carrier was passed over does not count when it is back", () => {
  const health = start();
  health.answered(answers({ failed: 10 }), T0);
  health.observe(WELL, T0 + 5_000);
  health.answered(answers({ good: 4 }), T0 + 5_000);
  health.answered(answers({ good: 1, failed: 1 }), T0 + 5_001);
  assert.equal(health.state, "up");
});

test("a clock that is set back makes no pause longer, and one that jumps ahead forgets the window", () => {
  const health = start();
  health.answered(answers({ failed: 10 }), T0);
  const back = T0 - 3_600_000;
  health.observe(WELL, back);
  assert.equal(health.observe(WELL, back + 5_000), true);
  const other = start();
  other.answered(answers({ failed: 9 }), T0);
  other.answered(answers({ failed: 1 }), T0 + 3_600_000);
  assert.equal(other.state, "up");
});
