import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { seedFromEnvironment } from "../../test/harness/seed.ts";
import { GSM_TABLES } from "./gsm-tables.ts";
import { decodeGsm7, encodeGsm7 } from "./gsm7.ts";
import { fillBitsAfter, packSeptets, unpackSeptets } from "./septets.ts";
import { dataCodingOf, decodeText, encodeText } from "./text.ts";

const SHARED_TABLES = new URL("../../../../../shared/gsm/gsm0338.json", import.meta.url);
const SKIP = existsSync(SHARED_TABLES) ? false : "the reference tables are not beside the checkout";
const seed = seedFromEnvironment("SMPP_PROPERTY_SEED");

interface Language {
  readonly id: number;
  readonly locking: readonly (string | null)[] | null;
  readonly single: Readonly<Record<string, string>>;
}

test("58 and 60 all 137 GSM characters and each national table are those of 3GPP TS 23.038", { skip: SKIP }, () => {
  const { languages } = JSON.parse(readFileSync(SHARED_TABLES, "utf8")) as { languages: Language[] };
  assert.equal(languages.length, Object.keys(GSM_TABLES).length);
  let compared = 0;
  for (const { id, locking, single } of languages) {
    for (const [septet, codePoint] of locking?.entries() ?? []) {
      if (septet === 0x1b) continue;
      const expected = codePoint === null ? "\ufffd" : String.fromCodePoint(Number.parseInt(codePoint, 16));
      assert.equal(decodeGsm7(Buffer.from([septet]), { lockingShift: id }), expected, `${id} locking ${septet}`);
      compared += 1;
    }
    assert.equal(GSM_TABLES[id]?.locking === undefined, locking === null);
    for (let septet = 0; septet < 128; septet += 1) {
      const codePoint = single[septet.toString(16).padStart(2, "0")];
      const fallback = septet === 0x1b ? " " : decodeGsm7(Buffer.from([septet]));
      const expected = codePoint === undefined ? fallback : String.fromCodePoint(Number.parseInt(codePoint, 16));
      assert.equal(decodeGsm7(Buffer.from([0x1b, septet]), { singleShift: id }), expected, `${id} single ${septet}`);
      compared += 1;
    }
  }
  assert.ok(compared > 3000, `${compared} compared`);
});

test("58 all 137 GSM characters both ways, in the shortest form at the lowest septet", () => {
  const septets = Array.from({ length: 128 }, (_, septet) => septet).filter((septet) => septet !== 0x1b);
  const extension = [0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65].map((septet) => [0x1b, septet]);
  const octets = Buffer.from([...septets, ...extension.flat()]);
  const text = decodeGsm7(octets);
  assert.equal(text.length, 137);
  assert.equal(new Set(text).size, 137);
  assert.deepEqual(encodeGsm7(text), octets);
});

test("60 each national table: every character that can be read can be written, and reads the same", () => {
  for (const id of Object.keys(GSM_TABLES).map(Number)) {
    for (const shifts of [{ singleShift: id }, { lockingShift: id }, { singleShift: id, lockingShift: id }]) {
      const all = Array.from({ length: 256 }, (_, index) => (index < 128 ? [index] : [0x1b, index - 128]))
        .map((octets) => decodeGsm7(Buffer.from(octets), shifts))
        .filter((character) => character !== "\ufffd");
      const text = all.join("");
      assert.equal(decodeGsm7(encodeGsm7(text, shifts), shifts), text);
    }
  }
  assert.deepEqual([...encodeGsm7("ğ", { singleShift: 1 })], [0x1b, 0x67]);
  assert.deepEqual([...encodeGsm7("ğ", { lockingShift: 1 })], [0x0c]);
});

test("what GSM 7 does not have is refused, or written as the substitute, a surrogate pair once", () => {
  assert.throws(() => encodeGsm7("a\u{1f600}"), { code: "SMPP_FIELD_INVALID" });
  assert.equal(decodeGsm7(encodeGsm7("a\u{1f600}b\u4e00", { substitute: "?" })), "a?b?");
  assert.throws(() => encodeGsm7("a", { singleShift: 14 }), { code: "SMPP_FIELD_INVALID" });
});

test("nothing that a peer sends is dropped: escapes without an entry, at the end, and octets that are no septets", () => {
  assert.equal(decodeGsm7(Buffer.from([0x1b, 0x41])), "A");
  assert.equal(decodeGsm7(Buffer.from([0x61, 0x1b])), "a ");
  assert.equal(decodeGsm7(Buffer.from([0x1b, 0x1b, 0x61])), " a");
  assert.equal(decodeGsm7(Buffer.from([0x61, 0xe9])), "a\ufffd");
});

test("septets are packed as in the known examples", () => {
  assert.equal(packSeptets(encodeGsm7("hello")).toString("hex"), "e8329bfd06");
  assert.equal(packSeptets(encodeGsm7("hellohello")).toString("hex"), "e8329bfd4697d9ec37");
  assert.equal(decodeGsm7(unpackSeptets(Buffer.from("e8329bfd06", "hex"))), "hello");
  assert.equal(packSeptets(Buffer.alloc(160)).length, 140);
  assert.equal(fillBitsAfter(6), 1);
  assert.equal(fillBitsAfter(7), 0);
  assert.equal(fillBitsAfter(0), 0);
});

test("any septets come out of packing as they went in, but for a filling return", () => {
  const septets = fc.uint8Array({ max: 127, maxLength: 160 }).map((octets) => Buffer.from(octets));
  fc.assert(
    fc.property(septets, fc.integer({ min: 0, max: 6 }), (octets, fillBits) => {
      const unpacked = unpackSeptets(packSeptets(octets, fillBits), fillBits);
      const isAmbiguous = octets.at(-1) === 0x0d && (fillBits + octets.length * 7) % 8 === 0;
      assert.deepEqual(unpacked, isAmbiguous ? octets.subarray(0, -1) : octets);
    }),
    { seed, numRuns: 500 },
  );
});

test("seven spare bits are filled with a return, which would read as @ otherwise", () => {
  const packed = packSeptets(encodeGsm7("1234567"));
  assert.equal(packed.length, 7);
  assert.equal((packed[6] as number) >> 1, 0x0d);
  assert.equal(decodeGsm7(unpackSeptets(packed)), "1234567");
});

test("text in every encoding reads as it was written", () => {
  for (const [encoding, dataCoding, text] of [
    ["gsm7", 0x00, "€ {ñ}"],
    ["ascii", 0x01, "plain"],
    ["latin1", 0x03, "caf\u00e9"],
    ["ucs2", 0x08, "\u4e00 \u{1f600}"],
  ] as const) {
    assert.deepEqual(decodeText(encodeText(text, encoding), dataCoding), { text, isDamaged: false });
  }
  assert.equal(decodeText(encodeText("a @", "gsm7packed"), 0, { alphabet0: "gsm7packed" }).text, "a @");
  assert.equal(decodeText(Buffer.from([0xe9]), 0, { alphabet0: "latin1" }).text, "\u00e9");
  assert.throws(() => encodeText("\u00e9", "ascii"), { code: "SMPP_FIELD_INVALID" });
  assert.equal(encodeText("€\u{1f600}", "latin1", { substitute: "?" }).toString("latin1"), "??");
});

test("UCS-2 of an odd length loses half a character and says so", () => {
  assert.deepEqual(decodeText(Buffer.from("006100", "hex"), 8), { text: "a", isDamaged: true });
});

test("data_coding is read in SMPP's own form and in 3GPP's", () => {
  const expected: readonly (readonly [number, unknown, number | undefined])[] = [
    [0x00, "default", undefined],
    [0x02, "binary", undefined],
    [0x08, "ucs2", undefined],
    [0x0f, "default", undefined],
    [0x10, "default", 0],
    [0x18, "ucs2", 0],
    [0x19, "ucs2", 1],
    [0xc8, "default", undefined],
    [0xe0, "ucs2", undefined],
    [0xf0, "default", 0],
    [0xf5, "binary", 1],
    [0xf6, "binary", 2],
  ];
  for (const [value, alphabet, messageClass] of expected) {
    assert.deepEqual(dataCodingOf(value), { alphabet, messageClass }, `0x${value.toString(16)}`);
  }
  assert.equal(decodeText(Buffer.from([0xd0]), 0x06).text, "\u0430");
});

test("text of any octets under any data_coding never throws", () => {
  const octets = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(octets, fc.integer({ min: 0, max: 255 }), (body, dataCoding) => {
      const { text } = decodeText(body, dataCoding);
      assert.ok(text === null || text.length <= body.length);
    }),
    { seed, numRuns: 1000 },
  );
});
