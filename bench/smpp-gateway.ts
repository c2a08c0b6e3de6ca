/**
 * HTTP in, SMPP out, receipts in, reports out: Posthorn and Kannel in turn, on the same load, SMSC and receiver.
 *
 *   node bench/smpp-gateway.ts [--seconds 4] [--rounds 3] [--connections 64] [--only NAME] [--json] [--rate N] [--watch]
 *
 * README.md says how to read it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SimulatorCounters } from "../packages/smpp/src/index.ts";
import type { Measurement } from "./contestants.ts";
import { CountingChild } from "./counting-child.ts";
import { cpuUsOf } from "./cpu.ts";
import { type Gateway, openCount, rssMb, SETUPS, type Setup } from "./gateways.ts";
import { LoadGenerator } from "./generate.ts";
import { findKannel } from "./kannel.ts";
import type { LoadPlan } from "./load.ts";
import { printTable, summarise } from "./summary.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    /** Of HTTP, each with one request at a time. */
    connections: { type: "string", default: "64" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    /** Requests a second; without it as fast as they go. */
    rate: { type: "string" },
    /** Says every ten seconds how far it is and what it holds, to see whether anything grows. */
    watch: { type: "boolean", default: false },
  },
});
const WARM_UP_SECONDS = 1.5;
const WATCH_MS = 10_000;
/** Bounds the disk that a run takes. */
const MESSAGES_MAX = 3_000_000;
const say = (text: string) => void (values.json || process.stdout.write(`${text}\n`));

/** How far it is and what it holds. Only Posthorn says how many messages are open. */
async function describe(gateway: Gateway, smsc: CountingChild, sink: CountingChild): Promise<string> {
  const open = gateway.target.dialect === undefined ? `, ${await openCount(gateway)} open` : "";
  return `${await smsc.count()} submitted, ${await sink.count()} reported${open}, RSS ${rssMb(gateway).toFixed(0)} MB`;
}

/** @returns what ends it, and says how things are then */
function watch(...[gateway, smsc, sink]: Parameters<typeof describe>): () => Promise<void> {
  const startedAt = performance.now();
  const line = async () => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${String(seconds).padStart(4)} s: ${await describe(gateway, smsc, sink)}`);
  };
  let last = Promise.resolve();
  const timer = setInterval(() => {
    last = line();
  }, WATCH_MS);
  return async () => {
    clearInterval(timer);
    await last;
    await line();
  };
}

/** @returns what says how much of the processor each has used since, for one of so many messages */
function cpuClock<Name extends string>(pids: Readonly<Record<Name, readonly number[]>>) {
  const names = Object.keys(pids) as Name[];
  const before = names.map((name) => cpuUsOf(pids[name]));
  return (messages: number) => {
    const used = names.map((name, index) => [name, (cpuUsOf(pids[name]) - (before[index] ?? 0)) / messages] as const);
    return Object.fromEntries(used) as Record<Name, number>;
  };
}

/** The clock stops when the SMSC has every message and, where they are asked for, every report has been pushed. */
async function measure(setup: Setup, seconds: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  const takenOf = (answer: unknown) => (answer as SimulatorCounters).taken;
  const [smsc, { port }] = await CountingChild.start<{ port: number }>("simulator-child.ts", takenOf);
  const [sink, { url: reportUrl }] = await CountingChild.start<{ url: string }>("report-sink.ts", Number);
  const generator = new LoadGenerator();
  let gateway: Gateway | null = null;
  let endWatch = async () => {};
  try {
    gateway = await setup.start({ folder, smscPort: port });
    const plan: LoadPlan = {
      ...gateway.target,
      destinationsPerRequest: setup.destinationsPerRequest,
      connections: Number(values.connections),
      seconds,
      messagesMax: MESSAGES_MAX,
      ...(setup.hasReports ? { reportUrl } : {}),
      ...(values.rate === undefined ? {} : { requestsPerSecond: Number(values.rate) }),
    };
    const last = setup.hasReports ? sink : smsc;
    const warmUp = await generator.run({ ...plan, seconds: WARM_UP_SECONDS });
    await last.waitFor(warmUp.messages);
    const cpuUs = cpuClock({ gateway: gateway.pids, smsc: [smsc.pid], receiver: [sink.pid], bench: [process.pid] });
    if (values.watch) endWatch = watch(gateway, smsc, sink);
    const startedAt = performance.now();
    const load = await generator.run(plan);
    const elapsedMs = (await last.waitFor(warmUp.messages + load.messages)) - startedAt;
    const used = cpuUs(load.messages);
    const taken = await smsc.count();
    if (taken !== warmUp.messages + load.messages) throw new Error(`the SMSC took ${taken} messages`);
    return {
      messagesPerSecond: (load.messages / elapsedMs) * 1000,
      cpuUsPerMessage: used.gateway,
      harnessUsPerMessage: {
        load: load.cpuUs / load.messages,
        smsc: used.smsc,
        receiver: used.receiver,
        bench: used.bench,
      },
      p50Ms: load.p50Ms,
      p99Ms: load.p99Ms,
      rssMb: rssMb(gateway),
    };
  } finally {
    await endWatch();
    await gateway?.stop();
    await Promise.all([smsc.stop(), sink.stop(), generator.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const kannelVersion = findKannel(true);
say(kannelVersion === null ? "Kannel is not installed: nothing to compare with" : `Kannel ${kannelVersion}`);
const setups = SETUPS.filter(
  ({ name }) =>
    (kannelVersion !== null || !name.startsWith("kannel")) && (values.only === undefined || name.includes(values.only)),
);
const measured = new Map<string, Measurement[]>();
for (let round = 1; round <= Number(values.rounds); round += 1) {
  for (const setup of setups) {
    say(`round ${round}: ${setup.name}`);
    const measurement = await measure(setup, Number(values.seconds));
    measured.set(setup.name, [...(measured.get(setup.name) ?? []), measurement]);
  }
}
const summary = summarise(measured);
if (values.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
else printTable(summary);
