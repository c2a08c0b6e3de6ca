import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ERRORS } from "../src/error-catalogue.ts";
import { errorBody, HTTP_ERRORS, type HttpErrorStatus } from "../src/http-errors.ts";
import { STATUSES } from "../src/status-catalogue.ts";

const ROOT = new URL("../../../", import.meta.url);
const PAGE = readFileSync(new URL("docs/errors.md", ROOT), "utf8");

/** The rows of the table under a heading, cells trimmed, without the head. */
function rowsUnder(heading: string): string[][] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(1).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("docs/errors.md lists every status of the catalogue and no other", () => {
  const expected = STATUSES.map((s) => [`${s.groupId} ${s.groupName}`, String(s.id), `\`${s.name}\``, s.description]);
  assert.ok(expected.length > 30);
  assert.deepEqual(
    rowsUnder("Message statuses").map((cells) => cells.slice(0, 4)),
    expected,
  );
});

test("docs/errors.md lists every error of the catalogue and no other", () => {
  const expected = ERRORS.map((e) => [
    `${e.groupId} ${e.groupName}`,
    String(e.id),
    `\`${e.name}\``,
    e.permanent ? "yes" : "no",
    e.description,
  ]);
  assert.ok(expected.length > 240);
  assert.deepEqual(
    rowsUnder("Message errors").map((cells) => cells.slice(0, 5)),
    expected,
  );
});

test("docs/errors.md shows every HTTP error in both envelopes", () => {
  const statuses = Object.keys(HTTP_ERRORS).map(Number) as HttpErrorStatus[];
  assert.deepEqual(
    rowsUnder("HTTP errors").map(([status]) => Number(status)),
    statuses,
  );
  const examples = [...PAGE.matchAll(/HTTP (\d+):\n\n```json\n([\s\S]*?)\n```/g)];
  assert.equal(examples.length, 2 * statuses.length);
  for (const [index, [, status, text]] of examples.entries()) {
    const envelope = index < statuses.length ? "ApiError" : "ApiException";
    const property = envelope === "ApiError" ? "messages[0].content.text" : "content.text";
    const violations = [{ property, violation: "must not be blank" }];
    const options = status === "400" ? { violations } : {};
    assert.deepEqual(JSON.parse(String(text)), errorBody(envelope, Number(status) as HttpErrorStatus, options));
  }
});

test("docs/errors.md is what the generator writes", () => {
  const script = fileURLToPath(new URL("scripts/docs.ts", ROOT));
  const check = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  assert.match(check.stdout + check.stderr, /documents are what their sources say|is not what its source says/);
  assert.ok(!check.stderr.includes("docs/errors.md"), check.stderr);
});
