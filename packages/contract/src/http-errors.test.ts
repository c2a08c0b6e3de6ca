import assert from "node:assert/strict";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { envelopeOfPath } from "./envelope.ts";
import { ApiError, ApiException } from "./error-schemas.ts";
import { errorBody, HTTP_ERRORS, type HttpErrorStatus } from "./http-errors.ts";
import { OPERATIONS } from "./operations.ts";

const STATUSES = Object.keys(HTTP_ERRORS).map(Number) as HttpErrorStatus[];

test("each HTTP error has a body in both envelopes", () => {
  assert.deepEqual(STATUSES, [400, 401, 403, 404, 409, 413, 415, 429, 500, 503]);
  for (const status of STATUSES) {
    const newer = errorBody("ApiError", status);
    assert.ok(Compile(ApiError).Check(newer));
    assert.equal(newer.errorCode, `E${status}`);
    assert.deepEqual(newer.violations, []);
    const older = errorBody("ApiException", status);
    assert.ok(Compile(ApiException).Check(older));
    assert.deepEqual(Object.keys(older.requestError?.serviceException ?? {}), ["messageId", "text"]);
  }
});

test("the two envelopes name the same fault as Infobip's Java client maps them", () => {
  const names = Object.fromEntries(STATUSES.map((status) => [status, HTTP_ERRORS[status].messageId]));
  assert.deepEqual(
    { 400: names[400], 401: names[401], 403: names[403], 404: names[404], 429: names[429], 500: names[500] },
    {
      400: "BAD_REQUEST",
      401: "UNAUTHORIZED",
      403: "FORBIDDEN",
      404: "NOT_FOUND",
      429: "TOO_MANY_REQUESTS",
      500: "GENERAL_ERROR",
    },
  );
});

test("violations are a list in the newer envelope and grouped by property in the older one", () => {
  const violations = [
    { property: "content.text", violation: "must not be blank" },
    { property: "content.text", violation: "size must be between 1 and 4096" },
    { property: "__proto__", violation: "must be null" },
  ];
  assert.deepEqual(errorBody("ApiError", 400, { violations }).violations, violations);
  const errors = errorBody("ApiException", 400, { violations }).requestError?.serviceException?.validationErrors;
  assert.deepEqual(Object.entries(errors ?? {}), [
    ["content.text", ["must not be blank", "size must be between 1 and 4096"]],
    ["__proto__", ["must be null"]],
  ]);
});

test("a description replaces the text of either envelope", () => {
  const description = "Bulk not found";
  assert.equal(errorBody("ApiError", 404, { description }).description, description);
  assert.equal(errorBody("ApiException", 404, { description }).requestError?.serviceException?.text, description);
});

test("a body may be changed without changing the next one", () => {
  const first = errorBody("ApiError", 401);
  first.resources.length = 0;
  assert.equal(errorBody("ApiError", 401).resources.length, 1);
});

test("a status outside the table is a programmer error", () => {
  assert.throws(() => errorBody("ApiError", 418 as HttpErrorStatus), RangeError);
});

test("a path decides the envelope, and an unknown one gets the newer", () => {
  for (const { path, envelope } of Object.values(OPERATIONS)) assert.equal(envelopeOfPath(path), envelope, path);
  for (const path of ["/sms/1/bulks/", "/sms/2/text/advanced", "/2fa/2/pin", "/numbers/1/numbers", "/ct/1/log/end/x"]) {
    assert.equal(envelopeOfPath(path), "ApiException", path);
  }
  assert.equal(envelopeOfPath("/settings/1/accounts?a=/b"), "ApiException");
  assert.equal(envelopeOfPath("/sms/3/logs?a=/sms/1/logs"), "ApiError");
  for (const path of ["", "/", "/nothing", "/sms/3/unknown", "/messages-api/1/messages", "/smsx/1/reports"]) {
    assert.equal(envelopeOfPath(path), "ApiError", path);
  }
});
