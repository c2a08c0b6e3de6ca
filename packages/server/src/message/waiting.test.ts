import assert from "node:assert/strict";
import { test } from "node:test";
import { expiryAfterWaiting, timesInWindow, timingOf } from "./waiting.ts";

const HOUR_MS = 3_600_000;
/** A Tuesday, 10:00. */
const T0 = Date.UTC(2026, 2, 10, 10);
const FRIDAYS = JSON.stringify({ deliveryTimeWindow: { days: ["FRIDAY"] } });

test("a window is found in the options, and no text of a customer is taken for one", () => {
  assert.deepEqual(timingOf(FRIDAYS), { deliveryTimeWindow: { days: ["FRIDAY"] } });
  assert.deepEqual(timingOf(null), {});
  assert.deepEqual(timingOf(JSON.stringify({ originalText: FRIDAYS })), {});
  assert.deepEqual(timingOf('{"broken'), {}, "what speaks of no time is not even read");
});

test("what waits for its window is tried as much later", () => {
  const friday = Date.UTC(2026, 2, 13);
  assert.deepEqual(timesInWindow(FRIDAYS, T0, T0 + HOUR_MS), { dueAt: friday, expiresAt: friday + HOUR_MS });
  assert.deepEqual(timesInWindow(null, T0, T0 + HOUR_MS), { dueAt: T0, expiresAt: T0 + HOUR_MS });
});

test("only the time in which it could have left counts for a message's validity", () => {
  const [paused, freed] = [T0 + 10 * HOUR_MS, T0 + 15 * HOUR_MS];
  const ready = { dueAt: T0, expiresAt: T0 + 48 * HOUR_MS };
  assert.equal(expiryAfterWaiting(ready, paused, freed), T0 + 53 * HOUR_MS);
  const scheduled = { dueAt: T0 + 12 * HOUR_MS, expiresAt: T0 + 60 * HOUR_MS };
  assert.equal(expiryAfterWaiting(scheduled, paused, freed), freed + 48 * HOUR_MS);
});
