import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { cleanupAfterFile, createFolder, startTestServer } from "../harness/test-server.ts";
import { type CommandOptions, runCommand } from "./run-command.ts";

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup);
const env = { POSTHORN_BASE_URL: server.url, POSTHORN_API_KEY: "a-key-for-tests" };
const TO = "447700900000";

function send(args: readonly string[], options: CommandOptions = {}) {
  return runCommand(["send", ...args], { env, ...options });
}

interface SmsBody {
  readonly bulkId: string;
  readonly messages: readonly {
    readonly messageId: string;
    readonly destination: string;
    readonly status: { readonly name: string };
  }[];
  readonly ends: readonly { readonly messageId: string; readonly status: { readonly name: string } }[];
}

test("send sms prints the API's answer as JSON, and with --wait how each message ended", async () => {
  const { code, out } = await send([
    "sms",
    "--from",
    "Shop",
    "--to",
    `${TO},447700900002`,
    "--text",
    "Hello",
    "--json",
    "--wait",
  ]);
  assert.equal(code, 0);
  const body = JSON.parse(out) as SmsBody;
  assert.deepEqual(
    body.messages.map(({ destination }) => destination),
    [TO, "447700900002"],
  );
  assert.deepEqual(
    body.ends.map(({ status }) => status.name),
    ["DELIVERED_TO_HANDSET", "DELIVERED_TO_HANDSET"],
  );
});

test("send whatsapp prints a table for people", async () => {
  const { code, out } = await send([
    "whatsapp",
    "--from",
    "447700900001",
    "--to",
    TO,
    "--text",
    "Hello",
    "--wait",
    "10",
  ]);
  assert.equal(code, 0);
  assert.match(out, /^TO +MESSAGE ID +STATUS\n447700900000 +ph1-\w+ +DELIVERED_TO_HANDSET +after \d+\.\d s\n$/);
});

test("a rejected destination is shown, and is exit status 4", async () => {
  const { code, out } = await send(["sms", "--from", "Shop", "--to", TO, "--to", "0123", "--text", "Hello"]);
  assert.equal(code, 4);
  assert.match(out, /0123 +\S+ +REJECTED_DESTINATION/);
  assert.match(out, /2 messages: 1 PENDING_ACCEPTED, 1 REJECTED_DESTINATION/);
});

test("the same idempotency key sends nothing twice", async () => {
  const args = [
    "sms",
    "--from",
    "Shop",
    "--to",
    "447700900003",
    "--text",
    "Once",
    "--json",
    "--idempotency-key",
    "order-1",
  ];
  const first = JSON.parse((await send(args)).out) as SmsBody;
  const second = JSON.parse((await send(args)).out) as SmsBody;
  assert.equal(second.messages[0]?.messageId, first.messages[0]?.messageId);
  assert.equal(second.messages[0]?.status.name, "PENDING_ACCEPTED");
  const { results } = (await (
    await fetch(`${server.url}/sms/3/logs?destination=447700900003`, {
      headers: { authorization: `App ${env.POSTHORN_API_KEY}` },
    })
  ).json()) as { results: unknown[] };
  assert.equal(results.length, 1);
});

test("a file of numbers goes out in several requests, with a progress bar at a terminal only", async () => {
  const folder = createFolder(cleanup);
  const file = join(folder, "numbers.csv");
  const numbers = Array.from({ length: 250 }, (_, index) => String(447700900100 + index));
  // The first number twice, in two batches: it is two messages.
  writeFileSync(
    file,
    `number;name\n# who\n\n${[...numbers, numbers[0]].map((number) => `${number};x`).join("\r\n")}\n`,
  );
  const args = ["sms", "--from", "Shop", "--to-file", file, "--text", "-", "--wait"];
  const asJson = await send([...args, "--json"], { input: "Hello\n" });
  assert.equal(asJson.code, 0);
  assert.equal(asJson.err, "");
  const { results, statuses } = JSON.parse(asJson.out) as { results: SmsBody[]; statuses: object };
  assert.deepEqual(
    results.map(({ messages }) => messages.length),
    [100, 100, 51],
  );
  assert.deepEqual(statuses, { DELIVERED_TO_HANDSET: 251 });

  const atTerminal = await send(args, { input: "Hello\n", isTty: true });
  assert.match(atTerminal.out, /^251 messages: 251 DELIVERED_TO_HANDSET\n$/);
  assert.match(atTerminal.err, /Sending \[#*\.*\] 0 % {2}0\/251/);
  assert.match(atTerminal.err, /Sending \[#+\] 100 % {2}251\/251/);
  assert.match(atTerminal.err, /Waiting \[/);
});

test("a wrong key is exit status 3, no server is 6, and what cannot be sent is 2", async () => {
  const args = ["sms", "--from", "Shop", "--to", TO, "--text", "Hello"];
  const wrong = await send([...args, "--key", "not-a-key", "--json"]);
  assert.equal(wrong.code, 3);
  assert.equal((JSON.parse(wrong.out) as { error: { code: string } }).error.code, "UNAUTHORIZED");
  assert.equal((await send(args, { env: {} })).code, 3);
  const nobody = await send([...args, "--base-url", "http://127.0.0.1:1", "--idempotency-key", "k"]);
  assert.equal(nobody.code, 6);
  assert.match(nobody.err, /--idempotency-key k goes on and sends nothing twice/);
  for (const bad of [
    ["sms", "--to", TO, "--text", "x"],
    ["sms", "--from", "A", "--text", "x"],
    ["sms", "--from", "A", "--to", TO],
    ["sms", "--from", "A", "--to", `${TO},,`, "--text", "x"],
    ["sms", "--from", "A", "--to-file", "/no/such/file", "--text", "x"],
    ["sms", "--from", "A", "--to", TO, "--text", "x", "--wait=soon"],
    ["sms", "--from", "A", "--to", TO, "--text", ""],
    ["sms", "--from", "A", "--to", TO, "--txt", "x"],
  ]) {
    assert.equal((await send(bad)).code, 2, bad.join(" "));
  }
});

test("--wait says when the server is not Posthorn", async (t) => {
  const answer = {
    messages: [{ messageId: "m1", destination: TO, status: { groupId: 1, id: 26, name: "PENDING_ACCEPTED" } }],
  };
  const other = createServer((request, response) => {
    response.writeHead(request.method === "POST" ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const args = [
    "sms",
    "--from",
    "Shop",
    "--to",
    TO,
    "--text",
    "Hello",
    "--wait",
    "--base-url",
    `http://127.0.0.1:${port}`,
  ];
  const { code, err } = await send(args);
  assert.equal(code, 7);
  assert.match(err, /--wait needs Posthorn/);
});

test("messages that have not ended when the wait is over are exit status 7", async (t) => {
  const paused = await startTestServer(t, { settings: { "sandbox.paused": true } });
  const args = ["sms", "--from", "Shop", "--to", TO, "--text", "Hello", "--wait=0.05", "--base-url", paused.url];
  const { code, out } = await send(args);
  assert.equal(code, 7);
  assert.match(out, /PENDING_ACCEPTED/);
});

test("a signal stops before the first request, and says that nothing was sent", async () => {
  const args = ["sms", "--from", "Shop", "--to", TO, "--text", "Hello"];
  const { code, err } = await send(args, { signal: AbortSignal.abort("SIGTERM") });
  assert.equal(code, 143);
  assert.match(err, /1 messages were not sent/);
});
