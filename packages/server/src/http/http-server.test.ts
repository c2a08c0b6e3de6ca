import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { pino } from "pino";
import { systemClock } from "../kernel/clock.ts";
import { createHttpServer } from "./http-server.ts";
import { KeyRing } from "./key-ring.ts";

function start(lines: Record<string, unknown>[] = []) {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const store = { findApiKeyByHash: async () => null };
  return createHttpServer({
    keyRing: new KeyRing(store, systemClock),
    log: pino({ level: "info" }, destination),
    bodyLimitBytes: 1024,
    requestTimeoutMs: 1000,
    connectionsMax: 10,
    trustedProxies: "",
  });
}

test("what goes wrong in a handler is logged once, and a request alone is not", async () => {
  const lines: Record<string, unknown>[] = [];
  const app = start(lines);
  app.get("/good", async () => ({}));
  app.get("/bad", async () => {
    throw new Error("unforeseen");
  });
  assert.equal((await app.inject("/good")).statusCode, 200);
  assert.deepEqual(lines, []);
  assert.equal((await app.inject("/bad")).statusCode, 500);
  assert.deepEqual(
    lines.map(({ event, path }) => [event, path]),
    [["http.failed", "/bad"]],
  );
});

test("what Fastify itself warns of is logged: an answer that is given twice", async () => {
  const lines: Record<string, unknown>[] = [];
  const app = start(lines);
  app.get("/twice", (_request, reply) => {
    void reply.send({ first: true });
    void reply.send({ second: true });
  });
  assert.deepEqual((await app.inject("/twice")).json(), { first: true });
  assert.equal(lines.length, 1);
  assert.match(JSON.stringify(lines), /FST_ERR_REP_ALREADY_SENT/);
});

test("a route's own hook is not reached without a key", async () => {
  const app = start();
  let reached = 0;
  const onRequest = async () => {
    reached += 1;
  };
  app.get("/closed", { onRequest, config: { scopes: ["sms:manage"] } }, async () => ({}));
  app.get("/open", { onRequest }, async () => ({}));
  assert.equal((await app.inject("/closed")).statusCode, 401);
  assert.equal(reached, 0);
  assert.equal((await app.inject("/open")).statusCode, 200);
  assert.equal(reached, 1);
});
