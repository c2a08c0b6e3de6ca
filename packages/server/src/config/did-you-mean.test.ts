import assert from "node:assert/strict";
import { test } from "node:test";
import { didYouMean } from "./did-you-mean.ts";

const NAMES = ["port", "host", "pollIntervalMs", "retryBaseMs", "retryMaxMs"];

test("a slip of the fingers finds the name that was meant", () => {
  for (const [word, meant] of [
    ["prot", "port"],
    ["por", "port"],
    ["ports", "port"],
    ["hsot", "host"],
    ["PORT", "port"],
    ["pollInterval", "pollIntervalMs"],
    ["poll_interval_ms", "pollIntervalMs"],
    ["retryBasMs", "retryBaseMs"],
  ] as const) {
    assert.equal(didYouMean(word, NAMES), meant, word);
  }
});

test("a word that is like no name finds none", () => {
  for (const word of ["", "x", "carriers", "zzzz", "p".repeat(1_000_000)])
    assert.equal(didYouMean(word, NAMES), undefined);
  assert.equal(didYouMean("port", []), undefined);
});
