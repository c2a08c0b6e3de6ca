import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { describeSettings, loadConfig, printConfig } from "./config.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const folder = mkdtempSync(join(tmpdir(), "posthorn-print-"));
after(() => rmSync(folder, { recursive: true }));

const KEY = "a-very-secret-key";

test("a printed configuration parses back to the same, with its secrets masked", () => {
  const { config, sources } = loadConfig({
    env: { POSTHORN_API_KEY: KEY, POSTHORN_LOG_LEVEL: "silent" },
    flags: { "http.port": 0, "account.balance": 0.25 },
  });
  const printed = printConfig(config, sources);
  assert.ok(!printed.includes(KEY));
  assert.deepEqual(parse(printed), { ...config, auth: { apiKey: "********" } });
});

test("a printed configuration without secrets loads again as it was", () => {
  const file = join(folder, "printed.yaml");
  const anyText = fc.string({ unit: "binary", minLength: 1 }).filter((text) => /\S/.test(text));
  const awkward = fc.constantFrom(
    "no",
    "null",
    "1e3",
    "a: b",
    "# x",
    "a\nb",
    "a\u2028b",
    '"',
    "\\",
    "'",
    "- x",
    "~",
    "\u0085",
    "\ufeffx",
  );
  fc.assert(
    fc.property(fc.oneof(anyText, awkward), fc.double({ min: 0, max: 1e12, noNaN: true }), (directory, balance) => {
      const flags = { "data.directory": directory, "account.balance": balance };
      const { config, sources } = loadConfig({ env: {}, flags });
      writeFileSync(file, printConfig(config, sources));
      assert.deepEqual(loadConfig({ file, env: {}, flags: {} }).config, config);
    }),
    { seed: SEED },
  );
});

test("above each printed setting stand its description, its unit, its default and its source", () => {
  const { config, sources } = loadConfig({ env: { POSTHORN_HTTP_PORT: "9000" }, flags: { "log.level": "warn" } });
  const printed = printConfig(config, sources);
  const lines = printed.split("\n");
  const words = printed.replaceAll(/\n\s*# /g, " ");
  for (const setting of describeSettings()) {
    assert.ok(words.includes(setting.description), setting.path);
    const sectionStart = lines.indexOf(`${setting.section}:`);
    const line = lines.findIndex((text, index) => index > sectionStart && text.startsWith(`  ${setting.name}: `));
    assert.match(lines[line - 1] ?? "", /^ {2}# Accepts .*\. Default .*\. Source: .*\.$/, setting.path);
    if (setting.unit !== undefined) assert.ok(lines[line - 1]?.includes(`(${setting.unit})`), setting.path);
  }
  assert.ok(printed.includes("Default 8080. Source: environment (POSTHORN_HTTP_PORT).\n  port: 9000\n"));
  assert.ok(printed.includes('Default "info". Source: flag (--log.level).\n  level: "warn"\n'));
  assert.ok(printed.includes('Default "127.0.0.1". Source: default.\n  host: "127.0.0.1"\n'));
});
