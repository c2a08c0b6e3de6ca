import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { otherNotationsOf } from "./id-notation.ts";

test("a decimal id has its hexadecimal notation, and what it reads as one itself", () => {
  assert.deepEqual(otherNotationsOf("6699"), ["1A2B", "26265"]);
  assert.deepEqual(otherNotationsOf("1A2B"), ["6699"]);
  assert.deepEqual(otherNotationsOf("1a2b"), ["6699"]);
});

test("what is no number, or too long for one, has no other notation", () => {
  for (const id of ["", "x1", "0b8e-4d11", "-1", "1.5", "1".repeat(33)]) assert.deepEqual(otherNotationsOf(id), [], id);
});

test("one notation of a number leads to the other, and back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 10n, max: 2n ** 100n }), (number) => {
      const [decimal, hexadecimal] = [number.toString(), number.toString(16).toUpperCase()];
      assert.ok(otherNotationsOf(decimal).includes(hexadecimal));
      assert.ok(otherNotationsOf(hexadecimal).includes(decimal));
    }),
  );
});
