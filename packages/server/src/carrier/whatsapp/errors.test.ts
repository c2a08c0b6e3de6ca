import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR, STATUS } from "@posthorn/contract";
import { endOf, type ErrorAction, readError } from "./errors.ts";

const CASES: readonly [code: number, action: ErrorAction, error: keyof typeof ERROR][] = [
  [0, "stop", "EC_UNAUTHORIZED_ACCESS"],
  [190, "stop", "EC_UNAUTHORIZED_ACCESS"],
  [10, "stop", "EC_FORBIDDEN_ACCESS"],
  [200, "stop", "EC_FORBIDDEN_ACCESS"],
  [299, "stop", "EC_FORBIDDEN_ACCESS"],
  [368, "stop", "EC_ACCOUNT_ISSUE"],
  [131031, "stop", "EC_ACCOUNT_ISSUE"],
  [4, "slow", "EC_TOO_MANY_REQUESTS"],
  [80007, "slow", "EC_TOO_MANY_REQUESTS"],
  [130429, "slow", "EC_TOO_MANY_REQUESTS"],
  [131056, "slow-pair", "EC_TOO_MANY_REQUESTS"],
  [1, "retry", "EC_PROVIDER_INTERNAL_ERROR"],
  [2, "retry", "EC_PROVIDER_INTERNAL_ERROR"],
  [131000, "retry", "EC_PROVIDER_INTERNAL_ERROR"],
  [131016, "retry", "EC_PROVIDER_INTERNAL_ERROR"],
  [131057, "retry", "EC_PROVIDER_INTERNAL_ERROR"],
  [133004, "retry", "EC_PROVIDER_INTERNAL_ERROR"],
  [131026, "undeliverable", "EC_UNKNOWN_USER"],
  [131047, "undeliverable", "EC_NO_SESSION"],
  [131048, "undeliverable", "EC_SPAM_RATE"],
  [131049, "undeliverable", "EC_FREQUENCY_CAPPING"],
  [131050, "undeliverable", "EC_MARKETING_OPT_OUT"],
  [100, "reject", "EC_BAD_REQUEST"],
  [131008, "reject", "EC_BAD_REQUEST"],
  [131009, "reject", "EC_BAD_REQUEST"],
  [131051, "reject", "EC_MEDIA_UNSUPPORTED"],
  [131052, "reject", "EC_MEDIA_HOSTING_ERROR"],
  [131053, "reject", "EC_MEDIA_UPLOAD_ERROR"],
  [132000, "reject", "EC_INVALID_TEMPLATE_ARGS"],
  [132012, "reject", "EC_INVALID_TEMPLATE_ARGS"],
  [132001, "reject", "EC_INVALID_TEMPLATE"],
  [132015, "reject", "EC_INVALID_TEMPLATE"],
  [132068, "reject", "EC_INVALID_WA_FLOW"],
  [131042, "reject", "EC_PROVIDER_BILLING_ERROR"],
  [133010, "reject", "EC_SENDER_NOT_REGISTERED"],
  [138006, "reject", "EC_CALL_PERMISSION_REQUEST_FAILED"],
  // Nobody knows it yet.
  [139999, "reject", "EC_BAD_REQUEST"],
];

for (const [code, action, error] of CASES) {
  test(`code ${code} means ${action} and ${error}`, () => {
    const read = readError({ code, message: "no", error_data: { details: "because" } });
    assert.deepEqual(read, { code, action, errorId: ERROR[error], details: "because" });
  });
}

test("a code that nobody knows is tried again where Meta says that it will pass", () => {
  assert.equal(readError({ code: 139_999, is_transient: true })?.action, "retry");
  assert.equal(readError({ code: 100, is_transient: true })?.action, "reject");
});

test("what has no code is no error of Meta's", () => {
  for (const error of [{}, { code: "x" }, { code: null, message: "no" }]) assert.equal(readError(error), null);
  assert.equal(readError({ code: "190" })?.action, "stop");
});

test("Meta's words are kept at a length that a log can bear", () => {
  assert.equal(readError({ code: 100, message: "x".repeat(5_000) })?.details.length, 500);
});

test("what was to be sent is rejected, and a user who cannot be reached is not delivered to", () => {
  assert.deepEqual(endOf({ action: "reject", errorId: 7 }), {
    state: "rejected",
    statusId: STATUS.REJECTED,
    errorId: 7,
  });
  for (const action of ["undeliverable", "retry", "slow"] as const) {
    const statusId = STATUS.UNDELIVERABLE_NOT_DELIVERED;
    assert.deepEqual(endOf({ action, errorId: 7 }), { state: "undeliverable", statusId, errorId: 7 });
  }
});
