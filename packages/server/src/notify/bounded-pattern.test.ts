import assert from "node:assert/strict";
import { test } from "node:test";
import { isFound } from "./bounded-pattern.ts";

test("a pattern is found anywhere in the text, unless it says where", () => {
  assert.equal(isFound("[1-9][0-9]", "200"), true);
  assert.equal(isFound("^OK$", "OK"), true);
  assert.equal(isFound("^OK$", "NOT OK"), false);
});

test("what is no pattern is neither found nor not", () => assert.equal(isFound("(", "("), null));

test("a pattern that would take years is given up, and the next one is tried as if nothing had happened", () => {
  assert.equal(isFound("^(a+)+$", `${"a".repeat(60)}!`), null);
  assert.equal(isFound("(x+x+)+y", "x".repeat(10_000)), null);
  assert.equal(isFound("a", "a"), true);
});

test("only the beginning of a long text is looked at", () =>
  assert.equal(isFound("b", "a".repeat(20_000) + "b"), false));
