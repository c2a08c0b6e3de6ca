import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { countParts, detectEncoding, splitText } from "./encoding.ts";
import { GSM7 } from "./gsm7.ts";
import { NATIONAL_ALPHABETS } from "./national/alphabets.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

const gsm7Text = fc.string({ unit: fc.constantFrom(...GSM7.characters()), maxLength: 900 });
const extensionHeavyText = fc.string({ unit: fc.constantFrom("a", "€", "[", "|"), maxLength: 900 });
const unicodeText = fc.string({ unit: "binary", maxLength: 400 });
const emojiHeavyText = fc.string({ unit: fc.constantFrom("a", "я", "😀", "👨‍👩‍👧"), maxLength: 400 });
/** Also lone surrogates, which a JSON body may hold. */
const anyUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0x61, 0xd83d, 0xde00)), { maxLength: 400 })
  .map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(gsm7Text, extensionHeavyText, unicodeText, emojiHeavyText, anyUnits);

/** Written again from the rules, slowly, to have something to compare with. */
function measureNaively(text: string): { encoding: "GSM7" | "UCS2"; units: number } {
  let septets = 0;
  for (const character of text) {
    const octets = GSM7.octets(character);
    if (octets === undefined) return { encoding: "UCS2", units: text.split("").length };
    septets += octets.length;
  }
  return { encoding: "GSM7", units: septets };
}

test("a text of the alphabet is GSM7 and its extension characters count twice", () => {
  assert.deepEqual(detectEncoding(""), { encoding: "GSM7", units: 0 });
  assert.deepEqual(detectEncoding("Hello"), { encoding: "GSM7", units: 5 });
  assert.deepEqual(detectEncoding("5 € [or] so"), { encoding: "GSM7", units: 14 });
});

test("one character outside the alphabet forces UCS2 and is named with its place", () => {
  assert.deepEqual(detectEncoding("façade ñ"), {
    encoding: "UCS2",
    units: 8,
    forcedBy: { character: "ç", index: 2 },
  });
  assert.deepEqual(detectEncoding("hi 😀"), {
    encoding: "UCS2",
    units: 5,
    forcedBy: { character: "😀", index: 3 },
  });
});

const CAPACITIES: readonly [text: string, encoding: string, units: number, partCount: number][] = [
  ["", "GSM7", 0, 1],
  ["a".repeat(160), "GSM7", 160, 1],
  ["a".repeat(161), "GSM7", 161, 2],
  ["a".repeat(306), "GSM7", 306, 2],
  ["a".repeat(307), "GSM7", 307, 3],
  ["€".repeat(80), "GSM7", 160, 1],
  ["€".repeat(81), "GSM7", 162, 2],
  // 76 euros fill 152 of 153 septets: the last septet of each part stays empty.
  ["€".repeat(152), "GSM7", 304, 2],
  ["€".repeat(153), "GSM7", 306, 3],
  [`${"a".repeat(152)}€${"a".repeat(152)}`, "GSM7", 306, 3],
  [`${"a".repeat(151)}€${"a".repeat(153)}`, "GSM7", 306, 2],
  ["я".repeat(70), "UCS2", 70, 1],
  ["я".repeat(71), "UCS2", 71, 2],
  ["я".repeat(134), "UCS2", 134, 2],
  ["я".repeat(135), "UCS2", 135, 3],
  ["😀".repeat(35), "UCS2", 70, 1],
  ["😀".repeat(36), "UCS2", 72, 2],
  // 33 pairs fill 66 of 67 units.
  ["😀".repeat(66), "UCS2", 132, 2],
  ["😀".repeat(67), "UCS2", 134, 3],
];

test("a text takes the parts that the capacities 160/153 and 70/67 give", () => {
  for (const [text, encoding, units, partCount] of CAPACITIES) {
    const { unitsRemaining, ...count } = countParts(text);
    assert.deepEqual(count, { encoding, units, partCount });
    assert.ok(unitsRemaining >= 0);
    assert.equal(splitText(text).parts.length, partCount);
  }
});

test("an extension character that does not fit goes whole into the next part", () => {
  const { parts } = splitText(`${"a".repeat(152)}€${"b".repeat(20)}`);
  assert.deepEqual(parts, ["a".repeat(152), `€${"b".repeat(20)}`]);
});

test("a surrogate pair that does not fit goes whole into the next part", () => {
  const { parts } = splitText(`${"я".repeat(66)}😀${"я".repeat(20)}`);
  assert.deepEqual(parts, ["я".repeat(66), `😀${"я".repeat(20)}`]);
});

test("splitting and joining gives the text back", () => {
  fc.assert(
    fc.property(anyText, (text) => splitText(text).parts.join("") === text),
    { seed: SEED },
  );
});

test("counting, splitting and detecting agree", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const count = countParts(text);
      const split = splitText(text);
      const detected = detectEncoding(text);
      assert.equal(count.partCount, split.parts.length);
      assert.equal(count.encoding, split.encoding);
      assert.equal(count.encoding, detected.encoding);
      assert.equal(count.units, detected.units);
    }),
    { seed: SEED },
  );
});

test("detection agrees with a naive reading of the rules", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { encoding, units, forcedBy } = detectEncoding(text);
      assert.deepEqual({ encoding, units }, measureNaively(text));
      assert.equal(forcedBy === undefined, encoding === "GSM7");
      if (forcedBy === undefined) return;
      assert.ok(text.startsWith(forcedBy.character, forcedBy.index));
      assert.equal(GSM7.octets(forcedBy.character), undefined);
      assert.equal(detectEncoding(text.slice(0, forcedBy.index)).encoding, "GSM7");
    }),
    { seed: SEED },
  );
});

test("no part is over its length, and none ends before it must", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { encoding, parts } = splitText(text);
      const [single, perPart] = encoding === "GSM7" ? [160, 153] : [70, 67];
      const measure = (part: string): number => (encoding === "GSM7" ? measureNaively(part).units : part.length);
      for (const [index, part] of parts.entries()) {
        assert.ok(measure(part) <= (parts.length === 1 ? single : perPart));
        // The next character would not have fitted: no part is cut early.
        const nextCharacter = String.fromCodePoint(parts[index + 1]?.codePointAt(0) ?? 0);
        if (index < parts.length - 1) assert.ok(measure(part) + measure(nextCharacter) > perPart);
      }
    }),
    { seed: SEED },
  );
});

test("no part begins in the middle of a surrogate pair", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { parts } = splitText(text);
      for (let index = 1; index < parts.length; index += 1) {
        const before = parts[index - 1]?.at(-1)?.charCodeAt(0) ?? 0;
        const after = parts[index]?.charCodeAt(0) ?? 0;
        assert.ok(!(isHigh(before) && isLow(after)));
      }
    }),
    { seed: SEED },
  );
});

test("no part of well-formed text begins with a low surrogate or ends with a high one", () => {
  fc.assert(
    fc.property(fc.oneof(unicodeText, emojiHeavyText), (text) => {
      for (const part of splitText(text).parts) {
        assert.ok(part.isWellFormed(), JSON.stringify(part));
      }
    }),
    { seed: SEED },
  );
});

const nationalAlphabet = fc.constantFrom(...Object.values(NATIONAL_ALPHABETS).flat());
/** Texts that the alphabet can carry, and now and then one that it cannot. */
const nationalCase = nationalAlphabet.chain((alphabet) => {
  const escaped = alphabet.characters().filter((character) => alphabet.octets(character)?.length === 2);
  return fc.record({
    alphabet: fc.constant(alphabet),
    text: fc.oneof(
      fc.string({ unit: fc.constantFrom(...alphabet.characters()), maxLength: 900 }),
      fc.string({ unit: fc.constantFrom("a", ...escaped), maxLength: 900 }),
      anyText,
    ),
  });
});

test("with every national alphabet, parts join to the text, agree with the count and are full and no more", () => {
  fc.assert(
    fc.property(nationalCase, ({ alphabet, text }) => {
      const { encoding, parts } = splitText(text, alphabet);
      const count = countParts(text, alphabet);
      assert.equal(parts.join(""), text);
      assert.deepEqual([count.encoding, count.partCount], [encoding, parts.length]);
      const tables = Object.keys(alphabet.national).length;
      const [single, perPart] = encoding === "UCS2" ? [70, 67] : tables === 1 ? [155, 149] : [152, 146];
      // An escape and its character are counted, and so cut, together: no part ends with an escape.
      const measure = (part: string): number =>
        encoding === "UCS2"
          ? part.length
          : Array.from(part, (character) => alphabet.octets(character)?.length ?? Number.NaN).reduce(
              (sum, septets) => sum + septets,
              0,
            );
      const capacity = parts.length === 1 ? single : perPart;
      for (const [index, part] of parts.entries()) {
        assert.ok(measure(part) <= capacity, `${measure(part)} of ${capacity}`);
        const next = String.fromCodePoint(parts[index + 1]?.codePointAt(0) ?? 0);
        if (index < parts.length - 1) assert.ok(measure(part) + measure(next) > perPart);
      }
      assert.equal(count.unitsRemaining, capacity - measure(parts.at(-1) ?? ""));
    }),
    { seed: SEED },
  );
});

test("with a reference of 16 bits every part holds a septet or a unit less, and a single part as much as ever", () => {
  const lengths = (text: string, alphabet = GSM7) =>
    splitText(text, alphabet, { referenceBits: 16 }).parts.map(({ length }) => length);
  assert.deepEqual(lengths("a".repeat(160)), [160]);
  assert.deepEqual(lengths("a".repeat(305)), [152, 152, 1]);
  assert.deepEqual(lengths("я".repeat(70)), [70]);
  assert.deepEqual(lengths("я".repeat(133)), [66, 66, 1]);
  assert.deepEqual(lengths(`${"€".repeat(76)}a`), [77]);
  assert.deepEqual(lengths(`a${"€".repeat(80)}`), [76, 5]);
  assert.deepEqual(lengths("a".repeat(300), NATIONAL_ALPHABETS.TR[0]), [148, 148, 4]);
  assert.deepEqual(lengths("a".repeat(300), NATIONAL_ALPHABETS.TR[2]), [145, 145, 10]);
});

test("a text that may not be GSM 7 is cut as UCS2, in whole characters", () => {
  const { encoding, parts } = splitText(`${"a".repeat(66)}😀${"b".repeat(10)}`, GSM7, { encoding: "UCS2" });
  assert.equal(encoding, "UCS2");
  assert.deepEqual(parts, ["a".repeat(66), `😀${"b".repeat(10)}`]);
});
