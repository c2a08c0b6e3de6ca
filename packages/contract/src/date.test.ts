import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDate, parseDate } from "./date.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`date.test seed ${SEED}\n`);

const YEAR_1970_MS = 0;
const YEAR_9999_END_MS = 253_402_300_799_999;

test("a date is written with three fraction digits and an offset without colon", () => {
  assert.equal(formatDate(0), "1970-01-01T00:00:00.000+0000");
  assert.equal(formatDate(Date.UTC(2017, 6, 20, 6, 47, 45, 777)), "2017-07-20T06:47:45.777+0000");
  assert.equal(formatDate(YEAR_9999_END_MS), "9999-12-31T23:59:59.999+0000");
});

test("dates of one second, of others and of no time in turn are each their own", () => {
  const seconds = fc.constantFrom(0, 1, 2).map((second) => second * 1000);
  const times = fc.array(fc.oneof(fc.tuple(seconds, fc.integer({ min: 0, max: 999 })), fc.constant(null)));
  const property = fc.property(times, (given) => {
    for (const time of given) {
      if (time === null) assert.throws(() => formatDate(Number.NaN), RangeError);
      else assert.equal(Date.parse(formatDate(time[0] + time[1]).replace("+0000", "Z")), time[0] + time[1]);
    }
  });
  fc.assert(property, { seed: SEED });
});

test("what is written reads back as the same millisecond, and only so", () => {
  fc.assert(
    fc.property(fc.integer({ min: YEAR_1970_MS, max: YEAR_9999_END_MS }), (epochMs) => {
      const text = formatDate(epochMs);
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
      assert.equal(parseDate(text), epochMs);
      assert.equal(Date.parse(text.replace("+0000", "Z")), epochMs);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test("every notation of an offset names the same instant", () => {
  const offsetMinutes = fc.integer({ min: -18 * 60, max: 18 * 60 });
  fc.assert(
    fc.property(
      fc.integer({ min: 86_400_000, max: YEAR_9999_END_MS - 86_400_000 }),
      offsetMinutes,
      (epochMs, offset) => {
        const local = new Date(epochMs + offset * 60_000).toISOString().slice(0, -1);
        const sign = offset < 0 ? "-" : "+";
        const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, "0");
        const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
        assert.equal(parseDate(`${local}${sign}${hours}:${minutes}`), epochMs);
        assert.equal(parseDate(`${local}${sign}${hours}${minutes}`), epochMs);
        if (minutes === "00") assert.equal(parseDate(`${local}${sign}${hours}`), epochMs);
        if (offset === 0) assert.equal(parseDate(`${local}Z`), epochMs);
      },
    ),
    { seed: SEED, numRuns: 2000 },
  );
  assert.equal(parseDate("2026-03-01T12:00:00+01"), parseDate("2026-03-01T11:00:00Z"));
});

test("a fraction has up to nine digits and is cut after the third", () => {
  const base = Date.UTC(2026, 0, 1);
  for (const [fraction, ms] of [
    ["", 0],
    [".", 0],
    [".7", 700],
    [".07", 70],
    [".777", 777],
    [".7779", 777],
    [".999999999", 999],
  ] as const) {
    assert.equal(parseDate(`2026-01-01T00:00:00${fraction}Z`), base + ms, fraction);
  }
  assert.equal(parseDate("2026-01-01T00:00:00.0000000000Z"), undefined);
});

test("leap days and years below 100 are read as they are", () => {
  assert.equal(parseDate("2024-02-29T00:00:00Z"), Date.UTC(2024, 1, 29));
  assert.equal(parseDate("2000-02-29T00:00:00Z"), Date.UTC(2000, 1, 29));
  assert.equal(parseDate("0050-01-01T00:00:00Z"), Date.parse("0050-01-01T00:00:00Z"));
  assert.equal(parseDate("2026-01-01T00:30:00+01:00"), Date.UTC(2025, 11, 31, 23, 30));
});

for (const text of [
  "",
  "2026-01-01",
  "2026-01-01 00:00:00Z",
  "2026-01-01t00:00:00Z",
  "2026-01-01T00:00:00z",
  "2026-01-01T00:00:00",
  "2026-01-01T00:00Z",
  "2026-02-30T00:00:00Z",
  "2025-02-29T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-00-01T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-32T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T25:00:00Z",
  "2026-01-01T00:60:00Z",
  "2026-06-30T23:59:60Z",
  "2026-01-01T00:00:00+19:00",
  "2026-01-01T00:00:00+01:60",
  "2026-01-01T00:00:00+1",
  "2026-01-01T00:00:00+001",
  "2026-01-01T00:00:00 +0100",
  "2026-01-01T00:00:00Z+0100",
  "2026-01-01T00:00:00,000Z",
  " 2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00Z\n",
  "+12026-01-01T00:00:00Z",
  "٢٠٢٦-01-01T00:00:00Z",
]) {
  test(`${JSON.stringify(text)} is no date`, () => assert.equal(parseDate(text), undefined));
}

test("any text is read without throwing", () => {
  const near = fc.stringMatching(/^[0-9TZ:+. -]{0,40}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), near), (text) => {
      const epochMs = parseDate(text);
      assert.ok(epochMs === undefined || Number.isInteger(epochMs));
    }),
    { seed: SEED },
  );
});
