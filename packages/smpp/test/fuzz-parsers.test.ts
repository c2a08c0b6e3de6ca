/** Every parser against what nobody should send, in short; `node bench/smpp-fuzz.ts` does it ten million times each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultCodec } from "../src/codec/codec.ts";
import { FrameReader } from "../src/codec/frame-reader.ts";
import { COMMANDS, type Pdu } from "../src/codec/pdu.ts";
import { isSmppError } from "../src/errors.ts";
import { arbitraryPdu } from "./harness/arbitrary-pdu.ts";
import { fuzz, fuzzedParsers, randomOf } from "./harness/fuzz-parsers.ts";
import { numberFromEnvironment, seedFromEnvironment } from "./harness/seed.ts";

const COUNT = numberFromEnvironment("SMPP_FUZZ_COUNT", 4000);
const TIME_MS_MAX = numberFromEnvironment("SMPP_FUZZ_TIME_MS", 3000);
const seed = seedFromEnvironment("SMPP_FUZZ_SEED");
const GROWTH_BYTES_MAX = 64 * 2 ** 20;

test("10 random fuzz: every parser reads or refuses whatever comes, and memory stays flat", () => {
  const parsers = fuzzedParsers(seed);
  assert.equal(parsers.size, COMMANDS.length + 4);
  const before = process.memoryUsage().arrayBuffers;
  for (const [name, parse] of parsers) {
    const { count, outcomes } = fuzz(parse, { seed, count: COUNT, timeMsMax: TIME_MS_MAX });
    const { read, refused, unframed } = outcomes;
    assert.ok(count > 0);
    assert.equal(read + refused + unframed, count, name);
    // Otherwise the input would lead nowhere: neither into the good way nor into the bad one.
    if (name !== "any octets") assert.ok(read > count / 100, `${name}: ${JSON.stringify(outcomes)}`);
    if (name !== "receipt text") assert.ok(refused + unframed > 0, `${name}: ${JSON.stringify(outcomes)}`);
  }
  const grownBytes = process.memoryUsage().arrayBuffers - before;
  assert.ok(grownBytes < GROWTH_BYTES_MAX, `${grownBytes} octets more in buffers`);
});

test("a parser that throws what is not its own fails the fuzz", () => {
  const broken = (): never => {
    throw new RangeError("out of bounds");
  };
  assert.throws(() => fuzz(broken, { seed, count: 1, timeMsMax: 1000 }), RangeError);
});

/** What comes out of a stream that is cut so, in words; nothing is said of octets that wait for more. */
function heard(stream: Buffer, chunkOctets: number): unknown[] {
  const reader = new FrameReader();
  const outcomes: unknown[] = [];
  try {
    for (let offset = 0; offset < stream.length; offset += chunkOctets) {
      reader.push(stream.subarray(offset, offset + chunkOctets));
      while (reader.next()) outcomes.push(read(reader));
    }
  } catch (error) {
    if (!isSmppError(error)) throw error;
    outcomes.push(error.code);
  }
  return outcomes;
}

function read(reader: FrameReader): Pdu | readonly unknown[] {
  try {
    return defaultCodec.decode(reader.octets, reader.start, reader.end);
  } catch (error) {
    if (!isSmppError(error)) throw error;
    return [error.code, error.commandStatus, error.message, error.header?.sequenceNumber];
  }
}

for (const command of COMMANDS) {
  test(`1 byte-by-byte PDU: ${command}, good or spoilt, says octet by octet what it says at once`, () => {
    const spoiling = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
    fc.assert(
      fc.property(arbitraryPdu(command), spoiling, (pdu, changes) => {
        const good = defaultCodec.encode(pdu);
        assert.deepEqual(heard(good, 1), [pdu]);
        const spoilt = Buffer.from(good);
        for (const [place, octet] of changes) spoilt[place % spoilt.length] = octet;
        const stream = Buffer.concat([spoilt, good]);
        assert.deepEqual(heard(stream, 1), heard(stream, stream.length));
      }),
      { seed, numRuns: 20 },
    );
  });
}

test("the generator of inputs is the same for the same seed", () => {
  const [one, other] = [randomOf(seed), randomOf(seed)];
  for (let index = 0; index < 100; index += 1) assert.equal(one(), other());
});
