import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketSizeAfter, retryDelayMs } from "./retry-schedule.ts";

const INFOBIP = { retryBaseMs: 60_000, retriesMax: 20 };

test("the retries end 41 hours and 30 minutes after the first attempt", () => {
  const delays = Array.from({ length: 20 }, (_, index) => retryDelayMs(index + 1, INFOBIP));
  assert.ok(delays.every((delayMs) => delayMs !== null));
  assert.equal(
    delays.reduce((sum, delayMs) => sum + (delayMs ?? 0), 0),
    (41 * 60 + 30) * 60_000,
  );
  assert.equal(retryDelayMs(21, INFOBIP), null);
});

test("without retries the first failure is the last", () => {
  assert.equal(retryDelayMs(1, { retryBaseMs: 1, retriesMax: 0 }), null);
});

test("a bucket is halved with every failure, and is down to one report before the retries are over", () => {
  for (const size of [1, 2, 100, 1_999, 2_000]) {
    const sizes = Array.from({ length: 101 }, (_, attempts) => bucketSizeAfter(attempts, size));
    assert.equal(sizes[0], size);
    assert.equal(sizes[11], 1);
    assert.equal(sizes[100], 1);
    for (const [index, next] of sizes.entries()) {
      assert.ok(index === 0 || next <= (sizes[index - 1] ?? 0), `${size} after ${index}`);
      assert.ok(next >= 1);
    }
  }
});
