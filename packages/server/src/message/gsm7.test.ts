import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { GSM7_ESCAPE } from "./alphabet.ts";
import { GSM7 } from "./gsm7.ts";

const SHARED_TABLES = new URL("../../../../../shared/gsm/gsm0338.json", import.meta.url);

interface Language {
  code: string;
  locking: (string | null)[];
  single: Record<string, string>;
}

const characterOf = (codePointHex: string): string => String.fromCodePoint(Number.parseInt(codePointHex, 16));

test("the tables are those of 3GPP TS 23.038, character by character", (t) => {
  if (!existsSync(SHARED_TABLES)) {
    t.skip("the reference tables are not beside the checkout");
    return;
  }
  const { languages } = JSON.parse(readFileSync(SHARED_TABLES, "utf8")) as { languages: Language[] };
  const reference = languages.find((language) => language.code === "default");
  assert.ok(reference !== undefined);
  const expected = new Map<string, readonly number[]>();
  for (const [septet, codePoint] of reference.locking.entries()) {
    if (codePoint !== null) expected.set(characterOf(codePoint), [septet]);
  }
  for (const [septet, codePoint] of Object.entries(reference.single)) {
    expected.set(characterOf(codePoint), [GSM7_ESCAPE, Number.parseInt(septet, 16)]);
  }
  assert.equal(expected.size, 137);
  for (const [character, octets] of expected) {
    assert.deepEqual(GSM7.octets(character), octets, `U+${character.charCodeAt(0).toString(16)}`);
    assert.equal(GSM7.septetCount(character.charCodeAt(0)), octets.length);
  }
  assert.deepEqual(new Set(GSM7.characters()), new Set(expected.keys()));
});

test("the 128 places of the default alphabet hold 127 different characters and the escape", () => {
  const septets = new Map<number, string>();
  for (const character of GSM7.characters()) {
    const octets = GSM7.octets(character);
    if (octets?.length === 1) septets.set(octets[0] ?? -1, character);
  }
  assert.equal(septets.size, 127);
  assert.ok(!septets.has(GSM7_ESCAPE));
  for (let septet = 0; septet < 128; septet += 1) assert.equal(septets.has(septet), septet !== GSM7_ESCAPE);
});

test("the ten characters of the extension table cost two septets, the escape first", () => {
  const extension = GSM7.characters().filter((character) => GSM7.septetCount(character.charCodeAt(0)) === 2);
  assert.deepEqual(new Set(extension), new Set("\f^{}\\[~]|€"));
  for (const character of extension) assert.equal(GSM7.octets(character)?.[0], GSM7_ESCAPE);
});

test("every UTF-16 unit outside the tables costs nothing and has no octets", () => {
  const inTables = new Set(GSM7.characters().map((character) => character.charCodeAt(0)));
  let outside = 0;
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    if (inTables.has(unit)) continue;
    assert.equal(GSM7.septetCount(unit), 0, `U+${unit.toString(16)}`);
    assert.equal(GSM7.octets(String.fromCharCode(unit)), undefined);
    outside += 1;
  }
  assert.equal(outside, 0x10000 - 137);
});

test("look-alikes are not taken for the alphabet's own letters", () => {
  for (const character of ["ç", "`", "\t", "\x1b", "Ё", "Α", "’", "\u00a0"]) {
    assert.equal(GSM7.septetCount(character.charCodeAt(0)), 0, character);
  }
});
