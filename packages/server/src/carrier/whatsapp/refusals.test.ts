import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "../../kernel/faults.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import { refusalOf } from "./refusals.ts";

const TOKEN = "EAAG-secret-token";
const meaningOf = (code: number | undefined, more: object = {}) => {
  const { error } = refusalOf({ ...(code === undefined ? {} : { code }), message: "no", ...more }, TOKEN);
  return error instanceof RequestRefused ? error.status : isFault(error) && error.code;
};

test("what Meta refuses has the status that fits its code", () => {
  assert.deepEqual(
    [100, 132000, 2388024].map((code) => meaningOf(code)),
    [400, 400, 400],
  );
  assert.deepEqual(
    [0, 10, 190, 200, 299, 368, 131031].map((code) => meaningOf(code)),
    Array(7).fill(403),
  );
  assert.deepEqual(
    [4, 80007, 80008, 130429, 133016].map((code) => meaningOf(code)),
    Array(5).fill(429),
  );
  assert.deepEqual([meaningOf(803), meaningOf(100, { error_subcode: 33 })], [404, 404]);
  assert.equal(meaningOf(100, { error_subcode: 2593002 }), 404);
});

test("what will pass, and what says nothing, is to be asked again", () => {
  assert.deepEqual(
    [1, 2, 131016].map((code) => meaningOf(code)),
    Array(3).fill("CARRIER_UNREACHABLE"),
  );
  assert.equal(meaningOf(987654, { is_transient: true }), "CARRIER_UNREACHABLE");
  assert.equal(meaningOf(undefined), "CARRIER_UNREACHABLE");
});

test("the words are those for people, without the token, and bounded", () => {
  const wordsOf = (more: object) => refusalOf({ code: 100, ...more }, TOKEN).words;
  const user = { error_user_title: "Wrong language", error_user_msg: "It cannot be edited.", message: "(#100) x" };
  assert.equal(wordsOf(user), "Wrong language: It cannot be edited.");
  assert.equal(wordsOf({ message: "(#100) x", error_data: { details: "name is wrong" } }), "name is wrong");
  assert.equal(wordsOf({ message: `Malformed access token ${TOKEN}` }), "Malformed access token ***");
  assert.equal(wordsOf({ message: "x".repeat(2_000) }).length, 500);
});
