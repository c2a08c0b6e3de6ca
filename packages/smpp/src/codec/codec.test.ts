import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arbitraryPdu } from "../../test/harness/arbitrary-pdu.ts";
import { seedFromEnvironment } from "../../test/harness/seed.ts";
import { COMMAND_STATUS } from "../command-status.ts";
import { isSmppError, SmppError } from "../errors.ts";
import { createCodec, defaultCodec } from "./codec.ts";
import { COMMANDS, isResponse, layoutOf, type Pdu, type PduInput } from "./pdu.ts";
import { tlv, tlvValue } from "./tlv.ts";

const seed = seedFromEnvironment("SMPP_PROPERTY_SEED");
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** PDUs of other programs that an independent decoder understood as they are described here. */
const REFERENCES: readonly (readonly [string, PduInput])[] = [
  [
    "0000002a 00000009 00000000 00000001 736d7070636c69656e743100 70617373776f726400 00 34 00 00 00",
    {
      command: "bind_transceiver",
      sequenceNumber: 1,
      systemId: "smppclient1",
      password: "password",
      interfaceVersion: 0x34,
    },
  ],
  [
    "0000001d 80000009 00000000 00000001 534d505053696d00 0210000134",
    {
      command: "bind_transceiver_resp",
      sequenceNumber: 1,
      systemId: "SMPPSim",
      tlvs: [tlv("scInterfaceVersion", 0x34)],
    },
  ],
  [
    "0000003c 00000004 00000000 00000002 00 0500 5445535400 0101 34343737303039303030303100 000000 00 00 01 00 00 00 05 68656c6c6f 020400020007",
    {
      command: "submit_sm",
      sequenceNumber: 2,
      sourceAddrTon: 5,
      sourceAddr: "TEST",
      destAddrTon: 1,
      destAddrNpi: 1,
      destinationAddr: "447700900001",
      registeredDelivery: 1,
      shortMessage: Buffer.from("hello"),
      tlvs: [tlv("userMessageReference", 7)],
    },
  ],
  [
    "00000019 80000004 00000000 00000002 303030304142433000",
    { command: "submit_sm_resp", sequenceNumber: 2, messageId: "0000ABC0" },
  ],
  ["00000010 80000004 00000058 00000003", { command: "submit_sm_resp", commandStatus: 0x58, sequenceNumber: 3 }],
  ["00000011 80000005 00000000 00000001 00", { command: "deliver_sm_resp", sequenceNumber: 1 }],
  ["00000010 00000015 00000000 00000009", { command: "enquire_link", sequenceNumber: 9 }],
  ["00000010 80000000 00000002 00000000", { command: "generic_nack", commandStatus: 2, sequenceNumber: 0 }],
];

test("PDUs of other programs are written octet by octet, and read back to the same octets", () => {
  for (const [octets, pdu] of REFERENCES) {
    assert.equal(defaultCodec.encode(pdu).toString("hex"), hex(octets).toString("hex"), pdu.command);
    const read = defaultCodec.decode(hex(octets));
    for (const [name, value] of Object.entries(pdu)) {
      if (name !== "tlvs") assert.deepEqual(read[name as keyof Pdu], value, `${pdu.command} ${name}`);
    }
    assert.deepEqual(defaultCodec.encode(read), hex(octets));
  }
});

test("every command of SMPP 3.4 is in the table", () => {
  assert.equal(COMMANDS.length, 27);
  assert.equal(new Set(COMMANDS.map((command) => layoutOf(command).id)).size, COMMANDS.length);
  assert.deepEqual(
    COMMANDS.filter(isResponse).filter((command) => !command.endsWith("_resp")),
    ["generic_nack"],
  );
});

for (const command of COMMANDS) {
  test(`11 round trip: ${command} is read as it was written, also in the middle of other octets`, () => {
    fc.assert(
      fc.property(arbitraryPdu(command), fc.integer({ min: 0, max: 9 }), (pdu, before) => {
        const octets = defaultCodec.encode(pdu);
        assert.deepEqual(defaultCodec.decode(octets), pdu);
        const around = Buffer.alloc(octets.length + before + 7, 0xff);
        const end = defaultCodec.encodeInto(around, before, pdu);
        assert.equal(end, before + octets.length);
        assert.deepEqual(defaultCodec.decode(around, before, end), pdu);
        assert.ok(around.subarray(0, before).every((octet) => octet === 0xff));
        assert.ok(around.subarray(end).every((octet) => octet === 0xff));
        assert.deepEqual(defaultCodec.encode(defaultCodec.decode(octets)), octets);
      }),
      { seed, numRuns: 60 },
    );
  });

  test(`${command} cut short anywhere is its own error or a shorter PDU, and nothing beyond its end is read`, () => {
    fc.assert(
      fc.property(arbitraryPdu(command), (pdu) => {
        const octets = defaultCodec.encode(pdu);
        for (let length = 16; length < octets.length; length += 1) {
          const [inside, alone] = [Buffer.from(octets), Buffer.from(octets.subarray(0, length))];
          inside.writeUInt32BE(length);
          alone.writeUInt32BE(length);
          assert.deepEqual(outcome(inside, length), outcome(alone, length));
        }
      }),
      { seed, numRuns: 10 },
    );
  });
}

/** What a decoder makes of the octets; anything but its own error is thrown on. */
function outcome(octets: Buffer, end: number): unknown {
  try {
    return defaultCodec.decode(octets, 0, end);
  } catch (error) {
    if (!isSmppError(error)) throw error;
    return [error.code, error.commandStatus, error.message];
  }
}

test("a PDU that has no room is not begun, and its size is told", () => {
  const pdu = { command: "submit_sm", shortMessage: Buffer.alloc(160), destinationAddr: "4477" } as const;
  const { length } = defaultCodec.encode(pdu);
  const target = Buffer.alloc(length + 3, 0xee);
  assert.equal(defaultCodec.encodeInto(target, 4, pdu), -length);
  assert.ok(target.every((octet) => octet === 0xee));
  assert.equal(defaultCodec.encodeInto(target, 3, pdu), target.length);
});

const REFUSED: readonly (readonly [string, PduInput])[] = [
  ["sequenceNumber", { command: "enquire_link", sequenceNumber: -1 }],
  ["sequenceNumber", { command: "enquire_link", sequenceNumber: 2 ** 32 }],
  ["commandStatus", { command: "generic_nack", commandStatus: 1.5 }],
  ["esmClass", { command: "submit_sm", esmClass: 256 }],
  ["esmClass", { command: "submit_sm", esmClass: Number.NaN }],
  ["sourceAddr", { command: "submit_sm", sourceAddr: "x".repeat(21) }],
  ["sourceAddr", { command: "submit_sm", sourceAddr: "a\0b" }],
  ["sourceAddr", { command: "submit_sm", sourceAddr: "€" }],
  ["sourceAddr", { command: "submit_sm", sourceAddr: 7 as unknown as string }],
  ["shortMessage", { command: "submit_sm", shortMessage: Buffer.alloc(255) }],
  ["shortMessage", { command: "submit_sm", shortMessage: "text" as unknown as Uint8Array }],
  ["tlvs", { command: "submit_sm", tlvs: [{ tag: 0x10000, value: Buffer.alloc(0) }] }],
  ["tlvs", { command: "submit_sm", tlvs: [{ tag: 0x1400, value: Buffer.alloc(65536) }] }],
  ["destAddresses", { command: "submit_multi" }],
  ["command", { command: "submit_em" as "submit_sm" }],
  ["password", { command: "outbind", password: "123456789" }],
];

test("what cannot be written is refused with the field's name", () => {
  for (const [name, pdu] of REFUSED) {
    const isOurs = (error: unknown) =>
      isSmppError(error) && error.code === "SMPP_FIELD_INVALID" && error.message.startsWith(name);
    assert.throws(() => defaultCodec.encode(pdu), isOurs, name);
  }
});

test("a codec with limits of its own writes a longer password and reads no longer one", () => {
  const bind: PduInput = { command: "bind_transmitter", password: "a long password" };
  assert.throws(() => defaultCodec.encode(bind));
  const patient = createCodec({ encodeOctetsMax: { password: 32 } });
  const strict = createCodec({ decodeOctetsMax: { password: 9 } });
  assert.deepEqual(defaultCodec.decode(patient.encode(bind)), patient.decode(patient.encode(bind)));
  const isRefused = { code: "SMPP_PDU_INVALID", commandStatus: COMMAND_STATUS.RINVPASWD };
  assert.throws(() => strict.decode(patient.encode(bind)), isRefused);
});

test("an error is known by its mark, also one of another copy of the package", () => {
  const error = new SmppError("SMPP_BUSY", "busy");
  assert.ok(isSmppError(error));
  assert.ok(isSmppError({ [Symbol.for("posthorn.smpp.error")]: true }));
  assert.ok(!isSmppError(new Error("busy")));
  assert.ok(!isSmppError(null));
});

test("TLVs are read by name: integers, texts with and without their NUL, octets, the first of several", () => {
  const tlvs = [
    tlv("qosTimeToLive", 86_400),
    tlv("receiptedMessageId", "abc"),
    { tag: 0x001d, value: Buffer.from("no end") },
    tlv("callbackNum", Buffer.from("12345")),
    tlv("callbackNum", Buffer.from("67890")),
  ];
  assert.equal(tlvValue(tlvs, "qosTimeToLive"), 86_400);
  assert.equal(tlvValue(tlvs, "receiptedMessageId"), "abc");
  assert.equal(tlvValue(tlvs, "additionalStatusInfoText"), "no end");
  assert.deepEqual(tlvValue(tlvs, "callbackNum"), Buffer.from("12345"));
  assert.equal(tlvValue(tlvs, "messageState"), undefined);
  assert.throws(() => tlv("messageState", 256), { code: "SMPP_FIELD_INVALID" });
  assert.throws(() => tlv("receiptedMessageId", "x".repeat(65)), { code: "SMPP_FIELD_INVALID" });
});
