import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { createPusher } from "./push.ts";

const HEAD_END = "\r\n\r\n";
const PAYLOAD = { body: '{"results":[]}', contentType: "application/json" };

/** A receiver that says what it is told to when it has a request's head; its URL, and what it was asked. */
async function receiver(t: TestContext, answer: (socket: Socket) => void) {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      const end = text.indexOf(HEAD_END);
      if (end < 0) return;
      heads.push(text.slice(0, end));
      answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const pusher = createPusher({ connectTimeoutMs: 5_000, readTimeoutMs: 100, allowsPrivateTargets: true });
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await pusher.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { heads, pusher, url: `http://127.0.0.1:${address.port}` };
}

test("a push is a POST to the URL with its query, as what it is", async (t) => {
  const { heads, pusher, url } = await receiver(t, (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
  assert.deepEqual(await pusher.push(`${url}/a/b?c=d&e=%20f#g`, PAYLOAD), { ok: true, status: 204 });
  const [requestLine, ...headers] = (heads[0] ?? "").toLowerCase().split("\r\n");
  assert.equal(requestLine, "post /a/b?c=d&e=%20f http/1.1");
  assert.ok(headers.includes("content-type: application/json"));
  assert.ok(headers.includes("user-agent: posthorn"));
  assert.ok(headers.includes(`content-length: ${PAYLOAD.body.length}`));
});

const HINTS = "HTTP/1.1 103 Early Hints\r\n\r\n";

test("a word on the way to the answer is not the answer", async (t) => {
  const { pusher, url } = await receiver(t, (socket) => {
    socket.write(`${HINTS}HTTP/1.1 500 Broken\r\ncontent-length: 2\r\n\r\nno`);
  });
  assert.deepEqual(await pusher.push(url, PAYLOAD), { ok: false, status: 500, error: "HTTP 500" });
});

test("a connection that ends after such a word has no status", async (t) => {
  const { pusher, url } = await receiver(t, (socket) => socket.end(HINTS));
  const outcome = await pusher.push(url, PAYLOAD);
  assert.equal(outcome.ok, false);
  assert.equal("status" in outcome, false);
});

test("an answer that trickles on is left when reading has taken its time", { timeout: 30_000 }, async (t) => {
  const { pusher, url } = await receiver(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n");
    const trickle = setInterval(() => socket.write("."), 10);
    socket.once("close", () => clearInterval(trickle));
  });
  assert.deepEqual(await pusher.push(url, PAYLOAD), { ok: true, status: 200 });
});

test("a connection that ends before the status, and a URL that is none, are outcomes", async (t) => {
  const { pusher, url } = await receiver(t, (socket) => socket.destroy());
  for (const target of [url, "nowhere", "ftp://127.0.0.1/", "foo:bar"]) {
    const outcome = await pusher.push(target, PAYLOAD);
    assert.equal(outcome.ok, false, target);
    assert.equal("status" in outcome, false, target);
  }
});
