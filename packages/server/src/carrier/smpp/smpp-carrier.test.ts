import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { COMMAND_STATUS as S, type Simulator, type SimulatorOptions, startSimulator, Ticker } from "@posthorn/smpp";
import { FakeClock, settle } from "../../../test/harness/fake-clock.ts";
import { simulatorClock } from "../../../test/harness/smpp-carrier.ts";
import { readCarrier } from "../../../test/harness/smpp-forms.ts";
import { until } from "../../../test/harness/until.ts";
import { type SmppCarrierEntry } from "../../config/smpp-carrier-schema.ts";
import { silentLog } from "../../kernel/log.ts";
import { seededRandom } from "../../kernel/random.ts";
import type { OutboundMessage } from "../../store/store.ts";
import type { CarrierReceipt, SubmitResult } from "../carrier.ts";
import type { LateAnswer } from "./submitter.ts";
import { SmppCarrier } from "./smpp-carrier.ts";

/** The carrier against the simulator, both on one clock that the test moves. */

const LEASE_MS = 60_000;

/** As the configuration gives it, but for what these tests set themselves. */
const ENTRY = {
  ...(readCarrier({ host: "127.0.0.1", responseTimeoutMs: 20_000, validity: "none" }).entry as SmppCarrierEntry),
  password: {},
};

function messageOf(seq: number, destination = String(385_981_000_000 + seq)): OutboundMessage {
  return {
    seq,
    accountId: 1,
    attempts: 1,
    messageId: `m${seq}`,
    channel: "SMS",
    sender: "Shop",
    destination,
    text: "Hi",
    encoding: "GSM7",
    partCount: 1,
    options: null,
    expiresAt: Number.MAX_SAFE_INTEGER,
    possibleDuplicate: false,
  };
}

interface Setting {
  readonly clock: FakeClock;
  readonly simulator: Simulator;
  readonly carrier: SmppCarrier;
  readonly results: Map<string, SubmitResult>;
  readonly receipts: CarrierReceipt[];
  readonly late: LateAnswer[];
  readonly logged: string[];
  /** Hands over so many messages, each to a phone of its own. */
  readonly submit: (count: number) => void;
  /** Lets `ms` go by in steps, in which the sockets are read. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>;
  readonly passUntil: (what: string, look: () => unknown, stepMs?: number) => Promise<void>;
}

async function start(
  t: TestContext,
  { simulator: options = {}, entry = {} }: { simulator?: SimulatorOptions; entry?: Partial<SmppCarrierEntry> } = {},
): Promise<Setting> {
  const clock = new FakeClock();
  const session = { ticker: new Ticker(clock), ...options.session };
  const random = seededRandom(3);
  const side = { port: 0, magicDestinations: false, clock: simulatorClock(clock), random: () => random.float() };
  const simulator = await startSimulator({ ...side, ...options, session });
  const logged: string[] = [];
  const note = (line: { event?: string }) => logged.push(line.event ?? "");
  const carrier = new SmppCarrier({
    name: "north",
    entry: { ...ENTRY, port: simulator.port, ...entry },
    password: () => "secret",
    tls: null,
    leaseMs: LEASE_MS,
    clock,
    random: seededRandom(5),
    log: Object.assign(Object.create(silentLog), { info: note, warn: note, error: note }) as typeof silentLog,
  });
  const results = new Map<string, SubmitResult>();
  const receipts: CarrierReceipt[] = [];
  const late: LateAnswer[] = [];
  await carrier.start({
    inbound: async (messages) => messages.map(() => "kept"),
    receipts: async (given) => {
      receipts.push(...given);
      return given.map(({ carrierMessageId }) => carrierMessageId);
    },
    identities: async () => undefined,
    lateAnswers: async (answers) => {
      late.push(...answers);
    },
    seen: async () => undefined,
    ready: () => undefined,
  });
  let lastSeq = 0;
  const submit = (count: number) => {
    const messages = Array.from({ length: count }, () => messageOf((lastSeq += 1)));
    carrier.submitEach(messages, ({ messageId }, result) => {
      assert.ok(!results.has(messageId), `${messageId} is settled once`);
      results.set(messageId, result);
    });
  };
  const step = async (stepMs: number) => {
    clock.advance(stepMs);
    await settle();
  };
  const pass = async (ms: number, stepMs = 250) => {
    for (let passed = 0; passed < ms; passed += stepMs) await step(stepMs);
  };
  const passUntil = async (what: string, look: () => unknown, stepMs = 250) => {
    await until(
      what,
      () => look() === true,
      () => step(stepMs),
    );
  };
  t.after(async () => {
    const stopping = Promise.all([carrier.stop(), simulator.close()]);
    let isStopped = false;
    void stopping.then(() => {
      isStopped = true;
    });
    await passUntil("both have stopped", () => isStopped);
  });
  await passUntil("the binds are there", () => simulator.sessions().length === carrierBinds(entry), 10);
  return { clock, simulator, carrier, results, receipts, late, logged, submit, pass, passUntil };
}

function carrierBinds({ links = 1, bindAs = "transceiver" }: Partial<SmppCarrierEntry>): number {
  return bindAs === "transceiver" ? links : 2 * links;
}

const outcomes = ({ results }: Setting) => {
  const counts: Record<string, number> = {};
  for (const { outcome } of results.values()) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};

for (const [name, entry] of [
  ["without that being configured", {}],
  ["when that is configured", { throughputPerSecond: 50 }],
] as const) {
  test(`a carrier that allows 50 a second gets them, ${name}`, async (t) => {
    const setting = await start(t, { simulator: { throughputPerSecond: 50 }, entry });
    const { carrier, simulator, results, submit, pass } = setting;
    let handed = 0;
    for (let passed = 0; passed < 60_000; passed += 10) {
      const room = carrier.capacity() - (handed - results.size);
      if (room > 0) submit(room);
      handed += Math.max(0, room);
      await pass(10, 10);
    }
    const { taken, refused } = simulator.counters;
    assert.ok(taken >= 3_000 * 0.98 && taken <= 3_000 * 1.02 + 50, `${taken} taken`);
    assert.ok(refused < taken * 0.01, `${refused} refused of ${taken}`);
    assert.deepEqual(Object.keys(outcomes(setting)), ["submitted"]);
  });
}

test("38 a carrier at 95 % of what it can do is braked before it refuses, and gets everything again afterwards", async (t) => {
  const setting = await start(t, { simulator: { answerDelay: 100 } });
  const { carrier, simulator, results, submit, pass } = setting;
  let handed = 0;
  const takenIn = async (ms: number) => {
    const { taken } = simulator.counters;
    for (let passed = 0; passed < ms; passed += 50) {
      const room = Math.max(0, carrier.capacity() - (handed - results.size));
      submit(room);
      handed += room;
      await pass(50, 50);
    }
    return simulator.counters.taken - taken;
  };
  const before = await takenIn(5_000);
  simulator.setRules([{ behaviour: { congestion: 95 } }]);
  await takenIn(5_000);
  const busy = await takenIn(5_000);
  assert.ok(busy > 0 && busy < before / 2, `${busy} while it is busy, ${before} before`);
  simulator.setRules([]);
  await takenIn(15_000);
  const after = await takenIn(5_000);
  assert.ok(after >= before * 0.9, `${after} after, ${before} before`);
  assert.equal(simulator.counters.refused, 0);
  assert.deepEqual(Object.keys(outcomes(setting)), ["submitted"]);
});

test("29 answers that come in any order belong to their messages", async (t) => {
  const setting = await start(t, { simulator: { answerDelay: { minMs: 0, maxMs: 2_000 } } });
  const { simulator, results, submit, passUntil } = setting;
  submit(100);
  await passUntil("all are answered", () => results.size === 100, 100);
  const idOf = new Map(simulator.received().map(({ messageId, pdu }) => [pdu.destinationAddr, messageId]));
  for (const [messageId, result] of results) {
    const phone = String(385_981_000_000 + Number(messageId.slice(1)));
    assert.deepEqual(result, { outcome: "submitted", carrierMessageId: idOf.get(phone) }, messageId);
  }
});

test("the end that a carrier without receipts gives says whose it is, since an older message may have the id", async (t) => {
  const setting = await start(t, { entry: { registeredDelivery: "none" } });
  setting.submit(3);
  await setting.passUntil("all are answered", () => setting.receipts.length === 3, 100);
  const told = setting.receipts.map(({ destination, reference, state }) => `${destination} ${reference} ${state}`);
  assert.deepEqual(
    new Set(told),
    new Set(["385981000001 1 delivered", "385981000002 2 delivered", "385981000003 3 delivered"]),
  );
});

test("35 a window that is full for a minute frees again: what was too late is uncertain, and its answers are told", async (t) => {
  const setting = await start(t, { simulator: { answerDelay: 30_000 } });
  const { carrier, simulator, results, late, submit, pass, passUntil } = setting;
  submit(10);
  await pass(19_000);
  assert.equal(results.size, 0);
  await passUntil("the first are given up", () => results.size === 10);
  assert.deepEqual(outcomes(setting), { uncertain: 10 });
  await passUntil("their answers have come", () => late.length === 10);
  assert.ok(late.every(({ result }) => result.outcome === "submitted"));
  simulator.setRules([{ behaviour: { answerDelay: 0 } }]);
  submit(20);
  await passUntil("new ones go through", () => results.size === 30);
  assert.equal(outcomes(setting)["submitted"], 20);
  assert.ok(carrier.capacity() > 0);
});

test("28 a carrier that takes everything and never answers gets a window, then one at a time, and the link lives", async (t) => {
  const setting = await start(t, { simulator: { rules: [{ behaviour: { answer: "dropped", receipts: [] } }] } });
  const { simulator, results, submit, pass, passUntil } = setting;
  submit(15);
  await passUntil("those in the window are given up", () => results.size === 10);
  await passUntil("one behind them, too, and the others have gone back", () => results.size === 15);
  assert.deepEqual(outcomes(setting), { uncertain: 11, temporary: 4 });
  await pass(60_000);
  assert.equal(simulator.counters.binds, 1);
  assert.equal(simulator.received().length, 11);
  simulator.setRules([]);
  submit(30);
  await passUntil("it answers again, and gets all", () => results.size === 45);
  assert.equal(outcomes(setting)["submitted"], 30);
});

test("27 a link that is dead without a word is found by enquire_link and bound anew, and costs a window at most", async (t) => {
  const setting = await start(t, { simulator: { session: { windowSize: 10 } } });
  const { simulator, results, submit, pass, passUntil, logged } = setting;
  simulator.drop("silent");
  submit(25);
  await pass(250);
  await passUntil("it is bound anew", () => simulator.counters.binds === 2, 1_000);
  await passUntil("everything is known", () => results.size === 25);
  const { uncertain = 0, temporary, submitted } = outcomes(setting);
  assert.ok(uncertain === 10 || uncertain === 11, `a window, and one that tried: ${uncertain}`);
  assert.deepEqual([uncertain + (temporary ?? 0), submitted], [25, undefined]);
  submit(5);
  await passUntil("new ones are taken", () => results.size === 30);
  assert.ok(logged.includes("carrier.session_lost"));
  assert.equal(simulator.received().length, 5);
});

test("37 a carrier whose queue is full for two minutes gets everything afterwards, and each message once", async (t) => {
  const setting = await start(t, { simulator: { rules: [{ behaviour: { commandStatus: S.RMSGQFUL } }] } });
  const { simulator, results, submit, pass, passUntil } = setting;
  submit(20);
  await pass(120_000);
  const { refused } = simulator.counters;
  assert.ok(refused > 2 && refused < 60, `${refused} refused`);
  assert.equal(outcomes(setting)["temporary"], 20);
  for (const result of results.values()) assert.ok(result.outcome === "temporary" && result.isThrottled === true);
  simulator.setRules([]);
  submit(20);
  await passUntil("they have them", () => results.size === 40);
  assert.equal(outcomes(setting)["submitted"], 20);
  assert.equal(simulator.counters.taken, 20);
});

test("43 44 after a wrong password the carrier is left alone, says so once, and takes nothing", async (t) => {
  const setting = await start(t);
  const { carrier, simulator, logged, pass } = setting;
  const accounts = { accounts: [{ systemId: "posthorn", password: "another" }] };
  const strict = await start(t, { simulator: accounts, entry: { links: 0 } });
  const refused = new SmppCarrier({
    name: "strict",
    entry: { ...ENTRY, port: strict.simulator.port, links: 3 },
    password: () => "secret",
    tls: null,
    leaseMs: LEASE_MS,
    clock: strict.clock,
    random: seededRandom(1),
    log: silentLog,
  });
  await refused.start({
    inbound: async () => [],
    receipts: async () => [],
    identities: async () => undefined,
    lateAnswers: async () => undefined,
    seen: async () => undefined,
    ready: () => undefined,
  });
  await strict.passUntil("they are refused", () => strict.simulator.counters.bindsRefused === 3);
  await strict.pass(10 * 60_000, 1_000);
  assert.equal(strict.simulator.counters.bindsRefused, 3, "one try of each bind");
  assert.equal(refused.capacity(), 0);
  await refused.stop();
  await pass(1_000);
  assert.equal(simulator.counters.binds, 1);
  assert.ok(carrier.capacity() > 0);
  assert.ok(!logged.includes("carrier.bind_refused"));
});

test("a session that the carrier closes between two messages is bound anew, and nothing is uncertain", async (t) => {
  const setting = await start(t);
  const { simulator, results, submit, passUntil } = setting;
  submit(5);
  await passUntil("they are taken", () => results.size === 5);
  simulator.drop("close");
  await passUntil("it is bound anew", () => simulator.counters.binds === 2);
  submit(5);
  await passUntil("they are taken, too", () => results.size === 10);
  assert.deepEqual(outcomes(setting), { submitted: 10 });
});

test("a stop waits for what is under way, gives back what waits, and unbinds", async (t) => {
  const setting = await start(t, { simulator: { answerDelay: 1_000 } });
  const { carrier, simulator, submit, pass, passUntil } = setting;
  submit(15);
  await pass(250);
  let isStopped = false;
  void carrier.stop().then(() => {
    isStopped = true;
  });
  await passUntil("it has stopped", () => isStopped);
  assert.deepEqual(outcomes(setting), { temporary: 5, submitted: 10 });
  assert.equal(simulator.sessions().length, 0);
});
