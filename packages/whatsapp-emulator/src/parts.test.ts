import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Pace } from "./conversations.ts";
import { Ids, isUserId, userIdOf, userOfId } from "./ids.ts";
import { asciiJson } from "./json.ts";
import { BoundedMap } from "./memory.ts";
import { seedFromEnvironment } from "../test/harness/seed.ts";

const seed = seedFromEnvironment("EMULATOR_SEED");

test("what webhooks carry is ASCII, and JSON of the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = asciiJson(value);
      assert.match(text, /^[\x20-\x7e]*$/);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
    { seed },
  );
});

test("a pace lets through its burst at once, and never more than one each interval beyond it", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      waits,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 100 }),
      (steps, burst, intervalMs) => {
        const pace = new Pace();
        const takenAtMs: number[] = [];
        let nowMs = 1000;
        for (const step of steps) {
          nowMs += step;
          if (pace.take(nowMs, intervalMs, burst)) takenAtMs.push(nowMs);
        }
        for (const [first, fromMs] of takenAtMs.entries()) {
          for (const [last, toMs] of takenAtMs.entries()) {
            if (last >= first) assert.ok(last - first + 1 <= burst + (toMs - fromMs) / intervalMs);
          }
        }
        assert.equal(takenAtMs.length === 0, steps.length === 0);
      },
    ),
    { seed },
  );
});

test("ids are all different, also when chance always says the same", () => {
  const ids = new Ids(() => 0);
  const all = Array.from({ length: 2000 }, () => [ids.wamid("447700900001"), ids.object(), ids.hex(32), ids.traceId()]);
  assert.equal(new Set(all.flat()).size, 8000);
});

test("a user id made of a number leads back to it, and any other stays", () => {
  for (const digits of ["447700900001", "16505551234", "385981234567"]) {
    assert.ok(isUserId(userIdOf(digits)));
    assert.equal(userOfId(userIdOf(digits)), digits);
  }
  for (const id of ["US.447700900001", "US.13491208655302741918", "GB.abc"]) assert.equal(userOfId(id), id);
});

test("a bounded map holds the entries that were set last", () => {
  const forgotten: string[] = [];
  const map = new BoundedMap<number, string>(2, (value) => forgotten.push(value));
  for (const [key, value] of [
    [1, "a"],
    [2, "b"],
    [1, "c"],
    [3, "d"],
  ] as const)
    map.set(key, value);
  assert.deepEqual(map.values(), ["c", "d"]);
  assert.deepEqual(forgotten, ["b"]);
  map.clear();
  assert.equal(map.size, 0);
  assert.deepEqual(forgotten, ["b", "c", "d"]);
});
