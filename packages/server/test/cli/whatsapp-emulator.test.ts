import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import test from "node:test";
import { CliProcess, runCommand } from "./run-command.ts";

const PHONE = "106540352242922";

async function ask(url: string, path: string, token: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}

const text = (to: string) => ({ messaging_product: "whatsapp", to, text: { body: "Hello" } });

test("the emulator runs as a program, says what happens, and lets a user write", async (t) => {
  const emulator = new CliProcess(t, ["whatsapp-emulator", "--port", "0"]);
  const [, url = ""] = await emulator.untilOut(/on (http:\/\/127\.0\.0\.1:\d+), token emulator-token/);
  const user = "447700900001";
  const inbound = { from: user, type: "text", text: { body: "Hi" } };
  assert.equal((await ask(url, "/emulator/inbound", "emulator-token", inbound)).status, 200);
  const sent = await ask(url, `/v25.0/${PHONE}/messages`, "emulator-token", text(user));
  const [{ id }] = sent.body["messages"] as [{ id: string }];
  await emulator.untilOut(/delivered {2}447700900001/);
  assert.ok(emulator.out.includes(`from ${user} to ${PHONE}  text`));
  assert.ok(emulator.out.includes(`${PHONE} to ${user}  text  ${id}`));
  const { body } = await ask(url, "/emulator/messages", "emulator-token");
  const [message] = body["messages"] as [{ id: string; statuses: readonly unknown[] }];
  assert.equal(message.id, id);
  assert.deepEqual(message.statuses, [{ status: "sent" }, { status: "delivered" }]);
  assert.equal((await ask(url, "/emulator/messages", "another-token")).status, 401);
  emulator.send("SIGTERM");
  assert.equal(await emulator.ended(), 0);
});

test("options and rules reach the emulator, and with --json every line is JSON", async (t) => {
  const options = "--port 0 --json --token a-token --number 42:+447860000002:43 --no-magic --window-open";
  const rules = "--rule to=43*,error=131049 --rule type=text,statuses=sent+read";
  const emulator = new CliProcess(t, ["whatsapp-emulator", ...`${options} ${rules}`.split(" ")]);
  const [, url = ""] = await emulator.untilOut(/"url":"([^"]+)"/);
  const refused = await ask(url, "/v25.0/42/messages", "a-token", text("4366012345678"));
  assert.equal((refused.body["error"] as { code: number }).code, 131049);
  assert.equal((await ask(url, "/v25.0/42/messages", "a-token", text("447700900126"))).status, 200);
  await emulator.untilOut(/"status":"read"/);
  const events = emulator.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; status?: string });
  assert.deepEqual(
    events.map(({ type, status }) => [type, status]),
    [
      ["listening", undefined],
      ["refused", undefined],
      ["message", undefined],
      ["status", "sent"],
      ["status", "read"],
    ],
  );
});

test("options that are wrong start nothing, and neither does a webhook that fails the handshake", async (t) => {
  for (const args of [
    ["--port", "70000"],
    ["--number", "42"],
    ["--webhook", "ftp://127.0.0.1"],
    ["--rule", "to"],
    ["--rule", "error=7"],
    ["--rule", "statuses=sent+gone"],
    ["--rule", "answer=never"],
    ["--rule", "chance=2"],
    ["--rule", "every=0"],
    ["--rule", "colour=red"],
  ]) {
    const { code, out } = await runCommand(["whatsapp-emulator", "--port", "0", ...args]);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
  }
  const taken = createServer((socket) => socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"));
  t.after(() => taken.close());
  await once(taken.listen(0, "127.0.0.1"), "listening");
  const { port } = taken.address() as AddressInfo;
  const busy = await runCommand(["whatsapp-emulator", "--port", String(port)]);
  assert.equal(busy.code, 1);
  assert.match(busy.err, /cannot listen/);
  const webhook = ["--webhook", `http://127.0.0.1:${port}/`, "--verify-token", "secret"];
  const unverified = await runCommand(["whatsapp-emulator", "--port", "0", ...webhook]);
  assert.equal(unverified.code, 1);
  assert.match(unverified.err, /handshake/);
});
