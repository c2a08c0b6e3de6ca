import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyPdu } from "../../test/harness/arbitrary-pdu.ts";
import { numberFromEnvironment, seedFromEnvironment } from "../../test/harness/seed.ts";
import { isSmppError } from "../errors.ts";
import { defaultCodec } from "./codec.ts";
import { FrameReader } from "./frame-reader.ts";
import { COMMANDS, layoutOf } from "./pdu.ts";

/** How many PDUs are tried at most, and for how long; both ends are needed, since machines differ. */
const COUNT = numberFromEnvironment("SMPP_FUZZ_COUNT", 60_000);
const TIME_MS_MAX = numberFromEnvironment("SMPP_FUZZ_TIME_MS", 3000);
const seed = seedFromEnvironment("SMPP_FUZZ_SEED");

/** Reads a stream as a session does. Returns how many PDUs were read and refused; anything else is thrown on. */
function readAll(stream: Buffer, chunkOctets: number): { read: number; refused: number } {
  const reader = new FrameReader();
  const outcome = { read: 0, refused: 0 };
  try {
    for (let offset = 0; offset < stream.length; offset += chunkOctets) {
      reader.push(stream.subarray(offset, offset + chunkOctets));
      while (reader.next()) {
        try {
          defaultCodec.decode(reader.octets, reader.start, reader.end);
          outcome.read += 1;
        } catch (error) {
          if (!isSmppError(error) || error.code !== "SMPP_PDU_INVALID") throw error;
          assert.ok(error.commandStatus !== undefined && error.header !== undefined);
          outcome.refused += 1;
        }
      }
    }
  } catch (error) {
    if (!isSmppError(error) || error.code !== "SMPP_FRAME_INVALID") throw error;
  }
  return outcome;
}

/** A small generator of its own: fast-check would spend the time on making values that can be shrunk. */
function randomOf(start: number): () => number {
  let state = start >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const IDS = COMMANDS.map((command) => layoutOf(command).id);
/** Octets that mean something: ends of texts, lengths, flags, the beginnings of tags. */
const TELLING = [0, 0, 0, 1, 2, 4, 0x24, 0x1e, 0x27, 0xff];

/** A known command with a body of octets that are likely to lead somewhere. */
function fillPdu(target: Buffer, random: () => number): number {
  const length = 16 + (random() % 120);
  target.writeUInt32BE(length, 0);
  target.writeUInt32BE(IDS[random() % IDS.length] as number, 4);
  target.writeUInt32BE(random() % 3 === 0 ? random() : 0, 8);
  target.writeUInt32BE(random(), 12);
  for (let offset = 16; offset < length; offset += 1) {
    const roll = random();
    target[offset] = (roll & 3) === 0 ? roll >>> 8 : (TELLING[(roll >>> 4) % TELLING.length] as number);
  }
  return length;
}

test("10 random fuzz: no throw but our own, and memory stays flat", () => {
  const random = randomOf(seed);
  const started = performance.now();
  const target = Buffer.alloc(256);
  const before = process.memoryUsage();
  const seen = { read: 0, refused: 0 };
  let count = 0;
  while (count < COUNT && (count % 1000 !== 0 || performance.now() - started < TIME_MS_MAX)) {
    const { read, refused } = readAll(target.subarray(0, fillPdu(target, random)), 1 + (random() % 60));
    seen.read += read;
    seen.refused += refused;
    count += 1;
  }
  const grownBytes = process.memoryUsage().arrayBuffers - before.arrayBuffers;
  assert.equal(seen.read + seen.refused, count);
  assert.ok(seen.read > count / 100 && seen.refused > count / 100, `${seen.read} read, ${seen.refused} refused`);
  assert.ok(grownBytes < 64 * 2 ** 20, `${grownBytes} octets more in buffers`);
});

test("random octets are our own error or PDUs, however they are cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 200 }), (octets, cut) => {
      readAll(Buffer.from(octets), cut);
    }),
    { seed, numRuns: 500 },
  );
});

test("PDUs with some octets changed are our own error or PDUs", () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(anyPdu, { minLength: 1, maxLength: 3 }), changes, (pdus, list) => {
      const stream = Buffer.concat(pdus.map((pdu) => defaultCodec.encode(pdu)));
      for (const [place, octet] of list) stream[place % stream.length] = octet;
      readAll(stream, 37);
    }),
    { seed, numRuns: 500 },
  );
});
