import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyPdu } from "../../test/harness/arbitrary-pdu.ts";
import { seedFromEnvironment } from "../../test/harness/seed.ts";
import { defaultCodec } from "./codec.ts";
import { FrameReader } from "./frame-reader.ts";

const seed = seedFromEnvironment("SMPP_PROPERTY_SEED");

/** All PDUs that come out, as octets of their own. */
function read(reader: FrameReader, chunks: Iterable<Buffer>): Buffer[] {
  const found: Buffer[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    while (reader.next()) found.push(Buffer.from(reader.octets.subarray(reader.start, reader.end)));
  }
  return found;
}

const octetByOctet = (stream: Buffer): Buffer[] => Array.from(stream, (octet) => Buffer.from([octet]));

test("1 byte-by-byte PDU: any PDUs fed octet by octet come out as they went in", () => {
  fc.assert(
    fc.property(fc.array(anyPdu, { minLength: 1, maxLength: 4 }), (pdus) => {
      const reader = new FrameReader();
      const frames = read(reader, octetByOctet(Buffer.concat(pdus.map((pdu) => defaultCodec.encode(pdu)))));
      const decoded = frames.map((frame) => defaultCodec.decode(frame));
      assert.deepEqual(decoded, pdus);
      assert.equal(reader.isMidFrame, false);
    }),
    { seed, numRuns: 60 },
  );
});

test("2 100 PDUs in one write: all of them come out in order, without a copy", () => {
  const pdus = Array.from({ length: 100 }, (_, index) =>
    defaultCodec.encode({ command: "enquire_link", sequenceNumber: index + 1 }),
  );
  const stream = Buffer.concat(pdus);
  const reader = new FrameReader();
  reader.push(stream);
  for (const pdu of pdus) {
    assert.ok(reader.next());
    assert.equal(reader.octets, stream);
    assert.deepEqual(reader.octets.subarray(reader.start, reader.end), pdu);
  }
  assert.equal(reader.next(), false);
});

test("3 split at every offset: two PDUs come out of two chunks", () => {
  const first = defaultCodec.encode({ command: "submit_sm", shortMessage: Buffer.from("hello") });
  const second = defaultCodec.encode({ command: "unbind", sequenceNumber: 2 });
  const stream = Buffer.concat([first, second]);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const frames = read(new FrameReader(), [stream.subarray(0, cut), stream.subarray(cut)]);
    assert.deepEqual(frames, [first, second], `cut at ${cut}`);
  }
});

test("any cut of any stream gives the same PDUs", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(anyPdu, { maxLength: 6 }), cuts, (pdus, sizes) => {
      const frames = pdus.map((pdu) => defaultCodec.encode(pdu));
      const stream = Buffer.concat(frames);
      const chunks: Buffer[] = [];
      for (let offset = 0, index = 0; offset < stream.length; index += 1) {
        const size = sizes[index % sizes.length] as number;
        chunks.push(stream.subarray(offset, offset + size));
        offset += size;
      }
      assert.deepEqual(read(new FrameReader(), chunks), frames);
    }),
    { seed, numRuns: 200 },
  );
});

test("what was handed out stays as it was while later chunks come", () => {
  const pdus = [1, 2, 3].map((sequenceNumber) => defaultCodec.encode({ command: "enquire_link", sequenceNumber }));
  const reader = new FrameReader();
  const views: Buffer[] = [];
  for (const octet of octetByOctet(Buffer.concat(pdus))) {
    reader.push(octet);
    while (reader.next()) views.push(reader.octets.subarray(reader.start, reader.end));
  }
  assert.deepEqual(views, pdus);
});

test("chunks that come while nobody takes PDUs are kept in their order", () => {
  const pdus = [1, 2, 3].map((sequenceNumber) => defaultCodec.encode({ command: "enquire_link", sequenceNumber }));
  const reader = new FrameReader();
  for (const octet of octetByOctet(Buffer.concat(pdus))) reader.push(octet);
  assert.deepEqual(read(reader, [Buffer.alloc(0)]), pdus);
});

test("4 length 0, 3, 15, 70001, 0xFFFFFFFF: the stream is over, and stays so", () => {
  for (const length of [0, 3, 15, 70_001, 0x7fffffff, 0xffffffff]) {
    const octets = Buffer.alloc(32);
    octets.writeUInt32BE(length);
    for (const chunks of [[octets], octetByOctet(octets)]) {
      const reader = new FrameReader();
      assert.throws(() => read(reader, chunks), { code: "SMPP_FRAME_INVALID" }, `length ${length}`);
      assert.throws(() => reader.next(), { code: "SMPP_FRAME_INVALID" });
      reader.push(defaultCodec.encode({ command: "enquire_link" }));
      assert.throws(() => reader.next(), { code: "SMPP_FRAME_INVALID" });
    }
  }
});

test("4 a length shorter than a header is found at once, before anything is handed out", () => {
  const reader = new FrameReader();
  reader.push(Buffer.from("0000000f000000150000000000000000", "hex"));
  assert.throws(() => reader.next(), { code: "SMPP_FRAME_INVALID" });
  assert.equal(reader.octets.length, 0);
});

test("the longest PDU passes and one octet more does not", () => {
  const reader = new FrameReader({ pduOctetsMax: 100 });
  const octets = Buffer.alloc(100);
  octets.writeUInt32BE(100);
  assert.equal(read(reader, [octets]).length, 1);
  octets.writeUInt32BE(101);
  assert.throws(() => read(reader, [octets]), { code: "SMPP_FRAME_INVALID" });
});

test("5 HTTP and TLS hello on the plain port: the error names them and shows the first octets", () => {
  const http = Buffer.from("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assert.throws(() => read(new FrameReader(), [http]), { code: "SMPP_FRAME_INVALID", message: /HTTP.*474554202f20/ });
  const tls = Buffer.from("16030100c5010000c103035f", "hex");
  assert.throws(() => read(new FrameReader(), [tls]), { code: "SMPP_FRAME_INVALID", message: /TLS.*16030100c5/ });
});

test("15 64K payload: it passes octet by octet, and each octet is copied once", () => {
  const payload = Buffer.alloc(65_535, 0x61);
  const pdu = defaultCodec.encode({ command: "data_sm", tlvs: [{ tag: 0x0424, value: payload }] });
  const reader = new FrameReader();
  const [frame] = read(reader, octetByOctet(pdu));
  assert.deepEqual(frame, pdu);
});
