import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultCodec } from "../codec/codec.ts";
import type { PduInputOf } from "../codec/pdu.ts";
import { tlv } from "../codec/tlv.ts";
import { encodeGsm7 } from "./gsm7.ts";
import { concatenationOf, ESM_CLASS, messageContentOf, type MessagePdu, messageTextOf, sarTlvs } from "./message.ts";
import { packSeptets } from "./septets.ts";
import { formatAbsoluteTime, formatRelativeTime, parseTime } from "./time.ts";
import { buildUdh, concatenationElement, nationalElements, nationalShiftsOf, parseUdh } from "./udh.ts";

const message = (input: Omit<PduInputOf<"deliver_sm">, "command">): MessagePdu =>
  defaultCodec.decode(defaultCodec.encode({ ...input, command: "deliver_sm" })) as MessagePdu;

const PART = { reference: 0x1a2, partCount: 3, partNumber: 2 };

test("a part is known by a header of 8 or 16 bits, in either order of elements, and by sar_ parameters", () => {
  const udh8 = buildUdh([concatenationElement({ ...PART, reference: 0xa2 }, 8)]);
  assert.equal(udh8.toString("hex"), "050003a20302");
  const udh16 = buildUdh([concatenationElement(PART, 16)]);
  assert.equal(udh16.toString("hex"), "06080401a20302");
  const part = (udh: Buffer) =>
    concatenationOf(message({ esmClass: ESM_CLASS.udhi, shortMessage: Buffer.concat([udh, Buffer.from("text")]) }));
  assert.deepEqual(part(udh8), { ...PART, reference: 0xa2, bits: 8 });
  assert.deepEqual(part(udh16), { ...PART, bits: 16 });
  const [single] = nationalElements({ singleShift: 1 });
  assert.ok(single !== undefined);
  const concatenation = concatenationElement(PART, 16);
  for (const elements of [
    [single, concatenation],
    [concatenation, single],
  ]) {
    assert.deepEqual(part(buildUdh(elements)), { ...PART, bits: 16 });
  }
  assert.deepEqual(concatenationOf(message({ tlvs: sarTlvs(PART) })), PART);
  assert.equal(concatenationOf(message({ tlvs: sarTlvs(PART).slice(1) })), null);
  assert.equal(concatenationOf(message({})), null);
});

test("17 UDHI + sar: the header counts", () => {
  const udh = buildUdh([concatenationElement({ reference: 1, partCount: 2, partNumber: 1 }, 8)]);
  const both = message({ esmClass: ESM_CLASS.udhi, shortMessage: udh, tlvs: sarTlvs(PART) });
  assert.equal(concatenationOf(both)?.reference, 1);
});

test("a part that cannot be is a message of its own", () => {
  for (const [partCount, partNumber] of [
    [0, 0],
    [2, 0],
    [2, 3],
  ] as const) {
    const octets = Buffer.from([5, 0, 3, 1, partCount, partNumber]);
    assert.equal(concatenationOf(message({ esmClass: ESM_CLASS.udhi, shortMessage: octets })), null);
    assert.throws(() => sarTlvs({ reference: 1, partCount, partNumber }), { code: "SMPP_FIELD_INVALID" });
  }
});

test("UDHI with a wrong length is delivered raw with a flag", () => {
  for (const octets of ["", "ff", "0500", "03000900", "0400"]) {
    const shortMessage = Buffer.from(octets, "hex");
    const content = messageContentOf(message({ esmClass: ESM_CLASS.udhi, shortMessage }));
    assert.deepEqual([content.udh, content.isDamaged], [null, true], octets);
    assert.deepEqual(Buffer.from(content.body), shortMessage);
  }
});

test("the text is in short_message, or in message_payload; both is a flag", () => {
  const payload = tlv("messagePayload", Buffer.from("payload"));
  assert.deepEqual(messageTextOf(message({ tlvs: [payload] })), { text: "payload", isDamaged: false });
  const both = message({ shortMessage: Buffer.from("short"), tlvs: [payload] });
  assert.deepEqual(messageTextOf(both), { text: "short", isDamaged: true });
  const data = defaultCodec.decode(defaultCodec.encode({ command: "data_sm", tlvs: [payload] })) as MessagePdu;
  assert.equal(messageTextOf(data).text, "payload");
});

test("national tables that the header names are used, and unknown ones leave the default", () => {
  const shifts = { singleShift: 1, lockingShift: 1 };
  const udh = buildUdh(nationalElements(shifts));
  const shortMessage = Buffer.concat([udh, encodeGsm7("ğüş", shifts)]);
  assert.equal(messageTextOf(message({ esmClass: ESM_CLASS.udhi, shortMessage })).text, "ğüş");
  const parsed = parseUdh(Buffer.from("03240163", "hex"));
  assert.ok(parsed !== null);
  assert.deepEqual(nationalShiftsOf(parsed), { singleShift: 0, lockingShift: 0 });
});

test("packed text after a header begins at a septet's boundary", () => {
  const udh = buildUdh([concatenationElement({ reference: 1, partCount: 2, partNumber: 1 }, 8)]);
  const shortMessage = Buffer.concat([udh, packSeptets(encodeGsm7("hello"), 1)]);
  const pdu = message({ esmClass: ESM_CLASS.udhi, shortMessage });
  assert.equal(messageTextOf(pdu, { alphabet0: "gsm7packed" }).text, "hello");
});

test("times are written and read as the specification has them", () => {
  assert.equal(formatRelativeTime(86_400), "000001000000000R");
  assert.equal(formatAbsoluteTime(Date.UTC(2026, 10, 22, 15)), "261122150000000+");
  assert.deepEqual(parseTime("261122150000000+"), { kind: "absolute", timeMs: Date.UTC(2026, 10, 22, 15) });
  assert.deepEqual(parseTime("261122150000004+"), { kind: "absolute", timeMs: Date.UTC(2026, 10, 22, 14) });
  assert.deepEqual(parseTime("261122150000004-"), { kind: "absolute", timeMs: Date.UTC(2026, 10, 22, 16) });
  assert.deepEqual(parseTime("000001000000000R"), { kind: "relative", years: 0, months: 0, seconds: 86_400 });
  for (const wrong of ["", "261322150000000+", "260230000000000+", "2611221500", "261122150000049+"]) {
    assert.equal(parseTime(wrong), null, wrong);
  }
  assert.throws(() => formatRelativeTime(-1), { code: "SMPP_FIELD_INVALID" });
  assert.throws(() => formatAbsoluteTime(Date.UTC(2040, 0)), { code: "SMPP_FIELD_INVALID" });
});
