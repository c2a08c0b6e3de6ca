import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seedFromEnvironment } from "../../test/harness/seed.ts";
import { defaultCodec } from "../codec/codec.ts";
import type { PduInputOf } from "../codec/pdu.ts";
import { tlv } from "../codec/tlv.ts";
import { ESM_CLASS, type MessagePdu } from "./message.ts";
import {
  canonicalMessageId,
  formatReceiptText,
  messageStateOfStat,
  parseReceiptDate,
  parseReceiptText,
  type ReceiptText,
  receiptOf,
} from "./receipt.ts";
import { encodeText } from "./text.ts";

const seed = seedFromEnvironment("SMPP_PROPERTY_SEED");
const deliver = (input: Omit<PduInputOf<"deliver_sm">, "command">): MessagePdu =>
  defaultCodec.decode(defaultCodec.encode({ ...input, command: "deliver_sm" })) as MessagePdu;
const asReceipt = (text: string, input: Omit<PduInputOf<"deliver_sm">, "command"> = {}): MessagePdu =>
  deliver({ esmClass: ESM_CLASS.receipt, shortMessage: Buffer.from(text, "latin1"), ...input });

const VARIANTS: readonly (readonly [string, ReceiptText])[] = [
  [
    "id:0123456789 sub:001 dlvrd:001 submit date:2611221500 done date:2611221501 stat:DELIVRD err:000 text:Hello you",
    {
      id: "0123456789",
      sub: "001",
      dlvrd: "001",
      submitDate: "2611221500",
      doneDate: "2611221501",
      stat: "DELIVRD",
      err: "000",
      text: "Hello you",
    },
  ],
  [
    "id:7 submit date:261122150001 done date:261122150102 stat:UNDELIV err:0000 Text:",
    { id: "7", submitDate: "261122150001", doneDate: "261122150102", stat: "UNDELIV", err: "0000", text: "" },
  ],
  ["id:a-b stat:EXPIRED err: 1", { id: "a-b", stat: "EXPIRED", err: "1" }],
  ["stat:REJECTD id:00ABC err:e1f", { id: "00ABC", stat: "REJECTD", err: "e1f" }],
  [
    "ID:5 STAT:delivered DLVRD:1 Submit_Date: Done_Date:20261122150000",
    { id: "5", stat: "delivered", dlvrd: "1", submitDate: "", doneDate: "20261122150000" },
  ],
  ["id:5 stat:DELIVRD text:id:6 stat:EXPIRED", { id: "5", stat: "DELIVRD", text: "id:6 stat:EXPIRED" }],
  [
    "id:5 stat:DELIVRD err:000 text:\x05\x00\x03\x01\x02",
    { id: "5", stat: "DELIVRD", err: "000", text: "\x05\x00\x03\x01\x02" },
  ],
  ["id: sub:001 stat:DELIVRD", { id: "", sub: "001", stat: "DELIVRD" }],
  [
    "id:12345678901234567890123 stat:DELIVRD\r\nerr:001",
    { id: "12345678901234567890123", stat: "DELIVRD", err: "001" },
  ],
  ["id:5 stat:DELIVRD id:6 stat:EXPIRED", { id: "5", stat: "DELIVRD" }],
  ["msgid:5 x-stat:DELIVRD", {}],
  ["nothing of the kind", {}],
  ["", {}],
];

test("52 each text variant: fields in any order, of any length, missing, empty, or repeated in the text", () => {
  for (const [text, fields] of VARIANTS) assert.deepEqual(parseReceiptText(text), fields, text);
});

test("states are known by the beginning of their word", () => {
  const words = "DELIVRD DELIVERED EXPIRED DELETED UNDELIV UNDELIVERABLE ACCEPTD UNKNOWN REJECTD REJECTED ENROUTE";
  const more = "FAILED BUFFERED SCHEDLD SKIPPED NOROUTE delivrd whatever";
  assert.deepEqual(`${words} ${more}`.split(" ").map(messageStateOfStat), [
    "DELIVERED",
    "DELIVERED",
    "EXPIRED",
    "DELETED",
    "UNDELIVERABLE",
    "UNDELIVERABLE",
    "ACCEPTED",
    "UNKNOWN",
    "REJECTED",
    "REJECTED",
    "ENROUTE",
    "UNDELIVERABLE",
    "ENROUTE",
    "SCHEDULED",
    "SKIPPED",
    "UNDELIVERABLE",
    "DELIVERED",
    null,
  ]);
});

test("dates of 10, 12 and 14 digits are read in the carrier's time zone, and others are not", () => {
  const expected = Date.UTC(2026, 10, 22, 15, 30);
  for (const digits of ["2611221530", "261122153000", "20261122153000"]) {
    assert.equal(parseReceiptDate(digits), expected, digits);
    assert.equal(parseReceiptDate(digits, 60), expected - 3_600_000);
  }
  for (const wrong of ["", "2613221530", "2602301530", "26112215301", "2611222530", "not a date"]) {
    assert.equal(parseReceiptDate(wrong), null, wrong);
  }
});

test("53 TLV only: a receipt without text says its id and state by parameters", () => {
  const receipt = receiptOf(
    asReceipt("", {
      tlvs: [
        tlv("receiptedMessageId", "0000ABC0"),
        tlv("messageState", 2),
        tlv("networkErrorCode", Buffer.from([3, 0, 6])),
      ],
    }),
  );
  assert.deepEqual(receipt, {
    messageIds: ["0000ABC0"],
    state: "DELIVERED",
    isIntermediate: false,
    networkError: { networkType: 3, code: 6 },
    fields: {},
  });
});

test("the parameter's id and state come before the text's, and an id that differs is kept", () => {
  const tlvs = [tlv("receiptedMessageId", "ff"), tlv("messageState", 5)];
  const receipt = receiptOf(asReceipt("id:255 stat:DELIVRD", { tlvs }));
  assert.deepEqual(receipt?.messageIds, ["ff", "255"]);
  assert.equal(receipt?.state, "UNDELIVERABLE");
  assert.equal(
    receiptOf(asReceipt("id:1 stat:DELIVRD", { tlvs: [{ tag: 0x0427, value: Buffer.from([77]) }] }))?.state,
    "DELIVERED",
  );
});

test("54 in data_sm, in payload, in UCS-2, esm_class 0", () => {
  const text = "id:my_id stat:DELIVRD";
  const payload = tlv("messagePayload", Buffer.from(text));
  const data = defaultCodec.encode({ command: "data_sm", esmClass: 4, tlvs: [payload] });
  assert.deepEqual(receiptOf(defaultCodec.decode(data) as MessagePdu)?.messageIds, ["my_id"]);
  assert.deepEqual(receiptOf(asReceipt("", { tlvs: [payload] }))?.messageIds, ["my_id"]);
  const ucs2 = deliver({ esmClass: 4, dataCoding: 8, shortMessage: encodeText(text, "ucs2") });
  assert.deepEqual(receiptOf(ucs2)?.messageIds, ["my_id"]);
  const silent = deliver({ shortMessage: Buffer.from(text) });
  assert.equal(receiptOf(silent), null);
  assert.deepEqual(receiptOf(silent, { isKnownByText: true })?.messageIds, ["my_id"]);
  assert.equal(receiptOf(deliver({ shortMessage: Buffer.from("my id: is 5") }), { isKnownByText: true }), null);
  assert.deepEqual(receiptOf(deliver({ tlvs: [tlv("receiptedMessageId", "9")] }))?.messageIds, ["9"]);
  assert.equal(receiptOf(asReceipt(text, { esmClass: 0x20 }))?.isIntermediate, true);
  assert.equal(receiptOf(deliver({ esmClass: 0x08, shortMessage: Buffer.from(text) })), null);
});

test("51 hex/dec/zero/UUID/lower case/23 digits: ids of one message in two notations become one", () => {
  assert.equal(canonicalMessageId("0000ABC0", "hex"), canonicalMessageId("0043968", "decimal"));
  assert.equal(canonicalMessageId(" 0913121205", "raw"), canonicalMessageId("913121205", "raw"));
  assert.equal(canonicalMessageId("abc-DEF", "raw"), "ABC-DEF");
  assert.equal(canonicalMessageId("0", "raw"), "0");
  assert.equal(canonicalMessageId("12345678901234567890123", "decimal"), "12345678901234567890123");
  assert.equal(canonicalMessageId("not-hex", "hex"), "NOT-HEX");
});

test("a receipt that we write is read as it was meant", () => {
  const [submittedAtMs, doneAtMs] = [Date.UTC(2026, 10, 22, 15), Date.UTC(2026, 10, 22, 15, 1)];
  const text = formatReceiptText({
    id: "abc1",
    state: "EXPIRED",
    submittedAtMs,
    doneAtMs,
    errorCode: 7,
    text: "a".repeat(30),
  });
  assert.equal(
    text,
    `id:abc1 sub:001 dlvrd:000 submit date:2611221500 done date:2611221501 stat:EXPIRED err:007 text:${"a".repeat(20)}`,
  );
  const fields = parseReceiptText(text);
  assert.equal(parseReceiptDate(fields.doneDate ?? ""), doneAtMs);
  assert.equal(messageStateOfStat(fields.stat ?? ""), "EXPIRED");
  assert.throws(() => formatReceiptText({ id: "a b", state: "EXPIRED", submittedAtMs, doneAtMs }));
});

const fieldsOf = (text: string) =>
  receiptOf(deliver({ esmClass: ESM_CLASS.receipt, tlvs: [tlv("messagePayload", Buffer.from(text, "latin1"))] }))
    ?.fields;

test("appendix B to the letter is read as every other text is", () => {
  const value = fc.oneof(
    fc.constantFrom("", "001", "DELIVRD", "2611221501", "id", "text", "ab-cd", "a.b", "id:7", "stat:", "x err:1"),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 8, maxLength: 8 }), ([id, sub, dlvrd, submit, done, stat, err, words]) => {
      const text = `id:${id} sub:${sub} dlvrd:${dlvrd} submit date:${submit} done date:${done} stat:${stat} err:${err} text:${words}`;
      // What stands in front of the first key changes nothing, and is not in the letter.
      assert.deepEqual(parseReceiptText(text), parseReceiptText(`. ${text}`));
      const fields = fieldsOf(text);
      assert.deepEqual(fields, parseReceiptText(Buffer.from(text, "latin1").toString("latin1")));
      assert.deepEqual(
        fieldsOf(text.toUpperCase()),
        parseReceiptText(Buffer.from(text.toUpperCase(), "latin1").toString("latin1")),
      );
    }),
    { seed, numRuns: 1000 },
  );
});

test("any octets as a receipt never throw, and the time grows with the text only", () => {
  const words = fc.constantFrom("id:", "stat:", "text:", "err:", "submit date:", " ", "\n", "5", "\0", "\xff");
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), fc.integer({ min: 0, max: 255 }), (parts, dataCoding) => {
      const receipt = receiptOf(asReceipt(parts.join("").slice(0, 250), { dataCoding }));
      assert.ok(receipt !== null);
    }),
    { seed, numRuns: 500 },
  );
  assert.equal(parseReceiptText("id:".repeat(20_000)).id, "");
});
