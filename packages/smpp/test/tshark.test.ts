/** Whatever we can write, read by Wireshark's decoder: it must find the same values, and nothing wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultCodec } from "../src/codec/codec.ts";
import type { Field } from "../src/codec/layouts.ts";
import { type Command, COMMANDS, layoutOf, type Pdu, type PduInput, responseOf } from "../src/codec/pdu.ts";
import { TLVS, type TlvName } from "../src/codec/tlv.ts";
import { commandStatusName, COMMAND_STATUS } from "../src/command-status.ts";
import { encodeText } from "../src/text/text.ts";
import { buildUdh, concatenationElement } from "../src/text/udh.ts";
import { arbitraryPdu } from "./harness/arbitrary-pdu.ts";
import { seedFromEnvironment } from "./harness/seed.ts";
import { dissect, type Dissected, TSHARK_SKIP } from "./harness/tshark.ts";
import { ALL_NAMES, compare, type Loose, numbers, TLV_NAMES } from "./harness/tshark-fields.ts";

const seed = seedFromEnvironment("SMPP_TSHARK_SEED");
const options = { skip: TSHARK_SKIP };

/** tshark takes nothing longer for SMPP. */
const TSHARK_PDU_OCTETS_MAX = 65_536;

function look(pdus: readonly PduInput[]): { frames: readonly Dissected[]; octets: readonly Buffer[] } {
  const octets = pdus.map((pdu) => defaultCodec.encode(pdu));
  const { frames, faults } = dissect(
    octets.map((pdu) => ({ from: "ESME", octets: pdu })),
    ALL_NAMES,
  );
  assert.deepEqual(faults, []);
  assert.equal(frames.length, pdus.length, "as many frames as PDUs, or some were not taken for SMPP");
  return { frames, octets };
}

const letters = (count: number): string => "Abcdefghijklmnopqrstuvwxyz0123456789".repeat(8).slice(0, count);
/** Fields of which tshark shows the only bit that means something. */
const ONE_BIT = new Set(["replaceIfPresentFlag"]);
const TIMES = new Set(["scheduleDeliveryTime", "validityPeriod", "finalDate"]);

/** The least and the most that a field may say. */
function edgesOf(field: Field): readonly unknown[] {
  switch (field.kind) {
    case "uint8":
      // The bit that announces a user data header is another test's.
      if (field.name === "esmClass") return [0, 0x03, 0x3f, 0xbf];
      return ONE_BIT.has(field.name) ? [0, 1] : [0, 1, 0x7f, 0xff];
    case "cString":
      if (TIMES.has(field.name)) return ["", "000001000000000R", "261122150000000+", "991231235959948-"];
      return ["", "x", letters(field.octetsMax - 1)];
    case "shortMessage":
      return [0, 1, 127, 254].map((length) => Buffer.from(letters(length)));
    case "destAddresses":
      return [1, 2, 254].map((count) =>
        Array.from({ length: count }, (_, index) =>
          index % 2 === 0
            ? { destFlag: 1, destAddrTon: 1, destAddrNpi: 1, destinationAddr: letters(20) }
            : { destFlag: 2, dlName: letters(20) },
        ),
      );
    case "unsuccessSmes":
      return [0, 1, 255].map((count) =>
        Array.from({ length: count }, () => ({
          destAddrTon: 1,
          destAddrNpi: 1,
          destinationAddr: letters(20),
          errorStatusCode: COMMAND_STATUS.RINVDSTADR,
        })),
      );
  }
}

/** submit_multi needs a destination at least. */
function plainOf(command: Command): Loose {
  const one = [{ destFlag: 1, destAddrTon: 1, destAddrNpi: 1, destinationAddr: "385981234567" }];
  return { command, sequenceNumber: 1, ...(command === "submit_multi" && { destAddresses: one }) };
}

test("11 tshark agrees: every command with the least and the most that each field may say", options, () => {
  const pdus: Loose[] = [];
  for (const command of COMMANDS) {
    const plain = plainOf(command);
    pdus.push(plain);
    for (const sequenceNumber of [0, 0x7fffffff, 0xffffffff]) pdus.push({ ...plain, sequenceNumber });
    for (const field of layoutOf(command).fields) {
      for (const value of edgesOf(field)) pdus.push({ ...plain, [field.name]: value });
    }
    const most = layoutOf(command).fields.map((field) => [field.name, edgesOf(field).at(-1)]);
    pdus.push({ ...plain, ...Object.fromEntries(most) });
  }
  assert.ok(pdus.length > 500, String(pdus.length));
  const { frames, octets } = look(pdus as unknown as PduInput[]);
  for (const [index, frame] of frames.entries()) compare(pdus[index] as Loose, octets[index] as Buffer, frame);
});

test("tshark says so when something is wrong, or it would be no witness", options, () => {
  const cut = defaultCodec.encode({ command: "submit_sm", shortMessage: Buffer.from("hello"), sequenceNumber: 1 });
  // sm_length, two octets more than there are.
  cut[cut.length - 6] = 7;
  const twice = defaultCodec.encode({
    command: "submit_sm",
    shortMessage: Buffer.from("hello"),
    tlvs: [{ tag: TLVS.messagePayload.tag, value: Buffer.from("hello") }],
  });
  for (const octets of [cut, twice]) {
    assert.notDeepEqual(dissect([{ from: "ESME", octets }], ALL_NAMES).faults, []);
  }
});

test("18 tshark agrees: every refusal that a response may say", options, () => {
  const pdus: PduInput[] = [];
  for (const command of COMMANDS.map(responseOf).filter((response) => response !== undefined)) {
    for (const commandStatus of [...Object.values(COMMAND_STATUS), 0x4a1, 0xffffffff]) {
      if (commandStatus !== 0) pdus.push({ command, commandStatus, sequenceNumber: 9 });
    }
  }
  assert.ok(pdus.length > 500 && commandStatusName(0x58) === "ESME_RTHROTTLED");
  const { frames, octets } = look(pdus);
  for (const [index, frame] of frames.entries()) compare(pdus[index] as Loose, octets[index] as Buffer, frame);
});

/** Values of the right lengths; numbers with all bits, none and one, since a decoder could mistake their order. */
function valuesOf(name: TlvName): Buffer[] {
  const { octetsMin, octetsMax, kind } = TLVS[name];
  if (kind === "cString") return [0, 1, octetsMax - 1].map((length) => Buffer.from(`${letters(length)}\0`));
  if (kind === "octets") {
    const longest = name === "messagePayload" ? 60_000 : octetsMax;
    return [...new Set([octetsMin, longest])].map((length) => Buffer.alloc(length, 1));
  }
  return [Buffer.alloc(octetsMin), Buffer.alloc(octetsMin, 0xff), Buffer.alloc(octetsMin, Buffer.from([1, 2, 3, 4]))];
}

test("16 tshark agrees: every optional parameter, alone and all together, known and not", options, () => {
  const pdus: PduInput[] = [];
  const names = Object.keys(TLVS) as TlvName[];
  for (const name of names) {
    for (const command of ["data_sm", "deliver_sm", "data_sm_resp"] as const) {
      for (const value of valuesOf(name)) pdus.push({ command, tlvs: [{ tag: TLVS[name].tag, value }] });
    }
  }
  for (const tag of [0x3000, 0x1400, 0x3fff, 0xffff]) {
    for (const length of [0, 1, 300]) pdus.push({ command: "submit_sm", tlvs: [{ tag, value: Buffer.alloc(length) }] });
  }
  const together = names.map((name) => ({ tag: TLVS[name].tag, value: valuesOf(name)[0] as Buffer }));
  pdus.push({ command: "deliver_sm", tlvs: together });
  pdus.push({ command: "submit_sm", tlvs: [...together, ...together] });
  const rest = TSHARK_PDU_OCTETS_MAX - defaultCodec.encode({ command: "data_sm" }).length - 4;
  pdus.push({ command: "data_sm", tlvs: [{ tag: TLVS.messagePayload.tag, value: Buffer.alloc(rest, 0x61) }] });
  const { frames, octets } = look(pdus);
  let compared = 0;
  for (const [index, frame] of frames.entries()) {
    const pdu = pdus[index] as Loose;
    compare(pdu, octets[index] as Buffer, frame);
    if (pdu.tlvs?.length !== 1) continue;
    const name = names.find((candidate) => TLVS[candidate].tag === pdu.tlvs?.[0]?.tag);
    const theirs = name === undefined ? undefined : TLV_NAMES[name];
    if (theirs === undefined) continue;
    assert.deepEqual(numbers(frame[theirs]), [Number(`0x${Buffer.from(pdu.tlvs[0]?.value ?? []).toString("hex")}`)]);
    compared += 1;
  }
  assert.ok(compared > 250, `${compared} values were compared`);
});

test(
  "17 tshark agrees: messages with user data headers, of every alphabet, are read without a warning",
  options,
  () => {
    const part = { reference: 300, partCount: 3, partNumber: 2 };
    const bodies: readonly (readonly [number, Buffer])[] = [
      [0, encodeText("Grüße für 5 €", "gsm7")],
      [3, encodeText("Grüße", "latin1")],
      [4, Buffer.from("00ff80", "hex")],
      [8, encodeText("Привет 👋", "ucs2")],
    ];
    const pdus = bodies.flatMap(([dataCoding, body]) =>
      ([8, 16] as const).map((bits): PduInput => {
        const header = buildUdh([concatenationElement({ ...part, reference: bits === 8 ? 44 : 300 }, bits)]);
        return { command: "submit_sm", esmClass: 0x40, dataCoding, shortMessage: Buffer.concat([header, body]) };
      }),
    );
    const plain = bodies.map(
      ([dataCoding, shortMessage]): PduInput => ({ command: "deliver_sm", dataCoding, shortMessage }),
    );
    look([...pdus, ...plain]);
  },
);

const CONTROLS = /\p{Cc}/gu;
/** SMPP 5.0's, whose lengths an independent decoder knows. */
const isTakenBy5 = (tag: number): boolean => tag >= 0x0600 && tag <= 0x0613;
const TEXT_TAGS: ReadonlySet<number> = new Set([TLVS.additionalStatusInfoText.tag, TLVS.receiptedMessageId.tag]);

/** tshark writes controls as they are, also between its own values. */
function withoutControls(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(CONTROLS, "~");
  if (value instanceof Uint8Array) return Buffer.from(value).map((octet) => octet || 1);
  if (Array.isArray(value)) return value.map(withoutControls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutControls(member)]));
}

/** Without what an independent decoder rightly objects to: times and headers that are none, a text twice, NULs in it. */
function tamed(pdu: Pdu): PduInput {
  const { tlvs, ...fields } = pdu;
  const loose = withoutControls(fields) as Record<string, unknown>;
  for (const name of TIMES) if (name in loose) loose[name] = "";
  if (typeof loose["esmClass"] === "number") loose["esmClass"] &= 0xbf;
  loose["tlvs"] = tlvs
    .filter(({ tag }) => tag !== TLVS.messagePayload.tag && !isTakenBy5(tag))
    .map(({ tag, value }) => ({ tag, value: TEXT_TAGS.has(tag) ? Buffer.from(`${letters(value.length)}\0`) : value }));
  return loose as unknown as PduInput;
}

test("11 tshark agrees: every command with any values that can be written", options, () => {
  const pdus = COMMANDS.flatMap((command) => fc.sample(arbitraryPdu(command).map(tamed), { seed, numRuns: 60 }));
  const { frames, octets } = look(pdus);
  for (const [index, frame] of frames.entries()) {
    const pdu = pdus[index] as unknown as Loose;
    // Texts of any octets are shown in a way of tshark's own.
    const shown = Object.entries(pdu).filter(
      ([name, value]) => !ONE_BIT.has(name) && (typeof value !== "string" || /^[ -~]*$/.test(value)),
    );
    compare({ ...Object.fromEntries(shown), command: pdu.command }, octets[index] as Buffer, frame);
  }
});
