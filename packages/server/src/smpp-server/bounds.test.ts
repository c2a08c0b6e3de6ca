import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S, formatAbsoluteTime } from "@posthorn/smpp";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import { BindGuard } from "./bind-guard.ts";
import {
  BIND_ATTEMPTS_PER_ADDRESS_MAX,
  BIND_ATTEMPTS_PER_SYSTEM_ID_MAX,
  BIND_ATTEMPTS_WINDOW_MS,
  PART_BULK_AGE_MS,
  PART_BULKS_MAX,
} from "./limits.ts";
import { PartBulks } from "./part-bulks.ts";
import { Throughput } from "./throughput.ts";
import { timesOf } from "./times.ts";

test("a second's worth may come at once, and then as many as time has gone by", () => {
  const clock = new FakeClock();
  const throughput = new Throughput(clock, 100);
  assert.equal(throughput.take(100), true);
  assert.equal(throughput.take(1), false);
  clock.advance(250);
  assert.equal(throughput.take(25), true);
  assert.equal(throughput.take(1), false);
  clock.jump(-3_600_000);
  assert.equal(throughput.take(1), false);
  clock.advance(1000);
  assert.equal(throughput.take(100), true);
  clock.advance(3_600_000);
  // More than a second's worth is let through when nothing else is owed, and is owed then.
  assert.equal(throughput.take(254), true);
  clock.advance(1500);
  assert.equal(throughput.take(1), false);
  assert.equal(new Throughput(clock, 0).take(1_000_000), true);
});

test("the parts of one text always find room in the bucket, however low the rate", () => {
  const throughput = new Throughput(new FakeClock(), 1);
  assert.equal(Array.from({ length: 10 }, () => throughput.take(1)).every(Boolean), true);
  assert.equal(throughput.take(1), false);
});

test("a system_id is barred at an address after so many failures, and the address after more, for a minute", () => {
  const clock = new FakeClock();
  const guard = new BindGuard(clock);
  for (let failure = 0; failure < BIND_ATTEMPTS_PER_SYSTEM_ID_MAX; failure += 1) {
    assert.equal(guard.mayTry("10.0.0.1", "a"), true);
    guard.noteFailure("10.0.0.1", "a");
  }
  assert.equal(guard.mayTry("10.0.0.1", "a"), false);
  assert.equal(guard.mayTry("10.0.0.1", "b"), true);
  assert.equal(guard.mayTry("10.0.0.2", "a"), true);
  for (let failure = 0; failure < BIND_ATTEMPTS_PER_ADDRESS_MAX; failure += 1)
    guard.noteFailure("10.0.0.1", `${failure}`);
  assert.equal(guard.mayTry("10.0.0.1", "b"), false);
  assert.equal(guard.mayTry("10.0.0.2", "b"), true);
  clock.advance(BIND_ATTEMPTS_WINDOW_MS);
  assert.equal(guard.mayTry("10.0.0.1", "a"), true);
});

test("parts of one text share a bulkId while they come, and only they", () => {
  const clock = new FakeClock();
  const bulks = new PartBulks(clock);
  let last = 0;
  const bulkIdOf = (partNumber: number, more: object = {}) => {
    const part = { systemId: "a", sender: "s", destination: "d", reference: 7, partCount: 3, partNumber, ...more };
    return bulks.bulkIdOf(part, () => String((last += 1)));
  };
  assert.deepEqual([bulkIdOf(3), bulkIdOf(1), bulkIdOf(2)], ["1", "1", "1"]);
  assert.equal(bulkIdOf(1), "2");
  assert.equal(bulkIdOf(1), "3");
  assert.equal(bulkIdOf(2, { systemId: "b" }), "4");
  assert.equal(bulkIdOf(2, { destination: "e" }), "5");
  clock.advance(PART_BULK_AGE_MS);
  assert.equal(bulkIdOf(2), "6");
  for (let reference = 0; reference < PART_BULKS_MAX; reference += 1) bulkIdOf(1, { destination: "x", reference });
  assert.notEqual(bulkIdOf(3), "6");
});

test("times are read as SMPP writes them, and refused where they cannot be", () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const relative = "000000010000000R";
  assert.deepEqual(timesOf("", "", now), { sendAt: now, validityS: undefined });
  assert.deepEqual(timesOf(relative, relative, now), { sendAt: now + 3_600_000, validityS: 3600 });
  assert.deepEqual(timesOf("261122150000000+", "261122160000000+", now), {
    sendAt: now + 3 * 3_600_000,
    validityS: 3600,
  });
  assert.deepEqual(timesOf(formatAbsoluteTime(now - 1000), "", now), { sendAt: now, validityS: undefined });
  assert.deepEqual(timesOf("000100000000000R", "", now), { sendAt: now + 30 * 86_400_000, validityS: undefined });
  assert.equal(timesOf("000700000000000R", "", now), S.RINVSCHED);
  assert.equal(timesOf("soon", "", now), S.RINVSCHED);
  assert.equal(timesOf("", "000000000000000R", now), S.RINVEXPIRY);
  assert.equal(timesOf(relative, "261122123000000+", now), S.RINVEXPIRY);
  assert.equal(timesOf("", "x", now), S.RINVEXPIRY);
});
