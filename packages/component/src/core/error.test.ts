import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { amendError, ComponentError, type ComponentErrorFields, ERRORS, isComponentError } from "./error.ts";

test("recognises an error of another copy of the package by its mark", async () => {
  // A query makes the loader take the module for another one: its class is not ours.
  const copy = (await import(`${import.meta.resolve("./error.ts")}?copy`)) as typeof import("./error.ts");
  const foreign = new copy.ComponentError({ code: "NETWORK", message: "x" });
  assert.ok(!(foreign instanceof ComponentError));
  assert.ok(isComponentError(foreign));
});

test("recognises nothing else", () => {
  for (const other of [undefined, null, "x", 5, {}, new Error("x"), { code: "NETWORK" }])
    assert.equal(isComponentError(other), false);
});

test("becomes plain JSON without a stack, its cause included", () => {
  const cause = new ComponentError({ code: "THROTTLED", message: "slow", httpStatus: 429 });
  const json = JSON.parse(
    JSON.stringify(new ComponentError({ code: "DEADLINE", message: "late", attempts: 2, cause })),
  );
  assert.deepEqual(json, {
    name: "ComponentError",
    message: "late",
    code: "DEADLINE",
    violations: [],
    isRetryable: true,
    attempts: 2,
    outcome: "not-sent",
    cause: {
      name: "ComponentError",
      message: "slow",
      code: "THROTTLED",
      httpStatus: 429,
      violations: [],
      isRetryable: true,
      attempts: 0,
      outcome: "not-sent",
    },
  });
});

test("an amended copy keeps every field that was not changed", () => {
  const fields: ComponentErrorFields = {
    code: "REJECTED",
    message: "m",
    httpStatus: 400,
    infobipCode: "E400",
    description: "d",
    action: "a",
    violations: [{ property: "p", violation: "v" }],
    isRetryable: true,
    attempts: 3,
    outcome: "unknown",
    retryAfterMs: 5,
    task: "t",
    completedSteps: { a: 1 },
    cause: { name: "c" },
  };
  const error = new ComponentError(fields);
  assert.deepEqual(amendError(error, {}).toJSON(), error.toJSON());
  assert.deepEqual(amendError(error, { attempts: 4 }).toJSON(), { ...error.toJSON(), attempts: 4 });
});

test("the README's table is this table", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (yes|no) \| (.*) \|$/gm)].map(([, code, retry, meaning]) => [
    code,
    retry,
    meaning,
  ]);
  assert.ok(rows.length > 0, "the README has no table of errors");
  assert.deepEqual(
    rows,
    Object.entries(ERRORS).map(([code, { isRetryable, meaning }]) => [code, isRetryable ? "yes" : "no", meaning]),
  );
});
