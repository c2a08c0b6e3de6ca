import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  breachesOf,
  importsOf,
  packageBreachesOf,
  resolveImport,
  SERVER_LAYERS,
  type SourceFile,
} from "./harness/layers.ts";

const PACKAGES = join(import.meta.dirname, "..", "..");

/** Sources, without tests: those may look at anything. */
function read(folder: string, pattern: string): readonly SourceFile[] {
  return globSync(pattern, { cwd: folder })
    .filter((path) => !path.endsWith(".test.ts") && !path.includes("node_modules"))
    .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(folder, path), "utf8") }));
}

const SERVER = read(join(PACKAGES, "server", "src"), "**/*.ts");
const ALL = read(PACKAGES, "*/src/**/*.ts");

test("sources were found in every layer, with imports in them", () => {
  const found = new Set(SERVER.map(({ path }) => path.split("/")[0]));
  for (const layer of ["kernel", "message", "store", "route", "carrier", "accept", "dispatch", "report", "notify"]) {
    assert.ok(found.has(layer), `${layer}/ holds no source; a check that reads nothing passes everything`);
  }
  for (const layer of ["view", "query", "http", "config", "sandbox", "main.ts"]) assert.ok(found.has(layer), layer);
  assert.ok(SERVER.flatMap(({ text }) => importsOf(text)).length > 150);
  for (const name of ["contract", "component", "server"]) {
    assert.ok(
      ALL.some(({ path }) => path.startsWith(`${name}/`)),
      name,
    );
  }
});

test("every folder of the server imports only what its layer may", () => {
  assert.deepEqual(breachesOf(SERVER_LAYERS, SERVER), []);
});

test("every package imports only the packages that it may, and nobody imports the server", () => {
  assert.deepEqual(packageBreachesOf(ALL), []);
});

test("the component's core imports nothing but itself, and its other sources nothing but Node and itself", () => {
  const files = ALL.filter(({ path }) => path.startsWith("component/src/"));
  const core = files.filter(({ path }) => path.startsWith("component/src/core/"));
  assert.ok(core.length > 5);
  for (const { path, text } of core) {
    for (const specifier of importsOf(text)) {
      assert.match(resolveImport(path, specifier), /^component\/src\/core\//, `${path} imports ${specifier}`);
      assert.match(specifier, /^\./, `${path} imports ${specifier}`);
    }
  }
  for (const { path, text } of files) {
    for (const specifier of importsOf(text)) assert.match(specifier, /^(\.|node:)/, `${path} imports ${specifier}`);
  }
});

test("smpp and contract import nothing of ours", () => {
  for (const { path, text } of ALL.filter(({ path }) => /^(smpp|contract)\//.test(path))) {
    for (const specifier of importsOf(text)) assert.doesNotMatch(specifier, /^@posthorn\//, path);
  }
});

const of = (path: string, text: string) => breachesOf(SERVER_LAYERS, [{ path, text }]);

test("the check catches an import that a layer may not have, however it is written", () => {
  const breach = ["accept/a.ts: accept may not import dispatch"];
  assert.deepEqual(of("accept/a.ts", `import { x } from "../dispatch/dispatcher.ts";`), breach);
  assert.deepEqual(of("accept/a.ts", `import type { X } from '../dispatch/dispatcher.ts';`), breach);
  assert.deepEqual(of("accept/a.ts", `import {\n  a,\n  type B,\n} from "../dispatch/dispatcher.ts";`), breach);
  assert.deepEqual(of("accept/a.ts", `import "../dispatch/dispatcher.ts";`), breach);
  assert.deepEqual(of("accept/a.ts", `export { x } from "../dispatch/dispatcher.ts";`), breach);
  assert.deepEqual(of("accept/a.ts", `export * from "../dispatch/dispatcher.ts";`), breach);
  assert.deepEqual(of("accept/deep/a.ts", `import { x } from "../../dispatch/dispatcher.ts";`), [
    "accept/deep/a.ts: accept may not import dispatch",
  ]);
  assert.deepEqual(of("kernel/a.ts", `import { x } from "../main.ts";`), [
    "kernel/a.ts: kernel may not import main.ts",
  ]);
});

test("the check catches a folder that no table names, and an import that is made while it runs", () => {
  assert.deepEqual(of("extra/a.ts", ""), ["extra/a.ts: extra is in no table of layers"]);
  assert.deepEqual(of("constructor/a.ts", "").length, 1);
  assert.equal(of("accept/a.ts", `const x = await import("../store/store.ts");`).length, 1);
  assert.equal(of("main.ts", `const x = require("./store/store.ts");`).length, 1);
});

test("the check lets pass what a layer may import, and what only a comment says", () => {
  assert.deepEqual(
    of("accept/a.ts", `import { x } from "../store/store.ts";\nimport { y } from "./b.ts";\nimport fs from "node:fs";`),
    [],
  );
  assert.deepEqual(of("accept/a.ts", `// import { x } from "../dispatch/dispatcher.ts";\n/* import("x") */`), []);
});

test("the check of packages catches the server's import by name and by path, and a package that is new", () => {
  const by = (path: string, specifier: string) =>
    packageBreachesOf([{ path, text: `import { x } from "${specifier}";` }]).length;
  assert.equal(by("component/src/a.ts", "@posthorn/server"), 1);
  assert.equal(by("contract/src/a.ts", "../../server/src/main.ts"), 1);
  assert.equal(by("component/src/a.ts", "@posthorn/contract"), 1);
  assert.equal(by("brand-new/src/a.ts", "@posthorn/contract/sub"), 1);
  assert.equal(by("server/src/a.ts", "@posthorn/contract"), 0);
  assert.equal(by("server/src/a.ts", "fastify"), 0);
});
