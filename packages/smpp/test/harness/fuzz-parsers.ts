/**
 * Octets that nobody should send, for each parser: known commands with bodies that are likely to lead somewhere, and
 * good PDUs with a few octets changed, cut or added. A parser may read them or refuse them with its own error; anything
 * else that it throws is thrown on.
 */
import fc from "fast-check";
import { defaultCodec } from "../../src/codec/codec.ts";
import { FrameReader } from "../../src/codec/frame-reader.ts";
import { type Command, COMMANDS, layoutOf, type Pdu } from "../../src/codec/pdu.ts";
import { TLVS, type TlvName, tlvValue } from "../../src/codec/tlv.ts";
import { isSmppError } from "../../src/errors.ts";
import { concatenationOf, messageTextOf } from "../../src/text/message.ts";
import { parseReceiptText, receiptOf } from "../../src/text/receipt.ts";
import { parseTime } from "../../src/text/time.ts";
import { concatenationOfUdh, nationalShiftsOf, parseUdh } from "../../src/text/udh.ts";
import { arbitraryPdu } from "./arbitrary-pdu.ts";

export type Random = () => number;
/** `unframed`: the length was such that nobody knows where the next PDU begins. */
export type FuzzOutcome = "read" | "refused" | "unframed";
/** Makes one input and has it parsed. */
export type FuzzedParser = (random: Random) => FuzzOutcome;

/** A small generator of its own: fast-check would spend the time on making values that can be shrunk. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Octets that mean something: ends of texts, lengths, flags, the beginnings of tags. */
const TELLING = [0, 0, 0, 1, 2, 4, 0x24, 0x1e, 0x27, 0xff];
const LIKELY_OCTETS_MAX = 120;
const SAMPLES = 64;
const SAMPLE_OCTETS_MAX = 1024;
const HEADER_OCTETS = 16;
const TLV_NAMES = Object.keys(TLVS) as TlvName[];

/** One in four is any octet, so that ten bits of a random number choose one and a number is enough for three. */
const LIKELY = Uint8Array.from({ length: 1024 }, (_, index) =>
  index < 256 ? index : (TELLING[index % TELLING.length] as number),
);

function fillLikely(target: Buffer, start: number, end: number, random: Random): void {
  for (let offset = start; offset < end; offset += 3) {
    const roll = random();
    target[offset] = LIKELY[roll & 1023] as number;
    target[offset + 1] = LIKELY[(roll >>> 10) & 1023] as number;
    target[offset + 2] = LIKELY[(roll >>> 20) & 1023] as number;
  }
}

/** A body without a plan, under a good header. */
function writeLikely(target: Buffer, commandId: number, random: Random): number {
  const length = HEADER_OCTETS + (random() % LIKELY_OCTETS_MAX);
  target.writeUInt32BE(length, 0);
  target.writeUInt32BE(commandId, 4);
  target.writeUInt32BE(random() % 3 === 0 ? random() : 0, 8);
  target.writeUInt32BE(random(), 12);
  fillLikely(target, HEADER_OCTETS, length, random);
  return length;
}

/** A good PDU with up to four octets changed, now and then its length too, and often shorter or longer than it was. */
function writeSpoilt(target: Buffer, sample: Buffer, random: Random): number {
  sample.copy(target);
  const roll = random();
  let { length } = sample;
  if (roll % 4 === 1) length = HEADER_OCTETS + (random() % (length - HEADER_OCTETS + 1));
  if (roll % 4 === 2) {
    const longer = length + 1 + (random() % 20);
    fillLikely(target, length, longer, random);
    length = longer;
  }
  target.writeUInt32BE(length, 0);
  const firstChanged = (roll >>> 4) % 64 === 0 ? 0 : HEADER_OCTETS;
  for (let changes = (roll >>> 10) % 5; changes > 0 && length > firstChanged; changes -= 1) {
    target[firstChanged + (random() % (length - firstChanged))] = random() % 3 === 0 ? 0 : random();
  }
  return length;
}

/** What is done with a message that was read: it must not throw either, whatever is in it. */
function lookInto(pdu: Pdu, random: Random): void {
  const name = TLV_NAMES[random() % TLV_NAMES.length] as TlvName;
  tlvValue(pdu.tlvs, name);
  if (pdu.command !== "submit_sm" && pdu.command !== "deliver_sm" && pdu.command !== "data_sm") return;
  concatenationOf(pdu);
  messageTextOf(pdu, { alphabet1: "gsm7" });
  receiptOf(pdu, { isKnownByText: true });
}

/** As a session reads it: most often whole, otherwise in chunks, and as far as it goes. */
function parsePdu(octets: Buffer, random: Random): FuzzOutcome {
  const reader = new FrameReader();
  let outcome: FuzzOutcome = "unframed";
  const roll = random();
  const chunkOctets = roll % 4 === 0 ? 1 + ((roll >>> 2) % octets.length) : octets.length;
  try {
    for (let offset = 0; offset < octets.length; offset += chunkOctets) {
      reader.push(octets.subarray(offset, offset + chunkOctets));
      while (reader.next()) {
        outcome = "refused";
        const pdu = defaultCodec.decode(reader.octets, reader.start, reader.end);
        outcome = "read";
        lookInto(pdu, random);
      }
    }
  } catch (error) {
    if (!isSmppError(error)) throw error;
    if (error.code === "SMPP_FRAME_INVALID") return "unframed";
    if (error.code !== "SMPP_PDU_INVALID" || outcome !== "refused") throw error;
    if (error.header === undefined || error.commandStatus === undefined) {
      throw new Error(`an error that cannot be answered: ${error.message}`, { cause: error });
    }
  }
  return outcome;
}

function fuzzCommand(command: Command, seed: number): FuzzedParser {
  const { id } = layoutOf(command);
  const samples = fc
    .sample(arbitraryPdu(command), { seed, numRuns: SAMPLES })
    .map((pdu) => defaultCodec.encode(pdu))
    .filter(({ length }) => length <= SAMPLE_OCTETS_MAX);
  const target = Buffer.alloc(SAMPLE_OCTETS_MAX + 64);
  return (random) => {
    const sample = samples[random() % (samples.length * 2)];
    const length = sample === undefined ? writeLikely(target, id, random) : writeSpoilt(target, sample, random);
    return parsePdu(target.subarray(0, length), random);
  };
}

function fuzzOctets(target: Buffer, octetsMax: number, parse: (octets: Buffer) => unknown): FuzzedParser {
  return (random) => {
    const length = random() % (octetsMax + 1);
    fillLikely(target, 0, length, random);
    return parse(target.subarray(0, length)) === null ? "refused" : "read";
  };
}

const RECEIPT_WORDS = ["id:", "sub:", "dlvrd:", "submit date:", "done date:", "stat:", "err:", "text:", " ", "DELIVRD"];

function fuzzReceiptText(random: Random): FuzzOutcome {
  let text = "";
  for (let words = random() % 16; words > 0; words -= 1) {
    const roll = random();
    text += (roll & 1) === 0 ? RECEIPT_WORDS[(roll >>> 1) % RECEIPT_WORDS.length] : String.fromCharCode(roll & 0xff);
  }
  // There is nothing that it refuses.
  parseReceiptText(text);
  return "read";
}

const TIME_CHARACTERS = "0001122334+-R9x";

function fuzzTime(random: Random): FuzzOutcome {
  const length = random() % 4 === 0 ? random() % 20 : 16;
  let text = "";
  for (let index = 0; index < length - 1; index += 1) text += String(random() % 4 === 0 ? random() % 10 : 0);
  text += TIME_CHARACTERS[random() % TIME_CHARACTERS.length];
  return parseTime(text) === null ? "refused" : "read";
}

/** Every parser of what a peer sends: one for each command, and those of what is inside a message. */
export function fuzzedParsers(seed: number): ReadonlyMap<string, FuzzedParser> {
  const target = Buffer.alloc(256);
  const parsers = new Map<string, FuzzedParser>(COMMANDS.map((command) => [command, fuzzCommand(command, seed)]));
  parsers.set("any octets", (random) => {
    const length = 1 + (random() % 200);
    fillLikely(target, 0, length, random);
    return parsePdu(target.subarray(0, length), random);
  });
  const readUdh = fuzzOctets(target, 140, (octets) => {
    const udh = parseUdh(octets);
    if (udh === null) return null;
    concatenationOfUdh(udh);
    return nationalShiftsOf(udh);
  });
  parsers.set("user data header", readUdh);
  parsers.set("time", fuzzTime);
  parsers.set("receipt text", fuzzReceiptText);
  return parsers;
}

export interface FuzzTally {
  count: number;
  readonly outcomes: Record<FuzzOutcome, number>;
}

/** Between two looks at the clock. */
const ROUND = 1000;

/** Runs until `count` inputs were parsed or the time is over. */
export function fuzz(
  parse: FuzzedParser,
  { seed, count, timeMsMax }: { readonly seed: number; readonly count: number; readonly timeMsMax: number },
): FuzzTally {
  const random = randomOf(seed);
  const tally: FuzzTally = { count: 0, outcomes: { read: 0, refused: 0, unframed: 0 } };
  const started = performance.now();
  while (tally.count < count && (tally.count % ROUND !== 0 || performance.now() - started < timeMsMax)) {
    tally.outcomes[parse(random)] += 1;
    tally.count += 1;
  }
  return tally;
}
