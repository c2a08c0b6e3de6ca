/**
 * HTTP in, SMPP out, receipts in, reports out: Posthorn and Kannel in turn, on the same load, SMSC and receiver.
 *
 *   node bench/smpp-gateway.ts [--seconds 4] [--rounds 3] [--only NAME] [--json] [--rate N]
 *
 * README.md says how to read it.
 */
import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import type { SimulatorCounters } from "../packages/smpp/src/index.ts";
import type { Measurement } from "./contestants.ts";
import { type Gateway, SETUPS, type Setup } from "./gateways.ts";
import { findKannel } from "./kannel.ts";
import type { LoadPlan, LoadResult } from "./load.ts";
import { printTable, summarise } from "./summary.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    /** Requests a second; without it as fast as they go. */
    rate: { type: "string" },
  },
});
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 1.5;
/** Bounds the disk that a run takes. */
const MESSAGES_MAX = 3_000_000;
const POLL_MS = 20;
/** Nothing came for so long: it will not come any more. */
const STALLED_MS = 30_000;
/** Of /proc/PID/stat; the kernel counts in hundredths of a second, whatever it counts with inside. */
const TICK_US = 10_000;
const execute = promisify(execFile);
const say = (text: string) => void (values.json || process.stdout.write(`${text}\n`));

/** A process that says how much it has seen. */
class Counting {
  readonly #child: ChildProcess;
  readonly #count: (answer: unknown) => number;

  private constructor(child: ChildProcess, count: (answer: unknown) => number) {
    this.#child = child;
    this.#count = count;
  }

  static async start<Line>(file: string, count: (answer: unknown) => number): Promise<[Counting, Line]> {
    const child = fork(join(import.meta.dirname, file), { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, "data")) as [Buffer];
    return [new Counting(child, count), JSON.parse(line.toString("utf8")) as Line];
  }

  async count(): Promise<number> {
    const answer = once(this.#child, "message");
    this.#child.send("count");
    return this.#count((await answer)[0]);
  }

  /** @returns when the last of them was there, by performance.now() */
  async waitFor(count: number): Promise<number> {
    let seen = await this.count();
    let movedAt = performance.now();
    while (seen < count) {
      await setTimeout(POLL_MS);
      const now = await this.count();
      if (now > seen) movedAt = performance.now();
      seen = now;
      if (performance.now() - movedAt > STALLED_MS) throw new Error(`${seen} of ${count} came, and then no more`);
    }
    return movedAt;
  }

  async stop() {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}

async function generate(plan: LoadPlan): Promise<LoadResult> {
  const { stdout } = await execute(process.execPath, [join(import.meta.dirname, "load.ts"), JSON.stringify(plan)]);
  const result = JSON.parse(stdout) as LoadResult;
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests failed`);
  return result;
}

/** User and system time, of all threads. */
function cpuUs({ pids }: Gateway): number {
  return pids.reduce((sum, pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = text.slice(text.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
    return sum + (user + system) * TICK_US;
  }, 0);
}

function rssMb({ pids }: Gateway): number {
  const sizes = pids.map((pid) => /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return sizes.reduce((sum, size) => sum + Number(size), 0) / 1000;
}

/** The clock stops when the SMSC has every message and, where they are asked for, every report has been pushed. */
async function measure(setup: Setup, seconds: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  const takenOf = (answer: unknown) => (answer as SimulatorCounters).taken;
  const [smsc, { port }] = await Counting.start<{ port: number }>("simulator-child.ts", takenOf);
  const [sink, { url: reportUrl }] = await Counting.start<{ url: string }>("report-sink.ts", Number);
  let gateway: Gateway | null = null;
  try {
    gateway = await setup.start({ folder, smscPort: port });
    const plan: LoadPlan = {
      ...gateway.target,
      destinationsPerRequest: setup.destinationsPerRequest,
      connections: CONNECTIONS,
      seconds,
      messagesMax: MESSAGES_MAX,
      ...(setup.hasReports ? { reportUrl } : {}),
      ...(values.rate === undefined ? {} : { requestsPerSecond: Number(values.rate) }),
    };
    const last = setup.hasReports ? sink : smsc;
    const warmUp = await generate({ ...plan, seconds: WARM_UP_SECONDS });
    await last.waitFor(warmUp.messages);
    const before = cpuUs(gateway);
    const startedAt = performance.now();
    const load = await generate(plan);
    const elapsedMs = (await last.waitFor(warmUp.messages + load.messages)) - startedAt;
    const taken = await smsc.count();
    if (taken !== warmUp.messages + load.messages) throw new Error(`the SMSC took ${taken} messages`);
    return {
      messagesPerSecond: (load.messages / elapsedMs) * 1000,
      cpuUsPerMessage: (cpuUs(gateway) - before) / load.messages,
      p50Ms: load.p50Ms,
      p99Ms: load.p99Ms,
      rssMb: rssMb(gateway),
    };
  } finally {
    await gateway?.stop();
    await Promise.all([smsc.stop(), sink.stop()]);
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
