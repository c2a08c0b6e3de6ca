/** What a phone wrote and was acknowledged survives a kill: between two parts, and before the webhook is through. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ServerProcess } from "../harness/server-process.ts";
import { cleanupAfterFile, createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";

const KEY = "crash-test-key";
const NUMBER = "447860000001";
const PARTS = ["one, ", "two, ", "three"];

const cleanup = cleanupAfterFile();
const folder = createFolder(cleanup);

function start(clockAheadMs: number): ServerProcess {
  return new ServerProcess({
    clockAheadMs,
    flags: {
      "http.port": 0,
      "data.directory": join(folder, "data"),
      "auth.apiKey": KEY,
      "log.level": "error",
      "webhooks.pollIntervalMs": 20,
      "inbound.joinTimeoutMs": 3_600_000,
    },
  });
}

async function call(server: ServerProcess, method: string, path: string, json?: object) {
  const response = await fetch((await server.ready) + path, {
    method,
    headers: { authorization: `App ${KEY}`, ...(json === undefined ? {} : { "content-type": "application/json" }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  assert.equal(response.status, 200, path);
  return (await response.json()) as { results: { text: string }[] };
}

const write = (server: ServerProcess, more: object) =>
  call(server, "POST", "/sandbox/inbound", { from: "385981234567", to: NUMBER, ...more });

test("parts are joined across kills; the webhook comes after them; what is handed over again is no second message", async (t) => {
  const sink = await WebhookSink.start(t);
  sink.behaviour = "hang";
  let server = start(0);
  t.after(() => (server.isAlive ? server.kill() : undefined));
  const forwarding = { type: "HTTP_FORWARD", url: sink.url };
  const path = "/resource-management/1/inbound-message-configurations";
  await call(server, "POST", path, { channel: "SMS", number: NUMBER, forwarding });
  for (const [index, number] of [3, 1, 2].entries()) {
    const part = { reference: 7, number, count: 3 };
    const text = PARTS[number - 1] ?? "";
    await write(server, { text, part, carrierMessageId: `part-${number}` });
    assert.equal(await server.kill(), "SIGKILL");
    server = start((index + 1) * 60_000);
    // The acknowledgement may have been lost with the process.
    await write(server, { text, part, carrierMessageId: `part-${number}` });
  }
  await until("the webhook was tried", () => sink.calls.length > 0);
  assert.equal(await server.kill(), "SIGKILL");
  sink.behaviour = 200;
  // Whatever still waited for other parts has run out of time by then, and comes before what is written now.
  server = start(3 * 3_600_000);
  for (const number of [1, 2]) await write(server, { text: "end", part: { reference: 8, number, count: 2 } });
  await until("the last one has come", () => sink.reports.some(({ text }) => text === "endend"));
  const texts = sink.reports.filter(({ text }) => text !== "endend");
  assert.deepEqual([...new Set(texts.map(({ text }) => text))], [PARTS.join("")]);
  assert.equal(new Set(texts.map(({ messageId }) => messageId)).size, 1);
  assert.deepEqual((await call(server, "GET", "/sms/1/inbox/reports")).results, []);
  assert.equal(await server.stop(), "0");
});
