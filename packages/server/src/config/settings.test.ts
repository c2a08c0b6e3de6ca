import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSettings } from "./config.ts";
import { describeAccepted, refusalOf, SECTIONS, SETTING_OF_VARIABLE } from "./settings.ts";

const SETTINGS = describeSettings();

test("every setting says what it does in a whole sentence", () => {
  assert.ok(SETTINGS.length >= 39, `${SETTINGS.length} settings`);
  for (const { path, description } of SETTINGS) {
    assert.match(description, /^[A-Z].{15,}\.$/s, path);
    assert.ok(!description.includes("\n"), path);
  }
  for (const { name, description } of SECTIONS) assert.match(description, /^[A-Z].*\.$/, name);
});

test("every numeric setting has a unit and bounds, and its name ends with its unit where that is a time or a size", () => {
  const suffixes: Record<string, string> = { ms: "Ms", hours: "Hours", bytes: "Bytes" };
  let numeric = 0;
  for (const { path, kind, unit, minimum, maximum } of SETTINGS) {
    if (kind !== "integer" && kind !== "number") continue;
    numeric += 1;
    assert.ok(unit !== undefined && unit !== "", path);
    assert.ok(minimum !== undefined && maximum !== undefined && minimum < maximum, path);
    assert.ok(maximum <= Number.MAX_SAFE_INTEGER, path);
    assert.ok(path.endsWith(suffixes[unit] ?? ""), path);
  }
  assert.ok(numeric >= 25);
});

test("every default is accepted by its own setting", () => {
  for (const setting of SETTINGS) assert.equal(refusalOf(setting, setting.default), undefined, setting.path);
});

test("every setting has a variable of its own, in capitals, and the names that are promised hold", () => {
  assert.equal(SETTING_OF_VARIABLE.size, SETTINGS.length);
  for (const { variable } of SETTINGS) assert.match(variable, /^POSTHORN(?:_[A-Z]+)+$/);
  const pathOf = (variable: string): string | undefined => SETTING_OF_VARIABLE.get(variable)?.path;
  assert.equal(pathOf("POSTHORN_HTTP_PORT"), "http.port");
  assert.equal(pathOf("POSTHORN_ACCEPT_OPEN_MESSAGES_MAX"), "accept.openMessagesMax");
  assert.equal(pathOf("POSTHORN_API_KEY"), "auth.apiKey");
});

test("what a pattern demands is also said in words", () => {
  for (const setting of SETTINGS) assert.ok(!/undefined|\^/.test(describeAccepted(setting)), setting.path);
});
