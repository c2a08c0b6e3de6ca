import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ChildUsage, ServerProcess } from "../packages/server/test/harness/server-process.ts";
import type { StoreResult } from "./floor-store.ts";
import { generate as generatePlan } from "./generate.ts";
import type { LoadResult } from "./load.ts";

export interface Measurement {
  readonly messagesPerSecond: number;
  /** Of the measured process alone, all its threads. */
  readonly cpuUsPerMessage: number;
  /** What the measuring itself used meanwhile, by process, on the same cores. */
  readonly harnessUsPerMessage?: Readonly<Record<string, number>>;
  /** From request to answer. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly rssMb?: number;
}

export interface RunOptions {
  readonly seconds: number;
  readonly profileFolder: string | null;
}

export interface Contestant {
  readonly name: string;
  run(options: RunOptions): Promise<Measurement>;
}

const KEY = "bench-key-0000";
const CONNECTIONS = 64;
/** Bounds the disk that a run takes, on a machine faster than we know. */
const MESSAGES_MAX = 1_000_000;
/** V8 optimises what has run often: the first thousands of requests cost several times as much. */
const WARM_UP_SECONDS = 1.5;
/** Counting the open messages is work for the server, too. */
const POLL_MS = 250;
/** What the server answers for one message and for a hundred, nearly. */
const ANSWER_BYTES = { 1: 290, 100: 26_500 } as const;
const execute = promisify(execFile);

export const CONTESTANTS: readonly Contestant[] = [
  { name: "floor: node:http, 1 per request", run: (options) => floorHttp(options, 1) },
  { name: "accept, 1 per request", run: (options) => accept(options, 1) },
  { name: "floor: node:http, 100 per request", run: (options) => floorHttp(options, 100) },
  { name: "accept, 100 per request", run: (options) => accept(options, 100) },
  { name: "floor: SQLite insert, commits of 500", run: (options) => floorStore(options, "insert") },
  { name: "store alone, whole lives", run: (options) => floorStore(options, "store") },
  { name: "whole way, 1 per request", run: (options) => wholeWay(options, 1) },
  { name: "whole way, 100 per request", run: (options) => wholeWay(options, 100) },
];

type PerRequest = keyof typeof ANSWER_BYTES;

async function generate(url: string, destinationsPerRequest: number, seconds: number): Promise<LoadResult> {
  return await generatePlan({
    url,
    path: "/sms/3/messages",
    key: KEY,
    destinationsPerRequest,
    connections: CONNECTIONS,
    seconds,
    messagesMax: MESSAGES_MAX,
  });
}

async function floorHttp({ seconds }: RunOptions, perRequest: PerRequest): Promise<Measurement> {
  const child = fork(join(import.meta.dirname, "floor-http.ts"), [String(ANSWER_BYTES[perRequest])], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const usage = async () => {
    const answer = once(child, "message");
    child.send("usage");
    return ((await answer) as [ChildUsage])[0];
  };
  try {
    const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, "data")) as [Buffer];
    const { url } = JSON.parse(line.toString("utf8")) as { url: string };
    await generate(url, perRequest, WARM_UP_SECONDS);
    const before = await usage();
    const load = await generate(url, perRequest, seconds);
    return measurementOf(load, load.elapsedMs, before, await usage());
  } finally {
    child.kill();
    await once(child, "exit");
  }
}

async function floorStore({ seconds }: RunOptions, what: "insert" | "store"): Promise<Measurement> {
  const file = join(import.meta.dirname, "floor-store.ts");
  const { stdout } = await execute(process.execPath, [file, what, String(seconds), String(MESSAGES_MAX)]);
  const { messages, elapsedMs, cpuUs } = JSON.parse(stdout) as StoreResult;
  return { messagesPerSecond: (messages / elapsedMs) * 1000, cpuUsPerMessage: cpuUs / messages };
}

function measurementOf(load: LoadResult, elapsedMs: number, before: ChildUsage, after: ChildUsage): Measurement {
  return {
    messagesPerSecond: (load.messages / elapsedMs) * 1000,
    cpuUsPerMessage: (after.cpuUs - before.cpuUs) / load.messages,
    harnessUsPerMessage: { load: load.cpuUs / load.messages },
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    rssMb: after.rssBytes / 1e6,
  };
}

/** A server on an empty folder; its sandbox delivers without delay, or is paused so that accepting is all it does. */
async function withServer<Result>(
  { profileFolder }: RunOptions,
  isPaused: boolean,
  use: (server: ServerProcess, url: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  const flags = {
    "http.port": 0,
    "data.directory": folder,
    "auth.apiKey": KEY,
    "log.level": "error",
    "sandbox.paused": isPaused,
    "sandbox.deliveryDelayMs": 0,
  };
  const profiling = profileFolder === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  const server = new ServerProcess({ flags }, profiling);
  try {
    const result = await use(server, await server.ready);
    const end = await server.stop();
    if (end !== "0") throw new Error(`the server ended with ${end}: ${server.stderr}`);
    return result;
  } finally {
    if (server.isAlive) await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function accept(options: RunOptions, perRequest: PerRequest): Promise<Measurement> {
  return await withServer(options, true, async (server, url) => {
    await generate(url, perRequest, WARM_UP_SECONDS);
    const before = await server.usage();
    const load = await generate(url, perRequest, options.seconds);
    return measurementOf(load, load.elapsedMs, before, await server.usage());
  });
}

/** Until the last message is delivered: what is accepted faster than it leaves counts for nothing. */
async function wholeWay(options: RunOptions, perRequest: PerRequest): Promise<Measurement> {
  return await withServer(options, false, async (server, url) => {
    await generate(url, perRequest, WARM_UP_SECONDS);
    await untilAllDelivered(url);
    const before = await server.usage();
    const load = await generate(url, perRequest, options.seconds);
    const generatedAt = performance.now();
    await untilAllDelivered(url);
    const elapsedMs = load.elapsedMs + performance.now() - generatedAt;
    return measurementOf(load, elapsedMs, before, await server.usage());
  });
}

async function untilAllDelivered(url: string) {
  for (;;) {
    const response = await fetch(`${url}/posthorn/1/ledger`, { headers: { authorization: `App ${KEY}` } });
    const { rows } = (await response.json()) as { rows: readonly { readonly open: number }[] };
    if (rows.every((row) => row.open === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
