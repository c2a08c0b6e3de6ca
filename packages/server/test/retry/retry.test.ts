/**
 * Promise 2 between the component and the server: whatever the network does to requests and answers, each message is
 * sent once. RETRY_SEED repeats the choices, RETRY_SENDS makes it longer.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Clock, type Infobip, infobip, isComponentError, type SendSmsOutput } from "@posthorn/component";
import { loadConfig } from "../../src/config/config.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { type Random, seededRandom } from "../../src/kernel/random.ts";
import { startServer } from "../../src/main.ts";
import { FaultyProxy, NETWORK_FAULTS } from "../harness/faulty-proxy.ts";
import { type JournalLine, readJournal } from "../harness/journal.ts";
import { integerBetween, isChosen, randomFromEnvironment } from "../harness/seed.ts";

const SENDS = Number(process.env["RETRY_SENDS"] ?? 400);
/** Side by side, each with a connection and a proxy of its own. */
const LANES = 8;
const FAULT_PROBABILITY = 0.55;
const KEY = "retry-test-key";
/** A caller that gives up after this many calls has met a fault in us, not bad luck. */
const CALLS_MAX = 50;

const folder = mkdtempSync(join(tmpdir(), "posthorn-retry-"));
const journal = join(folder, "journal.jsonl");
const { config } = loadConfig({
  env: {},
  flags: {
    "http.port": 0,
    "data.directory": join(folder, "data"),
    "auth.apiKey": KEY,
    "sandbox.journal": journal,
    "sandbox.deliveryDelayMs": 0,
  },
});
const server = await startServer(config, { log: silentLog });
let isRunning = true;

async function stopServer() {
  if (isRunning) await server.stop();
  isRunning = false;
}

after(async () => {
  await stopServer();
  rmSync(folder, { recursive: true, force: true });
});

interface Send {
  readonly name: string;
  readonly idempotencyKey: string | undefined;
  /** Empty for WhatsApp, whose one destination is its own. */
  readonly destinations: readonly string[];
  readonly channel: "SMS" | "WHATSAPP";
  calls: number;
  /** Status names of each successful call. */
  readonly outputs: (readonly (string | undefined)[])[];
}

const { seed } = randomFromEnvironment("RETRY_SEED");
const sends: Send[] = [];
const proxies: FaultyProxy[] = [];

/** Time does not pass: sleeping takes none, and an attempt times out when the proxy says that it has stalled it. */
function laneClock(): Clock & { stall(): void } {
  let timeout = new AbortController();
  return {
    now: () => 0,
    sleep: async () => undefined,
    startTimeout() {
      timeout = new AbortController();
      return { signal: timeout.signal, stop: () => undefined };
    },
    stall: () => timeout.abort(),
  };
}

async function runLane(lane: number) {
  const random = seededRandom(seed + lane);
  const clock = laneClock();
  const proxy = await FaultyProxy.start({
    target: server.url,
    random,
    faultProbability: FAULT_PROBABILITY,
    onStalled: () => clock.stall(),
  });
  proxies.push(proxy);
  const client = infobip({ key: KEY, baseUrl: proxy.url }, { clock, random: () => random.float() });
  for (let index = 0; index < SENDS / LANES; index += 1) {
    const send = nextSend(random, `${lane}-${index}`);
    sends.push(send);
    await sendUntilSettled(client, send);
    // Another call with the same key, when the first has succeeded.
    if (send.idempotencyKey !== undefined && isChosen(random, 0.5)) await sendUntilSettled(client, send);
  }
  await proxy.close();
}

function nextSend(random: Random, name: string): Send {
  const channel = isChosen(random, 0.3) ? "WHATSAPP" : "SMS";
  const count = channel === "SMS" ? integerBetween(random, 1, 4) : 1;
  const destinations = Array.from({ length: count }, () => `3859${integerBetween(random, 1_000_000, 9_999_999)}`);
  // The same number twice is two messages.
  if (count > 1 && isChosen(random, 0.4)) destinations.push(destinations[0] ?? "");
  const idempotencyKey = isChosen(random, 0.7) ? `order-${name}` : undefined;
  return { name, idempotencyKey, destinations, channel, calls: 0, outputs: [] };
}

/** With a key the caller comes back until it has an answer; without one a failed call is the end of it. */
async function sendUntilSettled(client: Infobip, send: Send) {
  for (let call = 0; call < CALLS_MAX; call += 1) {
    send.calls += 1;
    try {
      send.outputs.push(await callOnce(client, send));
      return;
    } catch (error) {
      assert.ok(isComponentError(error), String(error));
      if (send.idempotencyKey === undefined) return;
    }
  }
  assert.fail(`${send.name} was not answered in ${CALLS_MAX} calls`);
}

async function callOnce(client: Infobip, send: Send): Promise<readonly (string | undefined)[]> {
  const { channel, destinations, idempotencyKey, name } = send;
  const options = idempotencyKey === undefined ? {} : { idempotencyKey };
  const text = `Send ${name}`;
  if (channel === "SMS") {
    const output: SendSmsOutput = await client.sendSMS({ sender: "Shop", to: destinations, text }, options);
    return output.messages.map(({ status }) => status?.groupName);
  }
  const input = { from: "385000000009", to: destinations[0] ?? "", text };
  const { status } = await client.sendWhatsappTextMessage(input, options);
  return [status?.groupName];
}

await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));
// Stopping waits for what is in flight; what has not left yet would be no fault of the retries, so it is waited for.
while ((await server.store.ledger()).some((row) => row.open > 0))
  await new Promise((resolve) => setTimeout(resolve, 20));
const ledger = await server.store.ledger();
await stopServer();
const lines = readJournal([journal], { mayBeTorn: false });
const linesOfSend = Map.groupBy(lines, (line) => line.text.replace("Send ", ""));

const sorted = (destinations: Iterable<string>) => [...destinations].sort();
const numbersOf = (found: readonly JournalLine[]) => sorted(found.map((line) => line.to));

test("every kind of fault happened, and was not the end of the send", () => {
  for (const fault of NETWORK_FAULTS) {
    const count = proxies.reduce((sum, proxy) => sum + (proxy.faultCounts.get(fault) ?? 0), 0);
    assert.ok(count > 0, fault);
  }
  assert.ok(sends.length >= SENDS);
  assert.ok(sends.some((send) => send.idempotencyKey === undefined && send.outputs.length === 1));
  assert.ok(sends.some((send) => new Set(send.destinations).size < send.destinations.length));
});

test("each message of an answered send is sent exactly once, and told to be pending", () => {
  const answered = sends.filter((send) => send.outputs.length > 0);
  assert.ok(answered.length > SENDS / 2);
  for (const { name, destinations, outputs } of answered) {
    assert.deepEqual(numbersOf(linesOfSend.get(name) ?? []), sorted(destinations), name);
    for (const groups of outputs)
      assert.deepEqual(
        groups,
        destinations.map(() => "PENDING"),
        name,
      );
  }
});

test("a second call with the same idempotencyKey sends nothing new", () => {
  const repeated = sends.filter((send) => send.outputs.length > 1);
  assert.ok(repeated.length > SENDS / 10);
  for (const { name, destinations } of repeated) {
    assert.equal(linesOfSend.get(name)?.length, destinations.length, name);
  }
});

test("a send whose call failed is sent whole or not at all", () => {
  for (const { name, destinations, outputs } of sends) {
    if (outputs.length > 0) continue;
    const numbers = numbersOf(linesOfSend.get(name) ?? []);
    if (numbers.length > 0) assert.deepEqual(numbers, sorted(destinations), name);
  }
});

test("the journal has no messageId twice, none marked uncertain, and as many lines as the ledger has messages", () => {
  assert.ok(lines.length > 0);
  assert.equal(new Set(lines.map((line) => line.messageId)).size, lines.length);
  assert.equal(lines.filter((line) => line.possibleDuplicate).length, 0);
  assert.equal(
    ledger.reduce((sum, row) => sum + row.accepted, 0),
    lines.length,
  );
});
