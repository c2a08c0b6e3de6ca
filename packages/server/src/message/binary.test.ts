import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { countBinaryParts, parseHex, splitBinary } from "./binary.ts";
import { BINARY_OCTETS_MAX, PART_COUNT_MAX } from "./limits.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

test("hex is read with or without spaces, in pairs or groups of four, in either case", () => {
  const expected = Uint8Array.of(0x04, 0x10, 0xfa, 0xcb);
  for (const hex of ["0410facb", "04 10 fa cb", "0410 FACB", " 04\t10  facb\n", "0410fa Cb"]) {
    assert.deepEqual(parseHex(hex), expected, hex);
  }
});

test("what is not whole octets of hex is not hex", () => {
  for (const hex of ["", " ", "0", "041", "0 4", "041 0", "0x04", "zz", "04,10", "04-10", "０４"]) {
    assert.equal(parseHex(hex), undefined, JSON.stringify(hex));
  }
});

test("hex beyond the limit is refused, and exactly at the limit taken", () => {
  assert.equal(parseHex("00".repeat(BINARY_OCTETS_MAX))?.length, BINARY_OCTETS_MAX);
  assert.equal(parseHex("00".repeat(BINARY_OCTETS_MAX + 1)), undefined);
  assert.equal(parseHex("00 ".repeat(BINARY_OCTETS_MAX))?.length, BINARY_OCTETS_MAX);
  assert.equal(parseHex("000102", 2), undefined);
  assert.equal(parseHex(" ".repeat(50_000_000)), undefined);
});

test("the largest binary message that hex may give has 25 parts", () => {
  assert.equal(countBinaryParts(new Uint8Array(BINARY_OCTETS_MAX), 4), PART_COUNT_MAX);
});

test("a binary message takes the parts that the capacities 140/134 give", () => {
  for (const [octetCount, partCount] of [
    [1, 1],
    [140, 1],
    [141, 2],
    [268, 2],
    [269, 3],
  ] as const) {
    assert.equal(countBinaryParts(new Uint8Array(octetCount), 4), partCount, `${octetCount} octets`);
    assert.equal(countBinaryParts(new Uint8Array(octetCount), 8), partCount, `${octetCount} octets of UCS2`);
  }
});

test("a UCS2 message is not cut through a surrogate pair, and other binary is cut where it falls", () => {
  const text = `${"я".repeat(66)}😀${"я".repeat(20)}`;
  const octets = new Uint8Array(Buffer.from(text, "utf16le").swap16());
  assert.deepEqual(
    splitBinary(octets, 8).map((part) => part.length),
    [132, 44],
  );
  assert.deepEqual(
    splitBinary(octets, 4).map((part) => part.length),
    [134, 42],
  );
});

test("hex of any octets, spaced in any way, reads back", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.constantFrom("", " ", "  "),
      fc.constantFrom(2, 4, 8),
      fc.boolean(),
      (octets, gap, digitsPerGroup, isUpper) => {
        const digits = Buffer.from(octets).toString("hex");
        const hex = (digits.match(new RegExp(`.{1,${digitsPerGroup}}`, "g")) ?? []).join(gap);
        assert.deepEqual(parseHex(isUpper ? hex.toUpperCase() : hex), octets);
      },
    ),
    { seed: SEED },
  );
});

test("the parts of a binary message join to the message, fit, and are as many as counted", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 1000 }),
      fc.constantFrom(0, 4, 8, 0x18),
      (octets, dataCoding) => {
        const parts = splitBinary(octets, dataCoding);
        assert.deepEqual(new Uint8Array(Buffer.concat(parts)), octets);
        assert.equal(parts.length, countBinaryParts(octets, dataCoding));
        for (const part of parts) assert.ok(part.length <= (parts.length === 1 ? 140 : 134));
        const isUcs2 = dataCoding === 8 || dataCoding === 0x18;
        if (isUcs2) for (const part of parts.slice(0, -1)) assert.equal(part.length % 2, 0);
      },
    ),
    { seed: SEED },
  );
});

test("headers of another size leave another room, and units of UCS2 stay whole in an odd one", () => {
  const lengths = (octets: number, dataCoding: number, room: { single: number; part: number }) =>
    splitBinary(new Uint8Array(octets), dataCoding, room).map(({ length }) => length);
  assert.deepEqual(lengths(140, 4, { single: 140, part: 133 }), [140]);
  assert.deepEqual(lengths(141, 4, { single: 140, part: 133 }), [133, 8]);
  assert.deepEqual(lengths(142, 8, { single: 140, part: 133 }), [132, 10]);
  assert.deepEqual(lengths(140, 4, { single: 0, part: 128 }), [128, 12]);
});
