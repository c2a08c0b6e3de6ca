/** The load generator and the receiver of reports, each in its own process, as the benchmarks run them. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { messageStatus, STATUS } from "@posthorn/contract";
import { CountingChild } from "./counting-child.ts";
import { generate } from "./generate.ts";
import { HttpFrames } from "./http-frames.ts";
import type { LoadPlan } from "./load.ts";
import { reportCount } from "./report-counter.ts";

const PLAN: LoadPlan = {
  url: "",
  path: "/sms/3/messages",
  key: "bench",
  destinationsPerRequest: 1,
  connections: 4,
  // It ends at its messages, however slow the machine is.
  seconds: 3600,
  messagesMax: 40,
};

/** Answers every request with these writes; or without any ends the connection. */
async function answering(writes: Iterable<string>): Promise<{ server: Server; url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    const frames = new HttpFrames("request", () => {
      requests += 1;
      for (const octets of writes) socket.write(octets, "latin1");
      if (writes === "") socket.end();
    });
    socket.on("data", (chunk: Buffer) => frames.push(chunk)).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { server, url: `http://127.0.0.1:${port}`, requests: () => requests };
}

for (const [name, answer] of [
  ["a length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"],
  ["chunks", "HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"],
] as const) {
  test(`the load counts each answer once that comes octet by octet with ${name}`, async () => {
    const { server, url, requests } = await answering(answer);
    try {
      const result = await generate({ ...PLAN, url });
      assert.equal(requests(), 40);
      assert.deepEqual([result.requests, result.messages, result.failures, result.answerBytes], [40, 40, 0, 5]);
      assert.ok(result.p50Ms > 0 && result.p99Ms >= result.p50Ms && result.cpuUs > 0);
    } finally {
      server.close();
    }
  });
}

for (const [name, answer, error] of [
  ["a refusal", "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n", /40 of 40 requests failed/],
  ["an error", "HTTP/1.1 500 \r\ncontent-length: 0\r\n\r\n", /40 of 40 requests failed/],
  ["an answer of unknown length", "HTTP/1.1 200 OK\r\n\r\n", /an answer without a length/],
  ["two answers to one request", ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".repeat(2)], /nothing was asked for/],
  ["an end of the connection", "", /closed the connection/],
] as const) {
  test(`a load that gets ${name} is no measurement`, async () => {
    const { server, url } = await answering(answer);
    try {
      await assert.rejects(generate({ ...PLAN, url }), error);
    } finally {
      server.close();
    }
  });
}

test("the receiver counts reports of messages that were delivered, from either gateway", async () => {
  const delivered = { status: messageStatus(STATUS.DELIVERED_TO_HANDSET) };
  const expired = { status: messageStatus(STATUS.EXPIRED_EXPIRED) };
  const count = (text: string) => {
    const octets = Buffer.from(`elsewhere${text}elsewhere "name":"DELIVERED_TO_HANDSET"`);
    const bodyStart = octets.indexOf("\r\n\r\n") + 4;
    return reportCount(octets, 9, bodyStart, 9 + Buffer.byteLength(text));
  };
  const push = (results: readonly unknown[]) => `POST /reports HTTP/1.1\r\n\r\n${JSON.stringify({ results })}`;
  assert.equal(count(push([])), 0);
  assert.equal(count(push([delivered, expired, delivered])), 2);
  assert.equal(count(push(Array.from({ length: 100 }, () => delivered))), 100);
  assert.equal(count("GET /reports?type=1 HTTP/1.1\r\n\r\n"), 1);
  assert.equal(count("GET /reports?type=2 HTTP/1.1\r\n\r\n"), 0);

  const [sink, { url }] = await CountingChild.start<{ url: string }>("report-sink.ts", Number);
  try {
    const body = JSON.stringify({ results: Array.from({ length: 100 }, () => delivered) });
    const answers = await Promise.all([
      fetch(url, { method: "POST", body }),
      fetch(url, { method: "POST", body }),
      fetch(`${url}?type=1`),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(await sink.count(), 201);
  } finally {
    await sink.stop();
  }
});
