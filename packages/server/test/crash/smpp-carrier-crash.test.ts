/**
 * Promises 1 to 3 over SMPP, by experiment: under load the server is killed, the carrier is killed, sessions are cut and
 * frozen, at random. Afterwards what was accepted, what the carrier got and how everything ended must fit together.
 * SMPP_CRASH_SEED repeats the choices, SMPP_CRASH_ROUNDS makes it longer.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Simulator, startSimulator } from "@posthorn/smpp";
import { stringify } from "yaml";
import { seededRandom } from "../../src/kernel/random.ts";
import { integerBetween, oneOf, randomFromEnvironment } from "../harness/seed.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { smppEntry } from "../harness/smpp-carrier.ts";
import { freePort } from "../harness/smpp-customer.ts";
import { atEnd, createFolder } from "../harness/test-server.ts";

const ROUNDS = Number(process.env["SMPP_CRASH_ROUNDS"] ?? 4);
const KEY = "crash-test-key";
const PHONES_FROM = 385_980_000_000;
const REQUESTS_PER_ROUND = 6;
const DESTINATIONS_MAX = 8;
const PAUSE_MS_MAX = 60;
/** Each start comes later by the server's clock, so that no lease of the dead is waited for. */
const CLOCK_STEP_MS = 60_000;
/** Longer than any message is valid. */
const FOUR_DAYS_MS = 4 * 86_400_000;
/** Ids of one life of the carrier are not those of another. */
const IDS_PER_LIFE = 1_000_000;

/** Only so that a failure ends; nothing is measured by it. */
const PATIENCE_MS = 90_000;

const FAULTS = ["kill-server", "kill-carrier", "reset", "close", "silent", "nothing"] as const;

const { seed } = randomFromEnvironment("SMPP_CRASH_SEED");

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

async function until(what: string, look: () => Promise<boolean>) {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!(await look())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
    await pause(20);
  }
}

/** A carrier that is killed and comes back on its port; it remembers what it ever got. */
class CarrierLives {
  readonly port: number;
  /** How often each phone was sent something. */
  readonly received = new Map<string, number>();
  #simulator: Simulator | null = null;
  #lives = 0;

  constructor(port: number) {
    this.port = port;
  }

  get simulator(): Simulator {
    if (this.#simulator === null) throw new Error("the carrier is not there");
    return this.#simulator;
  }

  async start() {
    this.#simulator = await startSimulator({
      port: this.port,
      magicDestinations: false,
      firstMessageNumber: 1 + this.#lives * IDS_PER_LIFE,
      receivedMax: 100_000,
      answerDelay: { minMs: 0, maxMs: 20 },
      session: { unbindTimeoutMs: 100 },
    });
    this.#lives += 1;
  }

  async kill() {
    const { simulator } = this;
    simulator.drop("reset");
    this.#simulator = null;
    await simulator.close();
    for (const { pdu } of simulator.received()) {
      this.received.set(pdu.destinationAddr, (this.received.get(pdu.destinationAddr) ?? 0) + 1);
    }
  }
}

class ServerLives {
  readonly #folder: string;
  readonly #configFile: string;
  #server: ServerProcess | null = null;
  #lives = 0;

  constructor(folder: string, configFile: string) {
    this.#folder = folder;
    this.#configFile = configFile;
  }

  async start(clockAheadMs = this.#lives * CLOCK_STEP_MS): Promise<string> {
    this.#lives += 1;
    this.#server = new ServerProcess({
      clockAheadMs,
      configFile: this.#configFile,
      flags: {
        "http.port": 0,
        "data.directory": join(this.#folder, "data"),
        "auth.apiKey": KEY,
        "log.level": "fatal",
        "dispatch.retryBaseMs": 10,
        "dispatch.pollIntervalMs": 50,
        "health.downAfterMs": 100,
      },
    });
    return this.#server.ready;
  }

  async kill() {
    if (this.#server?.isAlive === true) assert.equal(await this.#server.kill(), "SIGKILL", this.#server.stderr);
  }

  async stop() {
    assert.equal(await this.#server?.stop(), "0", this.#server?.stderr);
  }
}

const headers = { authorization: `App ${KEY}`, "content-type": "application/json" };

interface Shown {
  readonly state: string;
  readonly doubt: "held" | "resent" | null;
}

async function show(url: string, messageId: string): Promise<Shown> {
  const response = await fetch(`${url}/posthorn/1/messages/${messageId}`, { headers });
  assert.equal(response.status, 200, `${messageId} was accepted and is gone`);
  return (await response.json()) as Shown;
}

async function ledgerOf(url: string) {
  const response = await fetch(`${url}/posthorn/1/ledger`, { headers });
  return (await response.json()) as { closes: boolean; rows: { accepted: number; open: number }[] };
}

/** Ids of messages end with the number of their phone. */
const phoneOf = (messageId: string) => String(PHONES_FROM + Number(messageId.slice(1)));

async function experiment(t: TestContext, uncertain: "hold" | "resend") {
  const random = seededRandom(seed + (uncertain === "hold" ? 1 : 2));
  const folder = createFolder(t);
  const carrier = new CarrierLives(await freePort());
  const passwordFile = join(folder, "password");
  const configFile = join(folder, "posthorn.yaml");
  writeFileSync(passwordFile, "secret");
  const patience = { connectTimeoutMs: 500, bindTimeoutMs: 500, responseTimeoutMs: 500, enquireLinkIntervalMs: 250 };
  const entry = smppEntry(carrier.port, passwordFile, { links: 2, uncertain, ...patience });
  writeFileSync(configFile, stringify({ carriers: { north: entry } }));
  const server = new ServerLives(folder, configFile);
  await carrier.start();
  let url = await server.start();
  atEnd(t, () => server.kill());

  const accepted: string[] = [];
  let lastNumber = 0;
  const send = async () => {
    const count = integerBetween(random, 1, DESTINATIONS_MAX);
    const ids = Array.from({ length: count }, () => `m${(lastNumber += 1)}`);
    const destinations = ids.map((messageId) => ({ to: phoneOf(messageId), messageId }));
    const body = JSON.stringify({ messages: [{ sender: "Shop", destinations, content: { text: "Hello" } }] });
    // Whoever was not answered asks again, with the same ids.
    await until("the request is answered", async () => {
      try {
        return (await fetch(`${url}/sms/3/messages`, { method: "POST", headers, body })).status === 200;
      } catch {
        return false;
      }
    });
    accepted.push(...ids);
  };
  const faults = new Map<string, number>();
  const strike = async () => {
    const fault = oneOf(random, FAULTS);
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
    await pause(integerBetween(random, 0, PAUSE_MS_MAX));
    if (fault === "kill-server") {
      await server.kill();
      url = await server.start();
    } else if (fault === "kill-carrier") {
      await carrier.kill();
      await pause(integerBetween(random, 0, PAUSE_MS_MAX));
      await carrier.start();
    } else if (fault !== "nothing") carrier.simulator.drop(fault);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const sending = (async () => {
      for (let request = 0; request < REQUESTS_PER_ROUND; request += 1) await send();
    })();
    await Promise.all([sending, strike()]);
  }
  await until("whatever is certain has gone out", async () => {
    for (const id of accepted) if (["queued", "claimed", "held"].includes((await show(url, id)).state)) return false;
    return true;
  });
  await server.stop();
  // Whatever has no receipt ends with its validity.
  url = await server.start(FOUR_DAYS_MS);
  await until("everything has ended", async () => (await ledgerOf(url)).rows.every(({ open }) => open === 0));
  const ledger = await ledgerOf(url);
  const shown = new Map<string, Shown>();
  for (const id of accepted) shown.set(id, await show(url, id));
  await server.stop();
  await carrier.kill();
  process.stdout.write(`${uncertain}: ${JSON.stringify(Object.fromEntries(faults))}, ${accepted.length} messages\n`);
  return { accepted, shown, ledger, received: carrier.received };
}

const POLICIES = { hold: "held", resend: "sent again" } as const;

for (const policy of ["hold", "resend"] as const) {
  test(`nothing that was accepted is lost, and every duplicate is marked, when uncertain messages are ${POLICIES[policy]}`, async (t) => {
    const { accepted, shown, ledger, received } = await experiment(t, policy);
    assert.equal(ledger.closes, true);
    assert.equal(
      ledger.rows.reduce((sum, row) => sum + row.accepted, 0),
      accepted.length,
    );
    for (const id of accepted) {
      const { state, doubt } = shown.get(id) as Shown;
      const times = received.get(phoneOf(id)) ?? 0;
      assert.ok(state === "delivered" || state === "expired", `${id} ended as ${state}`);
      if (state === "delivered") assert.ok(times > 0, `${id} was delivered and never sent`);
      if (policy === "resend") assert.ok(times > 0, `${id} was never sent`);
      if (times > 1) assert.deepEqual([id, policy, doubt], [id, "resend", "resent"]);
    }
    const delivered = accepted.filter((id) => shown.get(id)?.state === "delivered").length;
    assert.ok(delivered > accepted.length / 10, `${delivered} of ${accepted.length} delivered`);
  });
}
