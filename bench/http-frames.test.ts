import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seedFromEnvironment } from "../packages/smpp/test/harness/seed.ts";
import { HttpFrames, MESSAGE_OCTETS_MAX } from "./http-frames.ts";

const seed = seedFromEnvironment("BENCH_PROPERTY_SEED");

interface Taken {
  readonly head: string;
  readonly body: string;
}

interface Message extends Taken {
  readonly wire: string;
}

/** What comes out when the stream comes in pieces of these sizes, in turn, by one buffer that is used again. */
function cut(stream: Buffer, sizes: readonly number[], role: "request" | "answer" = "request"): Taken[] {
  const taken: Taken[] = [];
  const frames = new HttpFrames(role, (octets, start, bodyStart, end) => {
    const text = (from: number, to: number) => octets.toString("latin1", from, to);
    taken.push({ head: text(start, bodyStart), body: text(bodyStart, end) });
  });
  const reused = Buffer.alloc(Math.max(...sizes) + 20);
  for (let at = 0, turn = 0; at < stream.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const octetCount = stream.copy(reused, 0, at, at + size);
    frames.push(reused, octetCount);
    reused.fill("content-length: 7\r\n\r\n");
    at += octetCount;
  }
  return taken;
}

const first = fc.constantFrom("POST /reports HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "GET /reports?type=1 HTTP/1.1\r\n");
const fields = fc.constantFrom("", "host: 127.0.0.1\r\n", "cookie: content-length: 9\r\nTe: chunked\r\nx:\r\n");
const lengthName = fc.constantFrom("content-length:", "Content-Length: ", "CONTENT-LENGTH:   ");
const bodyText = fc.string({
  unit: fc.constantFrom("a", "{", "\r", "\n", "\r\n\r\n", "content-length: 3\r\n"),
  maxLength: 40,
});

const withLength = fc.tuple(first, fields, lengthName, fields, bodyText).map(([line, before, name, after, body]) => {
  const head = `${line}${before}${name}${body.length}\r\n${after}\r\n`;
  return { head, body, wire: head + body };
});
const chunk = bodyText.filter((text) => text !== "");
const trailer = fc.constantFrom("\r\n", "x-sum: 1\r\n\r\n");
const inChunks = fc
  .tuple(first, fields, fc.array(chunk, { maxLength: 4 }), trailer)
  .map(([line, before, chunks, end]) => {
    const head = `${line}${before}Transfer-Encoding: chunked\r\n\r\n`;
    const sized = chunks.map((text) => `${text.length.toString(16)};x=1\r\n${text}\r\n`);
    return { head, body: chunks.join(""), wire: `${head}${sized.join("")}0\r\n${end}` };
  });
const withoutBody = fc.tuple(first, fields).map(([line, before]) => {
  const head = `${line}${before}\r\n`;
  return { head, body: "", wire: head };
});
const messages: fc.Arbitrary<Message[]> = fc.array(fc.oneof(withLength, inChunks, withoutBody), {
  minLength: 1,
  maxLength: 5,
});

test("messages come out as they went in, wherever they were split", () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }), (all, sizes) => {
      const stream = Buffer.from(all.map(({ wire }) => wire).join(""), "latin1");
      const expected = all.map(({ head, body }) => ({ head, body }));
      assert.deepEqual(cut(stream, sizes), expected);
      assert.deepEqual(cut(stream, [1]), expected);
      assert.deepEqual(cut(stream, [stream.length]), expected);
    }),
    { seed, numRuns: 300 },
  );
});

test("a message that is larger than what is held at first comes out whole", () => {
  const body = "b".repeat(300_000);
  const head = `POST / HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n`;
  const stream = Buffer.from(`${head}${body}GET / HTTP/1.1\r\n\r\n`);
  assert.deepEqual(cut(stream, [7000]), [
    { head, body },
    { head: "GET / HTTP/1.1\r\n\r\n", body: "" },
  ]);
});

test("an answer without a length is an error, and so is a message without an end", () => {
  const answer = Buffer.from("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
  assert.throws(() => cut(answer, [10], "answer"), /without a length/);
  const tooLong = Buffer.from(`POST / HTTP/1.1\r\ncontent-length: ${MESSAGE_OCTETS_MAX}\r\n\r\n`);
  assert.throws(() => cut(tooLong, [10]), /a message of \d+ octets/);
  assert.throws(() => cut(Buffer.from("POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"), [10]), /no number/);
  assert.throws(() => cut(Buffer.alloc(MESSAGE_OCTETS_MAX + 1, "x"), [1_000_000]), /more than/);
});
