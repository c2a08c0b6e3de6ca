import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeText,
  ESM_CLASS,
  formatReceiptText,
  MESSAGE_STATE,
  type PduInputOf,
  type PduOf,
  tlv,
} from "@posthorn/smpp";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import { formWith, NOW, onTheWire } from "../../../test/harness/smpp-forms.ts";
import type { CarrierInbound, CarrierReceipt } from "../carrier.ts";
import { type Delivery, deliveryOf } from "./deliveries.ts";

const { seed } = randomFromEnvironment("SMPP_FORMS_SEED");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FORM = formWith();

type Members = Omit<PduInputOf<"deliver_sm">, "command">;
const ADDRESSES = { sourceAddrTon: 1, sourceAddrNpi: 1, sourceAddr: "385981234567", destinationAddr: "Shop" };

function deliverSm(members: Members, form = FORM): Delivery {
  const pdu = onTheWire({ command: "deliver_sm", ...ADDRESSES, ...members }) as PduOf<"deliver_sm">;
  return deliveryOf(pdu, form, NOW);
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const receiptPdu = (text: string, members: Members = {}): Members => ({
  esmClass: ESM_CLASS.receipt,
  shortMessage: latin1(text),
  ...members,
});

function receiptIn(delivery: Delivery): CarrierReceipt {
  assert.equal(delivery.kind, "receipt", JSON.stringify(delivery));
  return delivery.receipt;
}
const receiptOfText = (text: string, members: Members = {}, form = FORM) =>
  receiptIn(deliverSm(receiptPdu(text, members), form));

function messageIn(delivery: Delivery): CarrierInbound {
  assert.equal(delivery.kind, "inbound", JSON.stringify(delivery));
  return delivery.message;
}

test("a receipt of the specification is read whole", () => {
  const text = "id:00000042 sub:001 dlvrd:001 submit date:2611221455 done date:2611221456 stat:DELIVRD err:000 text:Hi";
  const tlvs = [tlv("receiptedMessageId", "00000042"), tlv("messageState", 2), tlv("userMessageReference", 4465)];
  const delivery = deliverSm(receiptPdu(text, { tlvs }));
  assert.deepEqual(delivery, {
    kind: "receipt",
    rawIds: ["00000042"],
    receipt: {
      carrierMessageId: "42",
      otherIds: ["2A", "66"],
      state: "delivered",
      statusId: 5,
      errorId: 0,
      doneAt: NOW - 4 * MINUTE_MS,
      destination: "385981234567",
      reference: 4465,
    },
  });
});

const VARIANTS: readonly (readonly [text: string, id: string])[] = [
  ["id:7 submit date:261122145500 done date:261122145600 stat:DELIVRD err:0000", "7"],
  ["id:a-b stat:DELIVRD err: 0", "A-B"],
  ["stat:DELIVERED id:00ABC", "ABC"],
  ["ID:5 STAT:delivered DLVRD:1 Submit_Date: Done_Date:20261122145600", "5"],
  ["id:5 stat:DELIVRD text:id:6 stat:EXPIRED", "5"],
  ["id:5 sub:001 dlvrd:1 done date:2611221456 stat:DELIVRD err:000 text:\x05\x00\x03\x01\x02", "5"],
  ["id:12345678901234567890123 stat:DELIVRD\r\nerr:000", "12345678901234567890123"],
  ["id:0f8fad5b-d9cb-469f-a165-70867728950e stat:DELIVRD", "0F8FAD5B-D9CB-469F-A165-70867728950E".replace(/^0/, "")],
];

test("every variant of the text that has been seen is read, wherever it stands and however it is written", () => {
  const places: readonly ((text: string) => Members)[] = [
    (text) => ({ shortMessage: latin1(text) }),
    (text) => ({ tlvs: [tlv("messagePayload", latin1(text))] }),
    (text) => ({ shortMessage: latin1(text), dataCoding: 3 }),
    (text) => ({ shortMessage: latin1(text), dataCoding: 1 }),
    (text) => ({ tlvs: [tlv("messagePayload", encodeText(text, "ucs2"))], dataCoding: 8 }),
  ];
  for (const [text, id] of VARIANTS) {
    for (const place of places) {
      const receipt = receiptIn(deliverSm({ esmClass: ESM_CLASS.receipt, ...place(text) }));
      assert.deepEqual([receipt.carrierMessageId, receipt.state, receipt.errorId], [id, "delivered", 0], text);
    }
  }
});

test("a receipt is known by esm_class, by its parameters, in data_sm, and by its text where that is configured", () => {
  const text = "id:9 stat:UNDELIV err:001";
  const tlvs = [tlv("receiptedMessageId", "9"), tlv("messageState", MESSAGE_STATE.UNDELIVERABLE)];
  assert.equal(receiptIn(deliverSm({ tlvs })).carrierMessageId, "9");
  assert.equal(receiptIn(deliverSm({ shortMessage: latin1(text), esmClass: 0x08 })).carrierMessageId, "9");
  assert.equal(deliverSm({ shortMessage: latin1(text) }).kind, "inbound");
  const form = formWith({ isReceiptKnownByText: true });
  assert.equal(receiptIn(deliverSm({ shortMessage: latin1(text) }, form)).carrierMessageId, "9");
  const data = onTheWire({
    command: "data_sm",
    sourceAddr: "385981234567",
    esmClass: ESM_CLASS.receipt,
    tlvs: [tlv("messagePayload", latin1(text))],
  }) as PduOf<"data_sm">;
  assert.equal(receiptIn(deliveryOf(data, FORM, NOW)).carrierMessageId, "9");
});

test("where the parameter's id and the text's differ both are tried before other readings of either", () => {
  const tlvs = [tlv("receiptedMessageId", "1F")];
  const receipt = receiptOfText("id:31 stat:DELIVRD", { tlvs });
  assert.deepEqual([receipt.carrierMessageId, receipt.otherIds], ["1F", ["31", "49"]]);
  const configured = formWith({ messageIds: { answers: "hex", receipts: "decimal" } });
  const one = receiptOfText("id:0000000031 stat:DELIVRD", {}, configured);
  assert.deepEqual([one.carrierMessageId, one.otherIds], ["31", undefined]);
});

test("a state that is the end ends the message as Infobip would say it, and no other state does", () => {
  const ends: Readonly<Record<string, readonly [state: string, statusId: number, errorId: number] | null>> = {
    SCHEDULED: null,
    ENROUTE: null,
    DELIVERED: ["delivered", 5, 0],
    EXPIRED: ["expired", 15, 255],
    DELETED: ["undeliverable", 9, 255],
    UNDELIVERABLE: ["undeliverable", 9, 255],
    ACCEPTED: null,
    UNKNOWN: ["expired", 29, 255],
    REJECTED: ["undeliverable", 4, 255],
    SKIPPED: ["undeliverable", 9, 255],
  };
  assert.deepEqual(Object.keys(ends), Object.keys(MESSAGE_STATE));
  for (const [name, end] of Object.entries(ends)) {
    const state = name as keyof typeof MESSAGE_STATE;
    const text = formatReceiptText({ id: "5", state, submittedAtMs: NOW - HOUR_MS, doneAtMs: NOW - HOUR_MS });
    for (const delivery of [
      deliverSm(receiptPdu(text)),
      deliverSm({ tlvs: [tlv("receiptedMessageId", "5"), tlv("messageState", MESSAGE_STATE[state])] }),
    ]) {
      if (end === null) assert.equal(delivery.kind, "nothing", name);
      else {
        const { state: got, statusId, errorId } = receiptIn(delivery);
        assert.deepEqual([got, statusId, errorId], end, name);
      }
    }
  }
});

test("what is not the end, or cannot be read, is nothing, with its reason", () => {
  const reasonOf = (members: Members) => {
    const delivery = deliverSm(members);
    assert.equal(delivery.kind, "nothing", JSON.stringify(delivery));
    return delivery.reason;
  };
  assert.match(
    reasonOf(receiptPdu("id:5 stat:DELIVRD", { esmClass: ESM_CLASS.intermediateNotification })),
    /DELIVERED/,
  );
  assert.match(reasonOf(receiptPdu("id:5 stat:WHATEVER")), /without a state that is known \(WHATEVER\)/);
  assert.match(reasonOf(receiptPdu("nonsense")), /without a state/);
  assert.match(reasonOf(receiptPdu("")), /without a state/);
  assert.match(reasonOf(receiptPdu("stat:DELIVRD")), /without an id/);
  assert.match(reasonOf({ esmClass: 0x08, shortMessage: latin1("ok") }), /acknowledgement/);
  assert.match(reasonOf({ esmClass: 0x18 }), /conversation/);
});

test("an error is the carrier's own table's, then that of a GSM network, and else unknown", () => {
  const form = formWith({
    receiptErrors: [
      { err: "0E1", errorId: 6 },
      { err: 11, errorId: 9 },
    ],
  });
  const network = (type: number, code: number) => [
    tlv("networkErrorCode", Buffer.from([type, code >> 8, code & 0xff])),
  ];
  const errorOf = (err: string, tlvs: Members["tlvs"] = [], stat = "UNDELIV") =>
    receiptOfText(`id:5 stat:${stat} err:${err}`, { tlvs: tlvs ?? [] }, form).errorId;
  assert.equal(errorOf("e1"), 6);
  assert.equal(errorOf("0011"), 9);
  assert.equal(errorOf("0011", network(3, 27)), 9);
  assert.equal(errorOf("004", network(3, 27)), 27);
  assert.equal(errorOf("004", network(3, 256)), 256);
  assert.equal(errorOf("004", network(1, 27)), 255);
  assert.equal(errorOf("004", network(3, 323)), 255, "an error of the request is none of a network");
  assert.equal(errorOf("004", network(3, 7001)), 255);
  assert.equal(errorOf("004", network(3, 0)), 255);
  assert.equal(errorOf("011", network(3, 27), "DELIVRD"), 0);
});

test("a time is the carrier's where it can be, in its time zone, and ours where it cannot", () => {
  const doneAt = (fields: string, members: Record<string, unknown> = {}) =>
    NOW - receiptOfText(`id:5 ${fields} stat:DELIVRD`, {}, formWith(members)).doneAt;
  assert.equal(doneAt("done date:2611221430"), 30 * MINUTE_MS);
  assert.equal(doneAt("done date:261122143015"), 30 * MINUTE_MS - 15_000);
  assert.equal(doneAt("done date:20261122143015"), 30 * MINUTE_MS - 15_000);
  assert.equal(doneAt("done date:2611221730", { receiptTimeZone: "+03:00" }), 30 * MINUTE_MS);
  assert.equal(doneAt("done date:2611221100", { receiptTimeZone: "-03:30" }), 30 * MINUTE_MS);
  assert.equal(doneAt("done date:2611221459"), MINUTE_MS);
  for (const implausible of [
    "",
    "done date:",
    "done date:2611221501",
    "done date:261122220000",
    "done date:2610221430",
    "done date:2613321430",
    "done date:20261122",
    "submit date:2611221431 done date:2611221430",
  ]) {
    assert.equal(doneAt(implausible), 0, implausible);
  }
});

test("a time in minutes that is this minute is the time of arrival, so that no end comes before its beginning", () => {
  const pdu = onTheWire({ command: "deliver_sm", ...receiptPdu("id:5 done date:2611221500 stat:DELIVRD") });
  const receipt = receiptIn(deliveryOf(pdu as PduOf<"deliver_sm">, FORM, NOW + 42_000));
  assert.equal(receipt.doneAt, NOW + 42_000);
});

test("the phone is where the carrier puts it, in digits", () => {
  const phoneOf = (members: Members, receiptPhone = "source") =>
    receiptOfText("id:5 stat:DELIVRD", members, formWith({ receiptPhone })).destination;
  assert.equal(phoneOf({ sourceAddr: "+385981234567" }), "385981234567");
  assert.equal(phoneOf({ sourceAddr: "00385981234567" }), "385981234567");
  assert.equal(phoneOf({ sourceAddr: "0981234567" }), "981234567");
  assert.equal(phoneOf({ sourceAddr: "Shop" }), undefined);
  assert.equal(phoneOf({ sourceAddr: "" }), undefined);
  assert.equal(phoneOf({ sourceAddr: "1", destinationAddr: "385981234567" }, "destination"), "385981234567");
  assert.equal(phoneOf({ sourceAddr: "385981234567" }, "none"), undefined);
});

test("where nobody says which address is the phone, it is the number, and of two numbers either", () => {
  const phonesOf = (sourceAddr: string, destinationAddr: string) => {
    const { destination, otherDestination } = receiptOfText("id:5 stat:DELIVRD", { sourceAddr, destinationAddr });
    return [destination, otherDestination];
  };
  assert.deepEqual(phonesOf("+385981234567", "Shop"), ["385981234567", undefined]);
  assert.deepEqual(phonesOf("Shop", "385981234567"), ["385981234567", undefined]);
  assert.deepEqual(phonesOf("385981234567", "385911111111"), ["385981234567", "385911111111"]);
  assert.deepEqual(phonesOf("Shop", ""), [undefined, undefined]);
});

test("a message from a phone keeps its octets, its header and its parameters, whatever its alphabet", () => {
  const contentOf = (members: Members, form = FORM) => {
    const { content } = messageIn(deliverSm(members, form));
    return typeof content === "string" ? content : [content.encoding, Buffer.from(content.octets).toString("hex")];
  };
  assert.deepEqual(contentOf({ shortMessage: Buffer.from("00611b65", "hex") }), ["GSM7", "00611b65"]);
  assert.deepEqual(contentOf({ shortMessage: latin1("é"), dataCoding: 3 }), ["LATIN1", "e9"]);
  assert.deepEqual(contentOf({ shortMessage: latin1("a{"), dataCoding: 1 }), ["LATIN1", "617b"]);
  assert.deepEqual(contentOf({ shortMessage: encodeText("я", "ucs2"), dataCoding: 8 }), ["UCS2", "044f"]);
  assert.deepEqual(contentOf({ shortMessage: encodeText("я", "ucs2"), dataCoding: 0x18 }), ["UCS2", "044f"]);
  assert.deepEqual(contentOf({ shortMessage: Buffer.from([1, 2]), dataCoding: 4 }), ["BINARY", "0102"]);
  assert.deepEqual(contentOf({ shortMessage: Buffer.from([1, 2]), dataCoding: 0xf5 }), ["BINARY", "0102"]);
  assert.deepEqual(contentOf({ shortMessage: latin1("hi"), dataCoding: 0xf0 }), ["GSM7", "6869"]);
  assert.equal(contentOf({ shortMessage: Buffer.from([0xd0, 0xd1]), dataCoding: 6 }), "аб");
  assert.deepEqual(contentOf({ tlvs: [tlv("messagePayload", latin1("hi"))] }), ["GSM7", "6869"]);
  assert.deepEqual(contentOf({ shortMessage: latin1("é") }, formWith({ alphabet0: "latin1" })), ["LATIN1", "e9"]);
  const packed = Buffer.from("e8329bfd06", "hex");
  assert.deepEqual(contentOf({ shortMessage: packed }, formWith({ alphabet0: "gsm7packed" })), ["GSM7", "68656c6c6f"]);
});

test("a part from a phone has its reference from its header or from its parameters", () => {
  const udh = Buffer.from("0500030a0201", "hex");
  const inHeader = messageIn(deliverSm({ esmClass: ESM_CLASS.udhi, shortMessage: Buffer.concat([udh, latin1("hi")]) }));
  assert.deepEqual(Buffer.from(inHeader.udh ?? []), udh.subarray(1));
  assert.deepEqual(inHeader.content, { encoding: "GSM7", octets: Uint8Array.from(latin1("hi")) });
  const packed = messageIn(
    deliverSm(
      { esmClass: ESM_CLASS.udhi, shortMessage: Buffer.from("0500030a0201d06536fb0d", "hex") },
      formWith({ alphabet0: "gsm7packed" }),
    ),
  );
  assert.deepEqual(packed.content, { encoding: "GSM7", octets: Uint8Array.from(latin1("hello")) });
  const sar = [tlv("sarMsgRefNum", 258), tlv("sarTotalSegments", 3), tlv("sarSegmentSeqnum", 2)];
  assert.deepEqual(messageIn(deliverSm({ shortMessage: latin1("hi"), tlvs: sar })).sar, {
    reference: 258,
    count: 3,
    number: 2,
  });
  assert.equal(messageIn(deliverSm({ shortMessage: latin1("hi"), tlvs: sar.slice(1) })).sar, undefined);
  // A header that is longer than the message: all of it is content.
  const damaged = messageIn(deliverSm({ esmClass: ESM_CLASS.udhi, shortMessage: Buffer.from([200, 1]) }));
  assert.deepEqual([damaged.udh, damaged.content], [undefined, { encoding: "GSM7", octets: Uint8Array.of(200, 1) }]);
});

test("a message with the parameter of receipts, and nothing else of one, is a message that has an id", () => {
  const message = messageIn(deliverSm({ shortMessage: latin1("STOP"), tlvs: [tlv("receiptedMessageId", "mo-1")] }));
  assert.equal(message.carrierMessageId, "mo-1");
  assert.equal(messageIn(deliverSm({ shortMessage: latin1("STOP") })).carrierMessageId, null);
});

test("numbers are made international by their type and the carrier's rule", () => {
  const national = { inboundNumbers: { unknownTon: "national", countryCode: "385" } };
  const CASES: readonly (readonly [address: string, ton: number, members: Record<string, unknown>, number: string])[] =
    [
      ["385981234567", 1, {}, "385981234567"],
      ["+385981234567", 0, {}, "385981234567"],
      ["00385981234567", 1, {}, "385981234567"],
      ["385981234567", 0, {}, "385981234567"],
      ["0981234567", 2, {}, "0981234567"],
      ["0981234567", 2, { inboundNumbers: { countryCode: "385" } }, "385981234567"],
      ["981234567", 2, national, "385981234567"],
      ["0981234567", 0, national, "385981234567"],
      ["+44770090000", 0, national, "44770090000"],
      ["80123", 0, national, "80123"],
      ["80123", 3, national, "80123"],
      ["Bank", 5, national, "Bank"],
      ["0012345678", 5, national, "0012345678"],
    ];
  for (const [address, ton, members, number] of CASES) {
    const form = formWith(members);
    const source = deliverSm({ sourceAddr: address, sourceAddrTon: ton, shortMessage: latin1("a") }, form);
    assert.equal(messageIn(source).sender, number, address);
    const target = deliverSm({ destinationAddr: address, destAddrTon: ton, shortMessage: latin1("a") }, form);
    assert.equal(messageIn(target).destination, number, address);
  }
});

test("whatever comes, nothing is thrown, and nothing of it is a view of what was read", () => {
  const forms = [FORM, formWith({ alphabet0: "gsm7packed", isReceiptKnownByText: true, receiptPhone: "destination" })];
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 254 }),
    fc.string({ unit: "binary-ascii", maxLength: 200 }).map((text) => latin1(`id:${text} stat:${text}`)),
  );
  fc.assert(
    fc.property(
      octets,
      fc.nat(255),
      fc.nat(255),
      fc.boolean(),
      fc.string({ unit: "binary-ascii", maxLength: 20 }),
      fc.array(
        fc.tuple(
          fc.constantFrom(0x001e, 0x020c, 0x020e, 0x020f, 0x0423, 0x0427, 0x0204),
          fc.uint8Array({ maxLength: 9 }),
        ),
      ),
      (shortMessage, esmClass, dataCoding, isPayload, address, given) => {
        const tlvs = given.map(([tag, value]) => ({ tag, value }));
        const members = isPayload ? { tlvs: [...tlvs, tlv("messagePayload", shortMessage)] } : { shortMessage, tlvs };
        const sourceAddr = address.replaceAll("\0", "");
        for (const form of forms) {
          const pdu = {
            ...onTheWire({ command: "deliver_sm", esmClass, dataCoding, sourceAddr }),
            ...members,
            ...(isPayload && { shortMessage: new Uint8Array() }),
          } as PduOf<"deliver_sm">;
          const delivery = deliveryOf(pdu, form, NOW);
          if (delivery.kind !== "inbound") continue;
          const { udh, content } = delivery.message;
          for (const kept of [udh, typeof content === "string" ? undefined : content.octets]) {
            if (kept !== undefined) assert.notEqual(kept.buffer, shortMessage.buffer);
            if (kept !== undefined) assert.equal(kept.byteLength, kept.buffer.byteLength);
          }
        }
      },
    ),
    { seed, numRuns: 1000 },
  );
});
