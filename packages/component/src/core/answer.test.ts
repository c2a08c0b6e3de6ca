import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnswer, readRetryAfterMs } from "./answer.ts";
import { RESPONSE_BYTES_MAX } from "./limits.ts";
import type { ComponentError } from "./error.ts";
import type { HttpResponse } from "./runtime.ts";

const answer = (status: number, body: unknown = "", headers: HttpResponse["headers"] = {}): HttpResponse => ({
  status,
  headers,
  bodyText: typeof body === "string" ? body : JSON.stringify(body),
});

function errorOf(response: HttpResponse): ComponentError {
  const parsed = parseAnswer(response, () => true);
  assert.ok(!parsed.ok);
  return parsed.error;
}

test("gives the body of a 2xx as it came, with fields that nobody knows", () => {
  const body = { messages: [{ novel: { deep: [1] } }], later: true };
  assert.deepEqual(
    parseAnswer(answer(200, body), ({ messages }) => Array.isArray(messages)),
    { ok: true, output: body },
  );
});

test("reads an ApiError with its violations", () => {
  const error = errorOf(
    answer(400, {
      errorCode: "E400",
      description: "Not processed.",
      action: "Check it.",
      violations: [{ property: "messages[0].content", violation: "must not be null" }],
      resources: [],
    }),
  );
  assert.equal(error.code, "REJECTED");
  assert.equal(error.httpStatus, 400);
  assert.equal(error.infobipCode, "E400");
  assert.equal(error.description, "Not processed.");
  assert.equal(error.action, "Check it.");
  assert.deepEqual(error.violations, [{ property: "messages[0].content", violation: "must not be null" }]);
  assert.equal(error.message, "HTTP 400 E400: Not processed. messages[0].content: must not be null");
});

test("reads the legacy envelope, its validation errors as the same list", () => {
  const serviceException = {
    messageId: "BAD_REQUEST",
    text: "Bad request",
    validationErrors: { "content.text": ["too long", "blank"], to: "odd" },
  };
  const error = errorOf(answer(400, { requestError: { serviceException } }));
  assert.equal(error.infobipCode, "BAD_REQUEST");
  assert.equal(error.description, "Bad request");
  assert.deepEqual(error.violations, [
    { property: "content.text", violation: "too long" },
    { property: "content.text", violation: "blank" },
    { property: "to", violation: "odd" },
  ]);
});

test("classifies every status, and says whether the message may have been sent", () => {
  const table: readonly [number, string, boolean, string][] = [
    [301, "BAD_RESPONSE", false, "unknown"],
    [400, "REJECTED", false, "not-sent"],
    [401, "UNAUTHORIZED", false, "not-sent"],
    [403, "FORBIDDEN", false, "not-sent"],
    [404, "REJECTED", false, "not-sent"],
    [408, "TIMEOUT", true, "unknown"],
    [409, "REJECTED", false, "not-sent"],
    [422, "REJECTED", false, "not-sent"],
    [429, "THROTTLED", true, "not-sent"],
    [500, "SERVER_ERROR", true, "unknown"],
    [503, "SERVER_ERROR", true, "unknown"],
    [600, "BAD_RESPONSE", false, "unknown"],
  ];
  for (const [status, code, isRetryable, outcome] of table) {
    const error = errorOf(answer(status));
    assert.deepEqual([status, error.code, error.isRetryable, error.outcome], [status, code, isRetryable, outcome]);
  }
});

test("survives any body of an error: HTML, arrays, wrong types, nothing", () => {
  const bodies: readonly unknown[] = [
    "<html>",
    "[]",
    "null",
    "1",
    { requestError: null },
    { requestError: { serviceException: [] } },
    { violations: "x", errorCode: 5 },
    { violations: [null, 5, {}] },
  ];
  for (const body of bodies) assert.equal(errorOf(answer(500, body)).code, "SERVER_ERROR");
  assert.ok(errorOf(answer(500, { description: "x".repeat(100_000) })).message.length <= 1000);
});

test("does not take a 2xx for success that is not JSON, not an object, not Infobip's or too long", () => {
  for (const body of ["<html>", "", "[]", "null", '"ok"'])
    assert.equal(errorOf(answer(200, body)).code, "BAD_RESPONSE");
  assert.equal(errorOf(answer(200, " ".repeat(RESPONSE_BYTES_MAX + 1))).code, "BAD_RESPONSE");
  const parsed = parseAnswer(answer(200, { hello: "world" }), ({ messages }) => messages !== undefined);
  assert.ok(!parsed.ok);
  assert.deepEqual(
    [parsed.error.code, parsed.error.isRetryable, parsed.error.outcome],
    ["BAD_RESPONSE", false, "unknown"],
  );
});

test("reads Retry-After in seconds and as an HTTP date, in a header of any case", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  const read = (value: string, name = "retry-after") => readRetryAfterMs(answer(429, "", { [name]: value }), nowMs);
  assert.equal(read("3"), 3000);
  assert.equal(read(" 0 "), 0);
  assert.equal(read("1.5", "Retry-After"), 1500);
  assert.equal(read("Thu, 01 Jan 2026 00:00:07 GMT"), 7000);
  assert.equal(read("Wed, 31 Dec 2025 23:00:00 GMT"), 0);
  for (const odd of ["", "-5", "soon", "1e3", "12 monkeys", "99999999999", "Monday, someday"])
    assert.equal(read(odd), undefined);
  assert.equal(readRetryAfterMs(answer(429), nowMs), undefined);
});
