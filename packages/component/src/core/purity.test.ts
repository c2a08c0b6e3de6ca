import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL(".", import.meta.url).pathname;
const files = globSync("*.ts", { cwd: FOLDER }).filter((file) => !file.endsWith(".test.ts"));

/** What verified n8n nodes may not touch, and what would make the core impure. */
const FORBIDDEN =
  /\b(process|globalThis|global|fetch|setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|require|__dirname|__filename|crypto|console|Date\.now|Math\.random|performance|structuredClone|Buffer)\b(?!`)/;

test("the core imports only itself, and touches no timer, environment, network, clock or random source", () => {
  assert.ok(files.length >= 15, "the core's files were not found");
  for (const file of files) {
    const source = readFileSync(`${FOLDER}${file}`, "utf8");
    for (const [, target] of source.matchAll(/from "([^"]+)"/g))
      assert.match(target as string, /^\.\/[a-z0-9-]+\.ts$/, `${file} imports ${target}`);
    const code = source
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^\s*\/\/.*$/gm, "")
      .replace(/"[^"]*"/g, '""')
      .replace(/\/\^?\(.*\/[a-z]*;$/gm, "");
    assert.doesNotMatch(code, FORBIDDEN, file);
  }
});
