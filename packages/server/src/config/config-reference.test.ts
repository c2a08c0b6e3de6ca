import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { configReference, describeSettings } from "./config.ts";

const DOCUMENT = new URL("../../../../docs/configuration.md", import.meta.url);

test("docs/configuration.md is what the schema says", () => {
  assert.equal(readFileSync(DOCUMENT, "utf8"), configReference(), "run `npm run docs`");
});

test("the reference has one row of five cells for every setting", () => {
  const rows = configReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, describeSettings().length);
  for (const [index, setting] of describeSettings().entries()) {
    const cells = (rows[index] ?? "").split(/(?<!\\)\|/).map((text) => text.trim());
    assert.equal(cells.length, 7);
    assert.equal(cells[1], `\`${setting.path}\``);
    assert.equal(cells[4], `\`${setting.variable}\``);
    assert.ok(cells[5]?.startsWith(setting.description.replaceAll("|", "\\|")));
  }
});
