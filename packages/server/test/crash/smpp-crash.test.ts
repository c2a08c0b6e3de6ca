/** What was answered with submit_sm_resp ends in a receipt, although the process is killed before it could be sent. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ServerProcess } from "../harness/server-process.ts";
import { freePort, SmppCustomer } from "../harness/smpp-customer.ts";
import { cleanupAfterFile, createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";

const KEY = "crash-test-key";
const PHONE = "385981234567";
const MESSAGES = 40;
const HOUR_MS = 3_600_000;

const cleanup = cleanupAfterFile();
const folder = createFolder(cleanup);

test("a kill between submit_sm_resp and receipt loses neither message nor receipt", async (t) => {
  const port = await freePort();
  const start = (clockAheadMs: number) =>
    new ServerProcess({
      clockAheadMs,
      flags: {
        "http.port": 0,
        "smpp.port": port,
        "data.directory": join(folder, "data"),
        "auth.apiKey": KEY,
        "log.level": "error",
        "sandbox.deliveryDelayMs": clockAheadMs === 0 ? 60_000 : 0,
      },
    });
  let server = start(0);
  t.after(() => (server.isAlive ? server.kill() : undefined));
  const headers = { authorization: `App ${KEY}` };
  // The key that the configuration gives has this id, so its secret is one that fits into any program.
  const credentials = { systemId: "configured", password: KEY };
  await server.ready;
  const first = await SmppCustomer.bind(cleanup, { port, ...credentials });
  const ids: string[] = [];
  for (let message = 0; message < MESSAGES; message += 1) {
    ids.push(await first.submitted(PHONE, `message ${message}`, { registeredDelivery: 1 }));
  }
  assert.equal(await server.kill(), "SIGKILL");
  assert.deepEqual(first.delivered, []);

  // Delivered, and nobody is there to be told; then killed again.
  server = start(HOUR_MS);
  await server.ready;
  const ended = async () => {
    const answer = await fetch(`${await server.ready}/posthorn/1/ledger`, { headers });
    const { rows } = (await answer.json()) as { rows: { delivered: number }[] };
    return rows.reduce((sum, { delivered }) => sum + delivered, 0) === MESSAGES;
  };
  await until("all are delivered", ended);
  assert.equal(await server.kill(), "SIGKILL");

  server = start(2 * HOUR_MS);
  await server.ready;
  // One that takes receipts and dies with them: without an answer they are not delivered.
  const mute = await SmppCustomer.bind(cleanup, { port, ...credentials, onDeliver: () => undefined });
  await until("some have come", () => mute.delivered.length > 0);
  assert.equal(await server.kill(), "SIGKILL");
  server = start(3 * HOUR_MS);
  await server.ready;
  const last = await SmppCustomer.bind(cleanup, { port, ...credentials });
  await until("every message has its receipt", () => ids.every((id) => last.receipts(id).length > 0));
  assert.deepEqual(
    ids.map((id) => last.receipts(id).length),
    ids.map(() => 1),
  );
  assert.equal(await server.stop(), "0");
});
