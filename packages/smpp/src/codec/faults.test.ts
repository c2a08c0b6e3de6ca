/** Robustness of reading one PDU; each test has the number and the sentence of the list of cases. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S } from "../command-status.ts";
import { type SmppError } from "../errors.ts";
import { defaultCodec } from "./codec.ts";
import { layoutOf, COMMANDS, isResponse } from "./pdu.ts";

/** A PDU of these body octets. */
function pduOf(commandId: number, body: Uint8Array | string, commandStatus = 0): Buffer {
  const octets = typeof body === "string" ? Buffer.from(body.replaceAll(" ", ""), "hex") : body;
  const header = Buffer.alloc(16);
  header.writeUInt32BE(16 + octets.length, 0);
  header.writeUInt32BE(commandId, 4);
  header.writeUInt32BE(commandStatus, 8);
  header.writeUInt32BE(7, 12);
  return Buffer.concat([header, octets]);
}

function refused(octets: Buffer, commandStatus: number, message: string): void {
  assert.throws(
    () => defaultCodec.decode(octets),
    (error: SmppError) => {
      assert.equal(error.code, "SMPP_PDU_INVALID", message);
      assert.equal(error.commandStatus, commandStatus, `${message}: ${error.message}`);
      assert.equal(error.header?.sequenceNumber, 7, message);
      return true;
    },
  );
}

/** Where the sm_length of this submit_sm stands; everything is empty. */
const EMPTY_SUBMIT = "00 0000 00 0000 00 000000 00 00 00 00 00 00";

test("4 length 16 and one octet extra: a request without a body says so, and a response lets it pass", () => {
  refused(pduOf(0x15, "00"), S.RINVCMDLEN, "enquire_link");
  refused(pduOf(0x06, "00"), S.RINVCMDLEN, "unbind");
  assert.equal(defaultCodec.decode(pduOf(0x80000015, "00")).command, "enquire_link_resp");
});

test("8 unknown command id: the header is told, with nack 0x03", () => {
  for (const id of [0x0a, 0x104, 0x111, 0x8000000b, 0x80000111, 0x7fffffff, 0xffffffff]) {
    refused(pduOf(id, ""), S.RINVCMDID, `id ${id}`);
  }
});

/** What a peer is answered whose field is longer than the specification allows. */
const TOO_LONG: Readonly<Record<string, number>> = {
  serviceType: S.RINVSERTYP,
  sourceAddr: S.RINVSRCADR,
  destinationAddr: S.RINVDSTADR,
  scheduleDeliveryTime: S.RINVSCHED,
  validityPeriod: S.RINVEXPIRY,
  messageId: S.RINVMSGID,
  systemId: S.RINVSYSID,
  password: S.RINVPASWD,
  systemType: S.RINVSYSTYP,
};

test("12 every C-string at max, max+1, without NUL", () => {
  let tested = 0;
  for (const command of COMMANDS.filter((name) => !isResponse(name))) {
    const { id, fields } = layoutOf(command);
    for (const [index, field] of fields.entries()) {
      if (field.kind !== "cString" || command === "submit_multi") continue;
      const before = Buffer.alloc(index);
      // As many NULs as there are fields after it: each is an empty text, a zero, or a short message of no octets.
      const after = Buffer.alloc(fields.length - index - 1);
      const body = (text: string, end: string) => Buffer.concat([before, Buffer.from(text + end, "latin1"), after]);
      const max = field.decodeOctetsMax;
      const name = `${command} ${field.name}`;
      const read = defaultCodec.decode(pduOf(id, body("9".repeat(max - 1), "\0")));
      assert.equal((read as unknown as Record<string, unknown>)[field.name], "9".repeat(max - 1), name);
      refused(pduOf(id, body("9".repeat(max), "\0")), TOO_LONG[field.name] ?? S.RINVCMDLEN, name);
      refused(pduOf(id, Buffer.concat([before, Buffer.from("999")])), S.RINVCMDLEN, name);
      tested += 1;
    }
  }
  assert.ok(tested > 30, `${tested} fields`);
});

test("12 a C-string without NUL does not run into the next PDU", () => {
  const pdu = pduOf(0x80000004, Buffer.from("abc"));
  const stream = Buffer.concat([pdu, Buffer.from([0, 0, 0])]);
  assert.throws(() => defaultCodec.decode(stream, 0, pdu.length), { commandStatus: S.RINVCMDLEN });
});

test("13 sm_length 0, 254, 255 and mismatch", () => {
  for (const length of [0, 254, 255]) {
    const body = Buffer.concat([Buffer.from(EMPTY_SUBMIT.replaceAll(" ", ""), "hex"), Buffer.alloc(length + 1, 65)]);
    body[body.length - length - 1] = length;
    const read = defaultCodec.decode(pduOf(4, body));
    assert.ok(read.command === "submit_sm" && read.shortMessage.length === length);
  }
  refused(pduOf(4, `${EMPTY_SUBMIT} 06 68656c6c6f`), S.RINVMSGLEN, "one too large");
  refused(pduOf(4, `${EMPTY_SUBMIT} 04 68656c6c6f`), S.RINVOPTPARSTREAM, "one too small");
  refused(pduOf(4, EMPTY_SUBMIT), S.RINVCMDLEN, "no sm_length");
});

test("14 both short_message and payload are kept as they came", () => {
  const read = defaultCodec.decode(pduOf(4, `${EMPTY_SUBMIT} 02 6869 0424 0002 796f`));
  assert.ok(read.command === "submit_sm");
  assert.equal(Buffer.from(read.shortMessage).toString(), "hi");
  assert.equal(Buffer.from(read.tlvs[0]?.value ?? []).toString(), "yo");
});

test("16 duplicate TLV, unknown TLV, zero-length TLV, truncated TLV", () => {
  const submit = `${EMPTY_SUBMIT} 00`;
  const read = defaultCodec.decode(
    pduOf(4, `${submit} 0204 0002 0001 0204 0002 0002 3abc 0003 010203 130c 0000 0424 0000`),
  );
  assert.deepEqual(
    read.tlvs.map(({ tag, value }) => [tag, Buffer.from(value).toString("hex")]),
    [
      [0x0204, "0001"],
      [0x0204, "0002"],
      [0x3abc, "010203"],
      [0x130c, ""],
      [0x0424, ""],
    ],
  );
  refused(pduOf(4, `${submit} 0204 0000`), S.RINVPARLEN, "an integer of no octets");
  refused(pduOf(4, `${submit} 0427 0002 0000`), S.RINVPARLEN, "an integer of too many octets");
  refused(pduOf(4, `${submit} 0424 0005 00`), S.RINVOPTPARSTREAM, "longer than the PDU");
  refused(pduOf(4, `${submit} 0424 00`), S.RINVOPTPARSTREAM, "half a header");
});

test("16 a response is read although its TLVs cannot be", () => {
  const read = defaultCodec.decode(pduOf(0x80000004, "6100 0428 0001 05 0427 0009 00"));
  assert.ok(read.command === "submit_sm_resp");
  assert.equal(read.messageId, "a");
  assert.equal(read.tlvs.length, 1);
});

test("18 status != 0 with and without body, and a body that cannot be read", () => {
  for (const body of ["", "00", "616200", "616263", "00 0427 0009"]) {
    const read = defaultCodec.decode(pduOf(0x80000004, body, 0x58));
    assert.ok(read.command === "submit_sm_resp" && read.commandStatus === 0x58);
  }
  const positive = defaultCodec.decode(pduOf(0x80000005, ""));
  assert.ok(positive.command === "deliver_sm_resp" && positive.messageId === "");
});

test("18 we never write a body with a refusal, but for its TLVs", () => {
  const refusal = { command: "submit_sm_resp", commandStatus: 8, messageId: "a" } as const;
  assert.equal(defaultCodec.encode(refusal).length, 16);
  assert.equal(defaultCodec.encode({ ...refusal, tlvs: [{ tag: 0x1400, value: Buffer.alloc(1) }] }).length, 16 + 2 + 5);
});

test("19 submit_multi 254 dests and count mismatch", () => {
  const destAddresses = Array.from({ length: 254 }, (_, index) =>
    index % 2 === 0
      ? ({ destFlag: 1, destAddrTon: 1, destAddrNpi: 1, destinationAddr: `4477009${index}` } as const)
      : ({ destFlag: 2, dlName: `list ${index}` } as const),
  );
  const octets = defaultCodec.encode({ command: "submit_multi", sequenceNumber: 7, destAddresses });
  const read = defaultCodec.decode(octets);
  assert.ok(read.command === "submit_multi");
  assert.deepEqual(read.destAddresses, destAddresses);
  assert.throws(() =>
    defaultCodec.encode({ command: "submit_multi", destAddresses: [...destAddresses, ...destAddresses] }),
  );
  const source = "00 0000 00";
  refused(pduOf(0x21, `${source} 00`), S.RINVNUMDESTS, "none");
  refused(pduOf(0x21, `${source} ff`), S.RINVNUMDESTS, "255");
  refused(pduOf(0x21, `${source} 02 01 0101 3400`), S.RINVCMDLEN, "one of two");
  refused(pduOf(0x21, `${source} 01 03 3400`), S.RINVDESTFLAG, "no such flag");
  refused(pduOf(0x21, `${source} 01 02 ${"41".repeat(21)}00`), S.RINVDLNAME, "a long name");
});

test("61 Latin-1 ids: eight bits go in and out", () => {
  const messageId = "caf\u00e9\u00ff\u0080";
  const read = defaultCodec.decode(defaultCodec.encode({ command: "submit_sm_resp", messageId }));
  assert.ok(read.command === "submit_sm_resp");
  assert.equal(read.messageId, messageId);
});
