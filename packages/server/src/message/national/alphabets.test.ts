import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type Alphabet, GSM7_ESCAPE } from "../alphabet.ts";
import { allowedAlphabets, alphabetOfTables, NATIONAL_ALPHABETS, type NationalLanguage } from "./alphabets.ts";

const SHARED_TABLES = new URL("../../../../../../shared/gsm/gsm0338.json", import.meta.url);
const SKIP = existsSync(SHARED_TABLES) ? false : "the reference tables are not beside the checkout";

interface Language {
  readonly id: number;
  readonly code: string;
  readonly locking: readonly (string | null)[] | null;
  readonly single: Readonly<Record<string, string>>;
}

const characterOf = (codePointHex: string): string => String.fromCodePoint(Number.parseInt(codePointHex, 16));

/** What each character becomes when the reference's tables are read: the short way, at the lowest septet. */
function expectedOctets(locking: readonly (string | null)[], single: Readonly<Record<string, string>>) {
  const expected = new Map<string, readonly number[]>();
  const define = (codePoint: string, octets: readonly number[]) => {
    const character = characterOf(codePoint);
    if (!expected.has(character)) expected.set(character, octets);
  };
  for (const [septet, codePoint] of locking.entries()) if (codePoint !== null) define(codePoint, [septet]);
  const escaped = Object.entries(single).map(([hex, codePoint]) => [Number.parseInt(hex, 16), codePoint] as const);
  for (const [septet, codePoint] of escaped.sort(([a], [b]) => a - b)) define(codePoint, [GSM7_ESCAPE, septet]);
  return expected;
}

test("the national tables are those of 3GPP TS 23.038, character by character", { skip: SKIP }, () => {
  const { languages } = JSON.parse(readFileSync(SHARED_TABLES, "utf8")) as { languages: Language[] };
  const find = (code: string) => languages.find((language) => language.code === code) as Language;
  const standard = find("default");
  let compared = 0;
  for (const [name, alphabets] of Object.entries(NATIONAL_ALPHABETS) as [NationalLanguage, readonly Alphabet[]][]) {
    const { id, locking, single } = find(name.toLowerCase());
    assert.equal(alphabets.length, locking === null ? 1 : 3);
    for (const alphabet of alphabets) {
      const { singleShift, lockingShift } = alphabet.national;
      for (const used of [singleShift, lockingShift]) assert.ok(used === undefined || used === id);
      const basic = lockingShift === undefined ? standard.locking : locking;
      const expected = expectedOctets(basic ?? [], singleShift === undefined ? standard.single : single);
      assert.deepEqual(new Set(alphabet.characters()), new Set(expected.keys()));
      for (const [character, octets] of expected) {
        assert.deepEqual(alphabet.octets(character), octets, `${name} ${character}`);
        assert.equal(alphabet.septetCount(character.charCodeAt(0)), octets.length);
        compared += 1;
      }
    }
  }
  assert.ok(compared > 900, `${compared} characters`);
});

const tablesOf = (alphabets: readonly Alphabet[]) => alphabets.map(({ national }) => national);

test("a language allows its single shift table, its locking shift table, and both", () => {
  assert.deepEqual(tablesOf(allowedAlphabets({ languageCode: "TR" })), [
    { singleShift: 1 },
    { lockingShift: 1 },
    { singleShift: 1, lockingShift: 1 },
  ]);
  assert.deepEqual(tablesOf(allowedAlphabets({ languageCode: "ES" })), [{ singleShift: 2 }]);
  assert.equal(allowedAlphabets({ languageCode: "AUTODETECT" }).length, 7);
});

test("one flag allows only tables of its kind, and both flags allow what none does", () => {
  const allowed = (singleShift: boolean, lockingShift: boolean) =>
    tablesOf(allowedAlphabets({ languageCode: "PT", singleShift, lockingShift }));
  assert.deepEqual(allowed(true, false), [{ singleShift: 3 }]);
  assert.deepEqual(allowed(false, true), [{ lockingShift: 3 }]);
  assert.deepEqual(allowed(true, true), allowed(false, false));
  assert.deepEqual(allowedAlphabets({ languageCode: "ES", lockingShift: true }), []);
});

test("no language allows no table, whatever the flags say", () => {
  assert.deepEqual(allowedAlphabets({}), []);
  assert.deepEqual(allowedAlphabets({ singleShift: true, lockingShift: true }), []);
  assert.deepEqual(allowedAlphabets({ languageCode: "NONE", singleShift: true }), []);
});

test("an alphabet is found by the tables that it names, and by no others", () => {
  const alphabets = Object.values(NATIONAL_ALPHABETS).flat();
  assert.ok(alphabets.length > 5);
  for (const alphabet of alphabets) assert.equal(alphabetOfTables(alphabet.national), alphabet);
  assert.equal(alphabetOfTables({ singleShift: 6 }), undefined);
  assert.equal(alphabetOfTables({ singleShift: 1, lockingShift: 3 }), undefined);
});
