import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import { formWith } from "../../../test/harness/smpp-forms.ts";
import { idAsRead, type IdCandidate, idOfAnswer, idsOfReceipt } from "./message-ids.ts";

const { seed } = randomFromEnvironment("SMPP_FORMS_SEED");
type Notation = "auto" | "raw" | "hex" | "decimal";
const notations = (answers: Notation, receipts: Notation) => formWith({ messageIds: { answers, receipts } }).messageIds;
const AUTO = formWith().messageIds;

const PAIRS: readonly (readonly [name: string, answer: string, receipt: string, reading: IdCandidate["reading"]])[] = [
  ["the same", "0000ABC0", "0000ABC0", "same"],
  ["without its zeros", "0000000042", "42", "same"],
  ["in the other letter case", "1a2b3c", "1A2B3C", "same"],
  ["23 digits", "12345678901234567890123", "12345678901234567890123", "same"],
  ["answered hexadecimal, reported decimal", "1a2b3c4d", "439041101", "decimal-to-hex"],
  ["answered hexadecimal with zeros, reported decimal with zeros", "0000001F", "0000000031", "decimal-to-hex"],
  ["answered decimal, reported hexadecimal", "439041101", "1A2B3C4D", "hex-to-decimal"],
  ["answered decimal, reported in hexadecimal digits that are decimal ones, too", "16", "10", "hex-to-decimal"],
  ["64 bits", "FFFFFFFFFFFFFFFF", "18446744073709551615", "decimal-to-hex"],
  ["a UUID that lost its dashes", "0f8fad5b-d9cb-469f-a165-70867728950e", "0F8FAD5BD9CB469FA16570867728950E", "dashes"],
  ["a UUID that got dashes", "0F8FAD5BD9CB469FA16570867728950E", "0f8fad5b-d9cb-469f-a165-70867728950e", "dashes"],
];

test("in auto a receipt's id is read in every notation that has been seen, the answer's own first", () => {
  for (const [name, answer, receipt, reading] of PAIRS) {
    const candidates = idsOfReceipt(receipt, AUTO);
    assert.equal(candidates[0]?.reading, "same", name);
    assert.deepEqual(
      candidates.find(({ id }) => id === idOfAnswer(answer, AUTO))?.reading,
      reading,
      `${name}: ${JSON.stringify(candidates)}`,
    );
  }
});

test("where the notations are configured there is one reading only", () => {
  assert.deepEqual(idsOfReceipt("439041101", notations("hex", "decimal")), [
    { id: idOfAnswer("1A2B3C4D", notations("hex", "decimal")), reading: "same" },
  ]);
  assert.deepEqual(idsOfReceipt("001f", notations("decimal", "hex")), [
    { id: idOfAnswer("31", notations("decimal", "hex")), reading: "same" },
  ]);
  assert.deepEqual(idsOfReceipt("0a-b", notations("raw", "raw")), [{ id: "A-B", reading: "same" }]);
});

test("where one side is configured the other is found out", () => {
  for (const [answers, receipts, answer, receipt] of [
    ["hex", "auto", "1A2B3C4D", "439041101"],
    ["hex", "auto", "1A2B3C4D", "1a2b3c4d"],
    ["decimal", "auto", "439041101", "1A2B3C4D"],
    ["auto", "hex", "439041101", "1A2B3C4D"],
    ["auto", "hex", "1A2B3C4D", "1A2B3C4D"],
    ["auto", "decimal", "1A2B3C4D", "439041101"],
    ["auto", "decimal", "439041101", "0439041101"],
    ["raw", "auto", "1A2B3C4D", "439041101"],
  ] as const) {
    const given = notations(answers, receipts);
    const ids = idsOfReceipt(receipt, given).map(({ id }) => id);
    assert.ok(ids.includes(idOfAnswer(answer, given)), `${answers}/${receipts}: ${ids.join()}`);
  }
});

const anyNotation = fc.constantFrom<Notation>("auto", "raw", "hex", "decimal");
const anyId = fc.oneof(
  fc.string({ unit: "binary-ascii", maxLength: 70 }),
  fc.bigInt({ min: 0n, max: 2n ** 80n }).map(String),
  fc.bigInt({ min: 0n, max: 2n ** 80n }).map((value) => value.toString(16)),
  fc.uuid(),
);

test("an id in one reading alone is what it is among all of them", () => {
  fc.assert(
    fc.property(anyId, anyNotation, (id, answers) => {
      const given = notations(answers, "auto");
      const candidates = idsOfReceipt(id, given);
      for (const candidate of candidates) assert.equal(idAsRead(id, candidate.reading, given), candidate.id);
      for (const reading of ["same", "decimal-to-hex", "hex-to-decimal", "dashes"] as const) {
        const read = idAsRead(id, reading, given);
        assert.ok(read === null || candidates.some((candidate) => candidate.id === read), `${reading}: ${read}`);
      }
    }),
    { seed, numRuns: 1000 },
  );
});

test("whatever an id is, its readings are few, different, and the first is its own", () => {
  fc.assert(
    fc.property(anyId, anyNotation, anyNotation, (id, answers, receipts) => {
      const given = notations(answers, receipts);
      const ids = idsOfReceipt(id, given).map((candidate) => candidate.id);
      assert.ok(ids.length >= 1 && ids.length <= 4, ids.join());
      assert.equal(new Set(ids).size, ids.length);
      if (answers === receipts) assert.equal(ids[0], idOfAnswer(id, given));
    }),
    { seed, numRuns: 1000 },
  );
});
