import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PrefixTree } from "./prefix-tree.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const digits = fc.stringMatching(/^[0-3]{0,6}$/);

test("the longest prefix is found, whatever the prefixes", () => {
  fc.assert(
    fc.property(fc.array(digits), digits, (prefixes, number) => {
      const tree = new PrefixTree(prefixes.map((prefix, index) => [prefix, `${prefix}:${index}`] as const));
      let expected: string | null = null;
      for (const [index, prefix] of prefixes.entries()) {
        const isLonger = expected === null || prefix.length >= (expected.split(":")[0] ?? "").length;
        if (number.startsWith(prefix) && isLonger) expected = `${prefix}:${index}`;
      }
      assert.equal(tree.find(number), expected);
    }),
    { seed: SEED },
  );
});

test("what is no digit ends the number", () => {
  const tree = new PrefixTree([
    ["38", "a"],
    ["385", "b"],
  ] as const);
  assert.deepEqual(
    ["38", "38x5", "385x", "3", "", "HR.385"].map((number) => tree.find(number)),
    ["a", "a", "b", null, null, null],
  );
  assert.equal(tree.size, 2);
});
