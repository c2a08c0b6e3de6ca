import { connectEsme, type Receipt, receiptOf, type SmppSession } from "@posthorn/smpp";
import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { until } from "../harness/until.ts";
import { CliProcess, runCommand } from "./run-command.ts";

async function esmeOf(t: TestContext, port: number, receipts: Receipt[] = []): Promise<SmppSession> {
  const session = await connectEsme({
    host: "127.0.0.1",
    port,
    bind: { systemId: "demo", password: "secret" },
    handlers: {
      onRequest(request, answer) {
        const receipt = request.command === "deliver_sm" ? receiptOf(request) : null;
        if (receipt !== null) receipts.push(receipt);
        answer();
      },
    },
  });
  t.after(() => session.close());
  return session;
}

const MESSAGE = {
  command: "submit_sm",
  sourceAddr: "Shop",
  destinationAddr: "385981234567",
  registeredDelivery: 1,
  shortMessage: Buffer.from("Hello \u001b[2J"),
} as const;

test("the simulator runs as a program, says what happens, and unbinds its sessions when it is stopped", async (t) => {
  const smsc = new CliProcess(t, ["smsc", "--port", "0", "--account", "demo:secret", "--ids", "hex:4"]);
  const [, port] = await smsc.untilOut(/127\.0\.0\.1:(\d+)/);
  const receipts: Receipt[] = [];
  const session = await esmeOf(t, Number(port), receipts);
  await session.send(MESSAGE);
  await session.send({ ...MESSAGE, destinationAddr: "447700900403" });
  await smsc.untilOut(/receipt of 0001 {2}DELIVERED {2}acknowledged/);
  assert.match(smsc.out, /demo {2}bound as transceiver from 127\.0\.0\.1/);
  assert.match(smsc.out, /demo {2}Shop to 385981234567 {2}0001 {2}"Hello/);
  assert.match(smsc.out, /Shop to 447700900403 {2}refused with ESME_RTHROTTLED/);
  assert.ok(!smsc.out.includes("\u001b"));
  assert.deepEqual(receipts[0]?.messageIds, ["0001"]);
  smsc.send("SIGTERM");
  assert.equal(await smsc.ended(), 0);
  assert.match(smsc.out, /closed: unbound/);
});

test("with --json every line is JSON, and rules are heeded; --counters counts", async (t) => {
  const rule = "to=43*,state=UNDELIVERABLE,err=27,copies=2";
  const smsc = new CliProcess(t, ["smsc", "--port", "0", "--json", "--rule", rule]);
  const [, port] = await smsc.untilOut(/"port":(\d+)/);
  const session = await esmeOf(t, Number(port));
  await session.send({ ...MESSAGE, destinationAddr: "4366012345678" });
  await smsc.untilOut(/"type":"receipt".*\n.*"type":"receipt"/);
  const events = smsc.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; state?: string });
  assert.deepEqual(
    events.map(({ type, state }) => [type, state]),
    [
      ["listening", undefined],
      ["bound", undefined],
      ["submitted", undefined],
      ["receipt", "UNDELIVERABLE"],
      ["receipt", "UNDELIVERABLE"],
    ],
  );
  const counting = new CliProcess(t, ["smsc", "--port", "0", "--json", "--counters"]);
  const [, countingPort] = await counting.untilOut(/"port":(\d+)/);
  await (await esmeOf(t, Number(countingPort))).send(MESSAGE);
  counting.send("SIGTERM");
  await counting.ended();
  const last = JSON.parse(counting.out.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
  assert.deepEqual([last["type"], last["taken"], last["sessions"]], ["counters", 1, 0]);
});

test("options that are wrong start nothing, and a port that is taken is said", async (t) => {
  for (const args of [
    ["--port", "70000"],
    ["--ids", "octal"],
    ["--receipts", "some"],
    ["--fault-after", "3", "--fault", "fire"],
    ["--rule", "to"],
    ["--rule", "chance=2"],
    ["--rule", "every=0"],
    ["--reorder-receipts", "0"],
  ]) {
    const { code, out } = await runCommand(["smsc", ...args]);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
  }
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { code, err } = await runCommand(["smsc", "--port", String(port)]);
  assert.equal(code, 1);
  assert.match(err, /cannot listen/);
});

test("every option reaches the simulator", async (t) => {
  const stop = new AbortController();
  const args = ["smsc", "--port", "0", "--host", "127.0.0.1", "--no-magic", "--throughput", "1", "--receipts", "never"];
  const result = { out: "" };
  const running = runCommand([...args, "--pending-max", "5"], { signal: stop.signal });
  void running.then(({ out }) => (result.out = out));
  t.after(() => stop.abort());
  stop.abort();
  await until("it has stopped", () => (result.out === "" ? null : result.out));
  assert.match(result.out, /SMSC simulator on 127\.0\.0\.1:\d+/);
  const smsc = new CliProcess(t, args);
  const [, port] = await smsc.untilOut(/127\.0\.0\.1:(\d+)/);
  const session = await esmeOf(t, Number(port));
  const first = await session.send({ ...MESSAGE, destinationAddr: "447700900403" });
  const second = await session.send(MESSAGE);
  assert.deepEqual([first.commandStatus, second.commandStatus], [0, 0x58]);
});
