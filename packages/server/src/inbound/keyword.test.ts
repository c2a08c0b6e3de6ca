import assert from "node:assert/strict";
import { test } from "node:test";
import { matchKeyword } from "./keyword.ts";

for (const [text, keyword, cleanText] of [
  ["STOP", "stop", ""],
  ["  stop  ", "STOP", ""],
  ["Stop!", "STOP", ""],
  ["QUIZ Paris, France. ", "quiz", "Paris, France."],
  ["QUIZ: Paris", "QUIZ", "Paris"],
  ["quiz\nParis", "QUIZ", "Paris"],
  ["join club now", "JOIN CLUB", "now"],
  ["stopwatch", "STOP", null],
  ["please stop", "STOP", null],
  ["STO", "STOP", null],
  ["", "STOP", null],
  ["ÄÖ ja", "äö", "ja"],
] as const) {
  test(`${JSON.stringify(text)} ${cleanText === null ? "does not begin" : "begins"} with ${keyword}`, () => {
    assert.equal(matchKeyword(text, keyword), cleanText);
  });
}
