/** Debian's Kannel, set up for the comparison: bearerbox (queues, SMPP) and smsbox (HTTP), each a process of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { endBox, kannelGroups, kannelText } from "../packages/smpp/test/harness/kannel-boxes.ts";
import { findProgram, programPath } from "../packages/smpp/test/harness/outside-program.ts";

const START_TIMEOUT_MS = 15_000;
const RETRY_MS = 50;

export interface KannelOptions {
  readonly folder: string;
  readonly smscPort: number;
  /** `spool`: a file for each message, without fsync; `none`: memory alone. */
  readonly store: "none" | "spool";
  /** submit_sm without an answer. */
  readonly pendingMax: number;
}

export interface Kannel {
  readonly url: string;
  /** Of both processes. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
}

/** Its version, or null where it is not installed. As root, Debian's package is installed. */
export function findKannel(mayInstall: boolean): string | null {
  const found = version();
  if (found !== null || !mayInstall || process.getuid?.() !== 0) return found;
  spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "kannel"], { stdio: ["ignore", 2, 2] });
  return version();
}

function version(): string | null {
  const program = findProgram("bearerbox");
  if (program === null) return null;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return /Kannel bearerbox version `([^']+)'/.exec(stdout)?.[1] ?? null;
}

/** Its user and password are `bench`. */
export async function startKannel(options: KannelOptions): Promise<Kannel> {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const [adminPort, smsboxPort, httpPort] = ports;
  const file = join(options.folder, "kannel.conf");
  mkdirSync(join(options.folder, "spool"));
  writeFileSync(file, configurationOf(options, adminPort, smsboxPort, httpPort));
  const children: ChildProcess[] = [];
  const run = async (program: string, port: number) => {
    const child = spawn(programPath(program), ["-v", "4", file], { stdio: "ignore" });
    children.push(child);
    await waitForPort(port, child);
  };
  const stop = async () => {
    for (const child of children.toReversed()) await endBox(child);
  };
  try {
    await run("bearerbox", smsboxPort);
    await run("smsbox", httpPort);
  } catch (error) {
    // One that runs would outlive the comparison.
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${httpPort}`, pids: children.map(({ pid }) => pid ?? 0), stop };
}

function configurationOf(
  { folder, smscPort, store, pendingMax }: KannelOptions,
  admin: number,
  boxes: number,
  sendsms: number,
): string {
  const stores = store === "none" ? {} : { "store-type": "spool", "store-location": join(folder, "spool") };
  const setup = {
    ports: { admin, boxes, sendsms },
    adminPassword: "bench",
    smsc: { id: "bench", port: smscPort, systemId: "bench", password: "bench" },
    pendingMax,
    user: { name: "bench", password: "bench" },
  };
  return kannelText(
    kannelGroups(setup, {
      core: {
        "box-allow-ip": "127.0.0.1",
        "sms-incoming-queue-limit": 1_000_000,
        "sms-outgoing-queue-limit": 1_000_000,
        ...stores,
      },
      smsc: {},
      smsbox: { "http-timeout": 60 },
      service: { text: "" },
    }),
  );
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Until somebody listens. @throws when the process ended, or takes too long */
export async function waitForPort(port: number, child: ChildProcess) {
  const endsAt = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < endsAt && child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await setTimeout(RETRY_MS);
  }
  child.kill();
  throw new Error(`${child.spawnfile} does not listen on port ${port}`);
}
