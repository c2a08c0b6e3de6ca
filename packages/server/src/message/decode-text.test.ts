import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeParts, GAP_MARK, type ReceivedContent, ucs2Octets } from "./decode-text.ts";
import { GSM7 } from "./gsm7.ts";
import { NATIONAL_ALPHABETS } from "./national/alphabets.ts";

function content(encoding: ReceivedContent["encoding"], octets: Iterable<number>): ReceivedContent {
  return { encoding, octets: Uint8Array.from(octets), nationalTables: {} };
}

const gsm = (text: string) => content("GSM7", Buffer.from(text, "latin1"));

test("whatever an alphabet can write is read as it was written", () => {
  const seed = Number(process.env["FC_SEED"] ?? Date.now());
  process.stdout.write(`FC_SEED=${seed}\n`);
  const alphabets = [GSM7, ...Object.values(NATIONAL_ALPHABETS).flat()];
  for (const alphabet of alphabets) {
    const texts = fc.array(fc.constantFrom(...alphabet.characters()), { maxLength: 40 });
    fc.assert(
      fc.property(texts, fc.nat(60), (characters, at) => {
        const octets = characters.flatMap((character) => [...(alphabet.octets(character) ?? [])]);
        const of = (some: readonly number[]) => ({ ...content("GSM7", some), nationalTables: alphabet.national });
        const parts = [of(octets.slice(0, at)), of(octets.slice(at))];
        assert.deepEqual(decodeParts(parts), { text: characters.join(""), encoding: "GSM7" });
      }),
      { seed, numRuns: 50 },
    );
  }
});

test("a surrogate pair cut in two is whole again, and half of one alone is marked", () => {
  const octets = ucs2Octets("a🐎b");
  const cut = [content("UCS2", octets.subarray(0, 4)), content("UCS2", octets.subarray(4))] as const;
  assert.deepEqual(decodeParts(cut), { text: "a🐎b", encoding: "UCS2" });
  assert.equal(decodeParts([cut[0], null]).text, `a\ufffd${GAP_MARK}`);
});

test("half a unit at the end of a part does not shift what follows", () => {
  const parts = [content("UCS2", [0, 97, 0]), content("UCS2", [0, 98])];
  assert.equal(decodeParts(parts).text, "ab");
});

test("parts of different encodings and tables are read each by its own", () => {
  const turkish = { ...gsm("\x04"), nationalTables: { lockingShift: 1 } };
  const parts = [gsm("\x04"), turkish, content("UCS2", ucs2Octets("漢")), content("LATIN1", [0xe9])];
  assert.deepEqual(decodeParts(parts), { text: "è€漢é", encoding: "UCS2" });
});

test("a table that we do not have is read as the default one", () => {
  const hindi = { ...content("GSM7", [0x41, 0x1b, 0x65]), nationalTables: { lockingShift: 6, singleShift: 6 } };
  assert.equal(decodeParts([hindi]).text, "A€");
});

test("an escape before what is not in the extension table shows the character; at the very end it shows nothing", () => {
  assert.equal(decodeParts([content("GSM7", [0x1b, 0x41, 0x1b])]).text, "A");
});

test("missing parts leave one mark wherever they are", () => {
  assert.equal(decodeParts([null, null, gsm("a"), null, gsm("b"), null]).text, "[…]a[…]b[…]");
});

test("a binary message is its octets; a binary part stands in a text as such", () => {
  const binary = content("BINARY", [0, 255]);
  assert.deepEqual(decodeParts([binary, content("BINARY", [1])]), { text: "00ff01", encoding: "BINARY" });
  assert.deepEqual(decodeParts([gsm("a"), binary]), { text: "a00ff", encoding: "GSM7" });
});
