import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Spread } from "./spread.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A Tuesday, 10:00. */
const T0 = Date.UTC(2026, 2, 10, 10);

test("the first leaves at once and each further one the limit's distance later", () => {
  const spread = new Spread({ amount: 4, timeUnit: "HOUR" });
  const times = [1, 2, 3, 4, 5].map(() => spread.next(null, T0) - T0);
  assert.deepEqual(
    times,
    [0, 15, 30, 45, 60].map((minutes) => minutes * MINUTE_MS),
  );
});

test("without a unit the limit is one of minutes", () => {
  const spread = new Spread({ amount: 1 });
  spread.next(null, T0);
  assert.equal(spread.next(null, T0), T0 + MINUTE_MS);
});

test("no unit of time, wherever it begins, holds more than the amount, and none of them fewer in the middle", () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 200 }),
    fc.constantFrom("MINUTE", "HOUR", "DAY" as const),
    fc.integer({ min: 1, max: 600 }),
    (amount, timeUnit, count) => {
      const unitMs = { MINUTE: MINUTE_MS, HOUR: HOUR_MS, DAY: 24 * HOUR_MS }[timeUnit as "DAY"];
      const spread = new Spread({ amount, timeUnit: timeUnit as "DAY" });
      const times = Array.from({ length: count }, () => spread.next(null, T0));
      for (const [index, at] of times.entries()) {
        const next = times[index + amount];
        if (next !== undefined) assert.equal(next - at, unitMs);
      }
    },
  );
  fc.assert(property);
});

test("when its window closes the rest waits for the next opening, and does not come out of it all at once", () => {
  const window = { days: ["TUESDAY", "WEDNESDAY"], from: { hour: 9, minute: 0 }, to: { hour: 11, minute: 0 } } as const;
  const spread = new Spread({ amount: 2, timeUnit: "HOUR" });
  const times = [1, 2, 3, 4].map(() => new Date(spread.next(window, T0)).toISOString().slice(8, 16));
  assert.deepEqual(times, ["10T10:00", "10T10:30", "11T09:00", "11T09:30"]);
});

test("messages with other windows are counted apart", () => {
  const spread = new Spread({ amount: 1, timeUnit: "HOUR" });
  assert.equal(spread.next({ days: ["FRIDAY"] }, T0), Date.UTC(2026, 2, 13));
  assert.equal(spread.next(null, T0), T0);
});
