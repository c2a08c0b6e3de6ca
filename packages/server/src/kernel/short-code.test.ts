import assert from "node:assert/strict";
import { test } from "node:test";
import { isShortCode, newShortCode, SHORT_CODE_LENGTH } from "./short-code.ts";

test("a code is letters and digits of the length that it is said to have", () => {
  const codes = Array.from({ length: 20_000 }, newShortCode);
  assert.ok(codes.every((code) => code.length === SHORT_CODE_LENGTH && isShortCode(code)));
  assert.equal(new Set(codes).size, codes.length);
});

test("every character comes as often as every other", () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 20_000; index += 1) {
    for (const character of newShortCode()) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  assert.equal(counts.size, 62);
  // 3,226 each; without the octets that are thrown away the first eight would have 3,906. Six deviations are 340.
  for (const [character, count] of counts) assert.ok(Math.abs(count - 3_226) < 340, `${character} came ${count} times`);
});

test("what is no code is told before anybody looks for it", () => {
  for (const text of ["", "a", "abcdefghi", "abcdefghijk", "abcdefghi-", "abcdefghi\n", "ábcdefghij"]) {
    assert.ok(!isShortCode(text), text);
  }
});
