import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecretBox } from "./secret-box.ts";

const box = createSecretBox(Buffer.alloc(32, 7));

test("what is sealed opens with the same key at the same place, and shows nothing before", () => {
  const sealed = box.seal("pässword", "security/1/a");
  assert.ok(!sealed.includes("ssword"));
  assert.equal(box.open(sealed, "security/1/a"), "pässword");
  assert.notEqual(box.seal("pässword", "security/1/a"), sealed);
});

test("another key, another place or another octet opens nothing", () => {
  const sealed = box.seal("password", "security/1/a");
  assert.throws(() => createSecretBox(Buffer.alloc(32, 8)).open(sealed, "security/1/a"));
  assert.throws(() => box.open(sealed, "security/1/b"));
  assert.throws(() => box.open(`${sealed.slice(0, -3)}AA=`, "security/1/a"));
  assert.throws(() => createSecretBox(null).open(sealed, "security/1/a"), /secretKeyFile/);
});

test("without a key secrets are kept as they are, and one set up before still opens with a key", () => {
  assert.equal(createSecretBox(null).seal("password", "x"), "password");
  assert.equal(box.open("password", "x"), "password");
  assert.throws(() => createSecretBox(Buffer.alloc(31)), RangeError);
});
