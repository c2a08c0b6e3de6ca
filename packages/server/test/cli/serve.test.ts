import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { CliProcess, runCommand } from "./run-command.ts";

const shell = promisify(execFile);
const READY = /Posthorn \S+ is ready\.[^]*Ctrl-C stops\./;
const HAS_CURL = await shell("curl", ["--version"]).then(
  () => true,
  () => false,
);

function serve(
  t: TestContext,
  folder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  return new CliProcess(t, ["serve", "--port", "0", "--data", folder, ...args], env);
}

function curlLineOf(text: string): string {
  const line = /^ {2}(curl .*)$/m.exec(text)?.[1];
  assert.ok(line !== undefined, `no curl line in ${text}`);
  return line;
}

test("the first start delivers two messages, shows a key once and a curl line that works", async (t) => {
  const folder = createFolder(t);
  const server = serve(t, folder, ["--sandbox.deliveryDelayMs", "0"]);
  await server.untilOut(READY);
  assert.match(server.out, /SMS to 447700900000: DELIVERED_TO_HANDSET after \d+\.\d s/);
  assert.match(server.out, /WhatsApp to 447700900000: DELIVERED_TO_HANDSET after \d+\.\d s/);
  const key = /API key +(\S{32}-\S{36}) /.exec(server.out)?.[1];
  assert.ok(key !== undefined, server.out);
  if (HAS_CURL) {
    const { stdout } = await shell("sh", ["-c", curlLineOf(server.out)]);
    const answer = JSON.parse(stdout) as { messages: { status: { name: string } }[] };
    assert.equal(answer.messages[0]?.status.name, "PENDING_ACCEPTED");
  } else t.diagnostic("no curl here: its line was not run");
  assert.ok(!server.err.includes(key), "the key is in the log");
  server.send("SIGTERM");
  assert.equal(await server.ended(), 0);

  const second = serve(t, folder);
  await second.untilOut(READY);
  assert.ok(!second.out.includes(key), "the second start shows the key");
  assert.doesNotMatch(second.out, /DELIVERED_TO_HANDSET/);
  assert.match(second.out, /key create --name/);
  assert.match(curlLineOf(second.out), /\$POSTHORN_API_KEY/);
  second.send("SIGINT");
  assert.equal(await second.ended(), 0);
});

test("a key of the environment is not printed, and the curl line reads it from there", async (t) => {
  const env = { POSTHORN_API_KEY: "a-key-of-the-environment" };
  const server = serve(t, createFolder(t), ["--sandbox.deliveryDelayMs", "0"], env);
  await server.untilOut(READY);
  assert.match(server.out, /SMS to 447700900000: DELIVERED_TO_HANDSET/);
  assert.match(server.out, /the value of POSTHORN_API_KEY/);
  assert.ok(!server.out.includes(env.POSTHORN_API_KEY));
  if (HAS_CURL) {
    const { stdout } = await shell("sh", ["-c", curlLineOf(server.out)], { env: { ...process.env, ...env } });
    assert.match(stdout, /PENDING_ACCEPTED/);
  }
  server.send("SIGTERM");
  assert.equal(await server.ended(), 0);
});

test("--no-welcome sends nothing", async (t) => {
  const folder = createFolder(t);
  const server = serve(t, folder, ["--no-welcome"]);
  await server.untilOut(READY);
  assert.doesNotMatch(server.out, /First start/);
  const ledger = await runCommand(["ledger", "--data", folder, "--json"]);
  assert.deepEqual(JSON.parse(ledger.out), { rows: [], closes: true });
});

test("--json prints one object when the server is ready", async (t) => {
  const server = serve(t, createFolder(t), ["--json", "--sandbox.deliveryDelayMs", "0"]);
  await server.untilOut(/\n/);
  const ready = JSON.parse(server.out) as {
    url: string;
    apiKey: string;
    isFirstStart: boolean;
    welcome: { status: string }[];
  };
  assert.equal(ready.isFirstStart, true);
  assert.deepEqual(
    ready.welcome.map(({ status }) => status),
    ["DELIVERED_TO_HANDSET", "DELIVERED_TO_HANDSET"],
  );
  const headers = { authorization: `App ${ready.apiKey}` };
  assert.equal((await fetch(`${ready.url}/account/1/balance`, { headers })).status, 200);
});

test("a server that listens on every address is shown and called on loopback", async (t) => {
  const server = serve(t, createFolder(t), ["--host", "0.0.0.0", "--sandbox.deliveryDelayMs", "0"]);
  await server.untilOut(READY);
  assert.match(server.out, /Base URL +http:\/\/127\.0\.0\.1:\d+\n/);
  assert.match(server.out, /every address of this machine \(0\.0\.0\.0\)/);
  assert.match(server.out, /SMS to 447700900000: DELIVERED_TO_HANDSET/);
});

test("a data folder in use is one line with its remedy", async (t) => {
  const folder = createFolder(t);
  await serve(t, folder, ["--no-welcome"]).untilOut(READY);
  const second = serve(t, folder);
  assert.equal(await second.ended(), 1);
  assert.match(second.err, /^posthorn: Another Posthorn process .*--data\.\n$/);
});

test("a port in use is told with its remedy, and without a stack", async (t) => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  t.after(() => listener.close());
  const { port } = listener.address() as { port: number };
  const server = new CliProcess(t, [
    "serve",
    "--port",
    String(port),
    "--data",
    createFolder(t),
    "--log-level",
    "fatal",
  ]);
  assert.equal(await server.ended(), 1);
  assert.match(server.err, /^posthorn: .*EADDRINUSE.*--port\.\n$/);
});

test("a wrong configuration is refused with every problem at once", async () => {
  const { code, err } = await runCommand(["serve", "--port", "high", "--set", "http.hots=x"]);
  assert.equal(code, 2);
  assert.match(err, /2 problems:\n.*http\.hots.*did you mean --http\.host\?\n.*http\.port.*"high"/s);
});

test("a second signal ends a stop that takes too long", async (t) => {
  const args = ["--no-welcome", "--shutdown.timeoutMs", "3600000"];
  const server = serve(t, createFolder(t), args);
  const [, port] = await server.untilOut(/Base URL +\S+:(\d+)\n[^]*Ctrl-C stops/);
  // A request that never becomes whole: the stop waits for it.
  const socket = connect(Number(port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const head =
    "POST /sms/3/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n";
  socket.write(head);
  // The interim answer says that the server has begun with it.
  await once(socket, "data");
  let status: number | null | undefined;
  void server.ended().then((code) => (status = code));
  await until(
    "the process has ended",
    () => status !== undefined,
    () => server.send("SIGTERM"),
  );
  assert.equal(status, 143);
});

test("a fault that nobody caught is logged, and ends the process with status 70", async (t) => {
  const fault = 'process.on("SIGUSR2", () => { throw new Error("a fault for the test"); });';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
  const server = serve(t, createFolder(t), ["--no-welcome"], env);
  await server.untilOut(READY);
  server.send("SIGUSR2");
  assert.equal(await server.ended(), 70);
  assert.match(server.err, /"level":"fatal".*"event":"process\.crashed".*a fault for the test/);
});
