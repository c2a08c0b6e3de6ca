import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { countParts } from "./encoding.ts";
import { GSM7 } from "./gsm7.ts";
import { NATIONAL_ALPHABETS } from "./national/alphabets.ts";
import { encodeText, type TextOptions } from "./text-plan.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

/** `length` characters, the first of them `special`. */
const padded = (special: string, length: number) => special + "a".repeat(length - special.length);

const summaryOf = (text: string, options: TextOptions = {}) => {
  const { encoding, partCount, unitsRemaining, nationalTables } = encodeText(text, options);
  return [encoding, partCount, unitsRemaining, nationalTables];
};

test("60 characters of GSM 7 leave 100", () => {
  assert.deepEqual(summaryOf("a".repeat(60)), ["GSM7", 1, 100, {}]);
});

test("98 characters with Turkish letters are two parts, and one by the locking shift table", () => {
  const text = padded("ğışçİ", 98);
  assert.deepEqual(summaryOf(text), ["UCS2", 2, 36, {}]);
  for (const languageCode of ["TR", "AUTODETECT"] as const) {
    assert.deepEqual(summaryOf(text, { language: { languageCode } }), ["GSM7", 1, 57, { lockingShift: 1 }]);
  }
  const single = { languageCode: "TR", singleShift: true } as const;
  assert.deepEqual(summaryOf(text, { language: single }), ["GSM7", 1, 52, { singleShift: 1 }]);
});

test("155 Greek letters are three parts, and one when they are transliterated", () => {
  const text = "άλφα ".repeat(31);
  assert.deepEqual(summaryOf(text), ["UCS2", 3, 46, {}]);
  assert.deepEqual(summaryOf(text, { transliteration: "GREEK" }), ["GSM7", 1, 5, {}]);
});

test("plain GSM 7 is kept where a national table saves no part", () => {
  assert.deepEqual(summaryOf("Merhaba", { language: { languageCode: "TR" } }), ["GSM7", 1, 153, {}]);
  assert.deepEqual(summaryOf("€".repeat(78), { language: { languageCode: "TR" } }), ["GSM7", 1, 4, {}]);
  // Two parts either way; that the table would leave more room is no reason.
  const long = "a".repeat(150) + "€".repeat(20);
  assert.deepEqual(summaryOf(long, { language: { languageCode: "TR" } }).slice(0, 2), ["GSM7", 2]);
  assert.deepEqual(summaryOf(long, { language: { languageCode: "TR" } })[3], {});
  // Turkish has the euro sign in its locking table: one part for what plain GSM 7 needs two for.
  assert.deepEqual(summaryOf("€".repeat(100), { language: { languageCode: "TR" } }), [
    "GSM7",
    1,
    55,
    { lockingShift: 1 },
  ]);
});

test("the single shift table wins where the locking one lacks a letter", () => {
  // Turkish has no è in its locking table.
  assert.deepEqual(summaryOf("èğ", { language: { languageCode: "TR" } }), ["GSM7", 1, 152, { singleShift: 1 }]);
  assert.deepEqual(summaryOf("ñandú", { language: { languageCode: "ES" } }), ["GSM7", 1, 149, { singleShift: 2 }]);
});

test("both tables are used where neither alone has all letters", () => {
  // Only the locking table has ª, in the place of Φ; the single shift table brings Φ back.
  assert.deepEqual(summaryOf("ªΦ", { language: { languageCode: "PT" } }), [
    "GSM7",
    1,
    149,
    { singleShift: 3, lockingShift: 3 },
  ]);
});

test("a language is found by the letters of the text", () => {
  const detected = (text: string) => summaryOf(text, { language: { languageCode: "AUTODETECT" } })[3];
  assert.deepEqual(detected("ışık"), { lockingShift: 1 });
  assert.deepEqual(detected("coração"), { lockingShift: 3 });
  assert.deepEqual(detected("mañana será"), { singleShift: 2 });
  assert.deepEqual(detected("hello"), {});
});

const BOUNDARIES: readonly (readonly [text: string, options: TextOptions, parts: number])[] = [
  [padded("ğ", 155), { language: { languageCode: "TR" } }, 1],
  [padded("ğ", 156), { language: { languageCode: "TR" } }, 2],
  [padded("ğ", 298), { language: { languageCode: "TR" } }, 2],
  [padded("ğ", 299), { language: { languageCode: "TR" } }, 3],
  [padded("á", 154), { language: { languageCode: "ES" } }, 1],
  [padded("á", 155), { language: { languageCode: "ES" } }, 2],
  ["á".repeat(148), { language: { languageCode: "ES" } }, 2],
  // 74 letters fill 148 of 149 septets: the last septet of each part stays empty.
  ["á".repeat(149), { language: { languageCode: "ES" } }, 3],
  [padded("ªΦ", 151), { language: { languageCode: "PT" } }, 1],
  [padded("ªΦ", 152), { language: { languageCode: "PT" } }, 2],
  [padded("ªΦ", 291), { language: { languageCode: "PT" } }, 2],
  [padded("ªΦ", 292), { language: { languageCode: "PT" } }, 3],
];

test("a text takes the parts that the capacities 155/149 and 152/146 give", () => {
  for (const [text, options, partCount] of BOUNDARIES) {
    const plan = encodeText(text, options);
    assert.deepEqual([plan.encoding, plan.partCount], ["GSM7", partCount], `${text.length} ${text.slice(0, 3)}`);
  }
});

test("what forces UCS2 is the character that no allowed alphabet has", () => {
  const forcedBy = (text: string, options: TextOptions = {}) => encodeText(text, options).forcedBy;
  assert.deepEqual(forcedBy("ığ я"), { character: "ı", index: 0 });
  assert.deepEqual(forcedBy("ığ я", { language: { languageCode: "TR" } }), { character: "я", index: 3 });
  assert.deepEqual(forcedBy("щи 😀", { transliteration: "CYRILLIC" }), { character: "😀", index: 6 });
  assert.equal(forcedBy("plain"), undefined);
  assert.equal(forcedBy("ığ", { language: { languageCode: "TR" } }), undefined);
});

test("the transliterated text is what is counted and what the plan holds", () => {
  const plan = encodeText("Щука", { transliteration: "CYRILLIC" });
  assert.deepEqual([plan.text, plan.encoding, plan.units], ["Shchuka", "GSM7", 7]);
  assert.equal(encodeText("Щука", { transliteration: "NONE" }).text, "Щука");
});

const alphabets = [GSM7, ...Object.values(NATIONAL_ALPHABETS).flat()];
const letters = [...new Set(alphabets.flatMap((alphabet) => alphabet.characters()))];
const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...letters), maxLength: 500 }),
  fc.string({ unit: fc.constantFrom("a", "ğ", "ş", "€", "ª", "ñ", "á", "😀"), maxLength: 500 }),
  fc.string({ unit: fc.constantFrom("a", "b", "ı"), maxLength: 700 }),
);
const anyLanguage = fc.record(
  {
    languageCode: fc.constantFrom("NONE", "TR", "ES", "PT", "AUTODETECT"),
    singleShift: fc.boolean(),
    lockingShift: fc.boolean(),
  },
  { requiredKeys: [] },
);

test("a language never costs a part more than none, and its plan is what counting with its tables gives", () => {
  fc.assert(
    fc.property(anyText, anyLanguage, (text, language) => {
      const plan = encodeText(text, { language: language as NonNullable<TextOptions["language"]> });
      assert.ok(plan.partCount <= countParts(text).partCount);
      const alphabet = alphabets.find(
        ({ national }) => JSON.stringify(national) === JSON.stringify(plan.nationalTables),
      );
      assert.ok(alphabet !== undefined);
      const { encoding, units, partCount, unitsRemaining } = plan;
      assert.deepEqual({ encoding, units, partCount, unitsRemaining }, countParts(text, alphabet));
      assert.equal(plan.forcedBy === undefined, encoding === "GSM7");
    }),
    { seed: SEED },
  );
});
