import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fc } from "../../test/seed.ts";
import { sha256Hex } from "./sha256.ts";

const reference = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

test("hashes the examples of FIPS 180-4", () => {
  assert.equal(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("hashes every length around the block edges like node:crypto", () => {
  for (let length = 0; length <= 200; length += 1)
    assert.equal(sha256Hex("a".repeat(length)), reference("a".repeat(length)));
});

test("hashes any text like node:crypto", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 500 }), (text) =>
      assert.equal(sha256Hex(text), reference(text)),
    ),
  );
});
