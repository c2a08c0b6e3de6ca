/** The gateways of smpp-gateway.ts: each takes HTTP, submits to one SMSC and pushes reports by HTTP. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, startKannel, waitForPort } from "./kannel.ts";
import type { LoadPlan } from "./load.ts";

/** What the load generator needs to know, beside how much. */
export type Target = Pick<LoadPlan, "url" | "path" | "key" | "dialect">;

export interface Gateway {
  readonly target: Target;
  /** Of every process that is the gateway. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export interface KillableGateway extends Gateway {
  /** Resolves when the system has ended it, without a word to it. */
  kill(): Promise<void>;
}

export interface Setup {
  readonly name: string;
  readonly destinationsPerRequest: 1 | 100;
  readonly hasReports: boolean;
  start(where: { readonly folder: string; readonly smscPort: number }): Promise<Gateway>;
}

const KEY = "bench-key-0000";
const READY_TIMEOUT_MS = 30_000;
const RETRY_MS = 50;
/** submit_sm without an answer; Kannel is at its best with it, and both get the same. */
const WINDOW_SIZE = 1000;
const CLI = join(import.meta.dirname, "../packages/server/src/cli.ts");

/** As in scripts/run.mjs: whatever was started there once is neither stripped nor compiled again. */
const COMPILE_CACHE = join(import.meta.dirname, "../node_modules/.cache/compile");

/** What `npm start` gives to Node; the memory of the server depends on it. */
function nodeOptionsOfStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const options = /run\.mjs node ((?:--\S+ )+)\S+cli\.ts/.exec(scripts.start)?.[1];
  if (options === undefined) throw new Error(`no options of Node in "${scripts.start}"`);
  return options.trim().split(" ");
}

/** Resident memory of all its processes, in MB of a million octets. */
export function rssMb({ pids }: Pick<Gateway, "pids">): number {
  const sizes = pids.map((pid) => /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return sizes.reduce((sum, size) => sum + Number(size), 0) / 1000;
}

/** Of Posthorn: messages without a final state. */
export async function openCount({ target: { url, key } }: Pick<Gateway, "target">): Promise<number> {
  const response = await fetch(`${url}/posthorn/1/ledger`, { headers: { authorization: `App ${key}` } });
  const { rows } = (await response.json()) as { rows: readonly { readonly open: number }[] };
  return rows.reduce((sum, { open }) => sum + open, 0);
}

/** As `npm start` runs it, with one SMPP carrier. */
export async function startPosthorn(folder: string, smscPort: number): Promise<KillableGateway> {
  const port = await freePort();
  const file = join(folder, "posthorn.yaml");
  const carrier =
    `{ type: smpp, host: 127.0.0.1, port: ${smscPort}, systemId: bench, password: { env: BENCH_PASSWORD }, ` +
    `windowSize: ${WINDOW_SIZE} }`;
  const settings = `http: { port: ${port} }\ndata: { directory: ${join(folder, "data")} }\nlog: { level: error }\n`;
  writeFileSync(file, `${settings}carriers:\n  smsc: ${carrier}\n`);
  const child = spawn(process.execPath, [...nodeOptionsOfStart(), CLI, "serve", "--config", file], {
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, POSTHORN_API_KEY: KEY, BENCH_PASSWORD: "bench" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitForPort(port, child);
  await waitUntilReady(`${url}/health/ready`);
  return {
    target: { url, path: "/sms/3/messages", key: KEY },
    pids: [child.pid ?? 0],
    stop: () => endOf(child, "SIGTERM"),
    kill: () => endOf(child, "SIGKILL"),
  };
}

async function waitUntilReady(url: string) {
  const endsAt = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < endsAt) {
    const { ok } = await fetch(url);
    if (ok) return;
    await setTimeout(RETRY_MS);
  }
  throw new Error("the server did not become ready");
}

async function endOf(child: ChildProcess, signal: "SIGTERM" | "SIGKILL") {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

const kannel = (store: "none" | "spool", hasReports: boolean): Setup => ({
  name: `kannel, store ${store}, reports ${hasReports ? "on" : "off"}, 1 per request`,
  destinationsPerRequest: 1,
  hasReports,
  start: async ({ folder, smscPort }) => {
    const { url, pids, stop } = await startKannel({ folder, smscPort, store, pendingMax: WINDOW_SIZE });
    return { target: { url, path: "/cgi-bin/sendsms", key: "bench", dialect: "kannel" }, pids, stop };
  },
});

const posthorn = (destinationsPerRequest: 1 | 100, hasReports: boolean): Setup => ({
  name: `posthorn, reports ${hasReports ? "on" : "off"}, ${destinationsPerRequest} per request`,
  destinationsPerRequest,
  hasReports,
  start: ({ folder, smscPort }) => startPosthorn(folder, smscPort),
});

export const SETUPS: readonly Setup[] = [
  posthorn(1, true),
  kannel("spool", true),
  kannel("none", true),
  posthorn(1, false),
  kannel("spool", false),
  kannel("none", false),
  posthorn(100, true),
  posthorn(100, false),
];
