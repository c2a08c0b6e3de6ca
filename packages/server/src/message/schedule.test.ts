import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAYS, type Day, type DeliveryTimeWindow, nextOpening, validityMs } from "./schedule.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const at = (iso: string): number => Date.parse(iso);

/** The rules once more, by the calendar of Date: is this instant inside? */
function isInside(window: DeliveryTimeWindow, instantMs: number): boolean {
  const date = new Date(instantMs);
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
  const today = DAYS[(date.getUTCDay() + 6) % 7] as Day;
  const yesterday = DAYS[(date.getUTCDay() + 5) % 7] as Day;
  const from = window.from === undefined ? 0 : window.from.hour * 60 + window.from.minute;
  const to = window.to === undefined ? 24 * 60 : window.to.hour * 60 + window.to.minute;
  if (from < to) return window.days.includes(today) && minute >= from && minute < to;
  return (window.days.includes(today) && minute >= from) || (window.days.includes(yesterday) && minute < to);
}

test("validity is read in its unit, minutes when none is given", () => {
  assert.equal(validityMs({ amount: 90, timeUnit: "SECONDS" }, 0), 90_000);
  assert.equal(validityMs({ amount: 90, timeUnit: "MINUTES" }, 0), 90 * MINUTE_MS);
  assert.equal(validityMs({ amount: 2, timeUnit: "HOURS" }, 0), 2 * HOUR_MS);
  assert.equal(validityMs({ amount: 5 }, 0), 5 * MINUTE_MS);
});

test("validity is the default when none is asked, and never above 48 hours", () => {
  assert.equal(validityMs(undefined, HOUR_MS), HOUR_MS);
  assert.equal(validityMs({ amount: 48, timeUnit: "HOURS" }, HOUR_MS), 48 * HOUR_MS);
  assert.equal(validityMs({ amount: 720, timeUnit: "HOURS" }, HOUR_MS), 48 * HOUR_MS);
  assert.equal(validityMs({ amount: 2881 }, HOUR_MS), 48 * HOUR_MS);
  assert.equal(validityMs(undefined, 100 * HOUR_MS), 48 * HOUR_MS);
});

const OFFICE_HOURS: DeliveryTimeWindow = {
  days: ["MONDAY", "FRIDAY"],
  from: { hour: 9, minute: 30 },
  to: { hour: 17, minute: 0 },
};

// 23 November 2026 is a Monday.
const OPENINGS: readonly [name: string, window: DeliveryTimeWindow, from: string, opens: string][] = [
  ["inside: now", OFFICE_HOURS, "2026-11-23T12:00:00.123Z", "2026-11-23T12:00:00.123Z"],
  ["before: the same day", OFFICE_HOURS, "2026-11-23T09:29:59.999Z", "2026-11-23T09:30:00.000Z"],
  ["at the opening", OFFICE_HOURS, "2026-11-23T09:30:00.000Z", "2026-11-23T09:30:00.000Z"],
  ["at the closing: the next day of the list", OFFICE_HOURS, "2026-11-23T17:00:00.000Z", "2026-11-27T09:30:00.000Z"],
  ["after the last day: next week", OFFICE_HOURS, "2026-11-27T18:00:00.000Z", "2026-11-30T09:30:00.000Z"],
  ["without hours: the whole day", { days: ["TUESDAY"] }, "2026-11-23T23:00:00.000Z", "2026-11-24T00:00:00.000Z"],
  [
    "an only day that is over",
    { days: ["MONDAY"], to: { hour: 8, minute: 0 } },
    "2026-11-23T08:00:00.000Z",
    "2026-11-30T00:00:00.000Z",
  ],
  [
    "over midnight: evening",
    { days: ["MONDAY"], from: { hour: 22, minute: 0 }, to: { hour: 6, minute: 0 } },
    "2026-11-23T21:00:00.000Z",
    "2026-11-23T22:00:00.000Z",
  ],
  [
    "over midnight: the next morning is inside",
    { days: ["MONDAY"], from: { hour: 22, minute: 0 }, to: { hour: 6, minute: 0 } },
    "2026-11-24T05:59:59.999Z",
    "2026-11-24T05:59:59.999Z",
  ],
  [
    "over midnight: the same morning is not",
    { days: ["MONDAY"], from: { hour: 22, minute: 0 }, to: { hour: 6, minute: 0 } },
    "2026-11-23T05:00:00.000Z",
    "2026-11-23T22:00:00.000Z",
  ],
  [
    "over midnight and over the week's end",
    { days: ["SUNDAY"], from: { hour: 22, minute: 0 }, to: { hour: 6, minute: 0 } },
    "2026-11-23T05:00:00.000Z",
    "2026-11-23T05:00:00.000Z",
  ],
];

test("a window opens when its days and hours say, in UTC", () => {
  for (const [name, window, from, opens] of OPENINGS) {
    assert.equal(new Date(nextOpening(window, at(from))).toISOString(), opens, name);
  }
});

test("a window without days is refused", () => {
  assert.throws(() => nextOpening({ days: [] }, 0), RangeError);
});

test("the next opening is inside the window, and no minute before it is", () => {
  const time = fc.record({ hour: fc.nat(23), minute: fc.nat(59) });
  const window: fc.Arbitrary<DeliveryTimeWindow> = fc.record({
    days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }),
    from: fc.option(time, { nil: undefined }),
    to: fc.option(time, { nil: undefined }),
  });
  // Also before 1970, where a careless remainder is negative.
  const instant = fc.integer({ min: at("1960-01-01T00:00:00Z"), max: at("2100-01-01T00:00:00Z") });
  fc.assert(
    fc.property(window, instant, (anyWindow, atMs) => {
      const opensMs = nextOpening(anyWindow, atMs);
      assert.ok(opensMs >= atMs);
      assert.ok(isInside(anyWindow, opensMs));
      if (opensMs === atMs) return;
      assert.ok(!isInside(anyWindow, atMs));
      const firstMinute = Math.ceil(atMs / MINUTE_MS) * MINUTE_MS;
      for (let minuteMs = firstMinute; minuteMs < opensMs; minuteMs += MINUTE_MS) {
        assert.ok(!isInside(anyWindow, minuteMs), new Date(minuteMs).toISOString());
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
});
