import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Value } from "typebox/value";
import { readSecret, SECRET_REFERENCE } from "./secret.ts";

const folder = mkdtempSync(join(tmpdir(), "posthorn-secret-"));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, "password");

test("a secret is read from its variable or its file, without the line break at the file's end", () => {
  assert.equal(readSecret({ env: "NORTH_PASSWORD" }, { NORTH_PASSWORD: "s3cret\n" }), "s3cret\n");
  for (const end of ["", "\n", "\r\n"]) {
    writeFileSync(FILE, `s3cret ${end}`);
    assert.equal(readSecret({ file: FILE }, {}), "s3cret ");
  }
});

test("a secret that is not there is an error that names the place", () => {
  writeFileSync(FILE, "\n");
  assert.throws(() => readSecret({ file: FILE }, {}), /is empty/);
  writeFileSync(FILE, "x".repeat(20_000));
  assert.throws(() => readSecret({ file: FILE }, {}), /larger than/);
  assert.throws(() => readSecret({ file: join(folder, "none") }, {}), /ENOENT/);
  assert.throws(() => readSecret({ env: "NONE" }, {}), /NONE is not set/);
  assert.throws(() => readSecret({ env: "EMPTY" }, { EMPTY: "" }), /EMPTY is not set/);
  for (const both of [{}, { env: "A", file: FILE }]) assert.throws(() => readSecret(both, { A: "a" }), /either/);
});

test("what is no name of a variable is refused, since it may be the secret itself", () => {
  assert.equal(Value.Check(SECRET_REFERENCE, { env: "NORTH_PASSWORD" }), true);
  for (const env of ["pass word", "p@ss", "1abc", ""]) assert.equal(Value.Check(SECRET_REFERENCE, { env }), false, env);
  assert.equal(Value.Check(SECRET_REFERENCE, { value: "s3cret" }), false);
});
