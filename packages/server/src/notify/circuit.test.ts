import assert from "node:assert/strict";
import { test } from "node:test";
import { countsForCircuit, FAILURES_UNTIL_OPEN, openMsAfter } from "./circuit.ts";
import { retryDelayMs, retrySpanMs } from "./retry-schedule.ts";

const LIMITS = { retryBaseMs: 60_000, retriesMax: 20 };

test("a receiver is left alone from the third failed call in a row on, twice as long each time, five minutes at most", () => {
  const openMs = Array.from({ length: 10 }, (_, index) => openMsAfter(index + 1, LIMITS.retryBaseMs));
  assert.deepEqual(
    openMs,
    [null, null, 15, 30, 60, 120, 240, 300, 300, 300].map((seconds) => (seconds === null ? null : seconds * 1000)),
  );
  assert.equal(openMsAfter(1_000_000, LIMITS.retryBaseMs), 300_000);
});

test("the circuit never holds up a single webhook: its own schedule waits longer", () => {
  for (const retryBaseMs of [1, 1000, 60_000, 3_600_000]) {
    for (let failures = FAILURES_UNTIL_OPEN; failures <= LIMITS.retriesMax; failures += 1) {
      const openMs = openMsAfter(failures, retryBaseMs) ?? 0;
      assert.ok(openMs <= (retryDelayMs(failures, { ...LIMITS, retryBaseMs }) ?? 0), `${failures} at ${retryBaseMs}`);
    }
  }
});

test("a whole schedule is 41 and a half hours", () => assert.equal(retrySpanMs(LIMITS), 41.5 * 3_600_000));

test("an answer about the body says nothing of the receiver", () => {
  for (const status of [400, 413, 415, 422]) assert.equal(countsForCircuit({ ok: false, status }), false);
  for (const status of [401, 404, 429, 500, 503]) assert.equal(countsForCircuit({ ok: false, status }), true);
  assert.equal(countsForCircuit({ ok: false }), true);
  assert.equal(countsForCircuit({ ok: true, status: 200 }), false);
});
