import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface ChildSettings {
  /** Settings by dotted path, as the command line takes them. */
  readonly flags: Readonly<Record<string, string | number | boolean>>;
  /** A configuration file, for what flags cannot name. */
  readonly configFile?: string;
  /** The server's clock is this far ahead of the machine's: leases and retries fall due without waiting for them. */
  readonly clockAheadMs?: number;
}

export type ChildLine = { readonly event: "starting" } | { readonly event: "ready"; readonly url: string };

export interface ChildUsage {
  /** User and system time of all threads since the start. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

const CHILD_FILE = join(import.meta.dirname, "serve-child.ts");
/** Of what the child wrote to standard error, for the message of a failure. */
const STDERR_CHARACTERS_MAX = 4_000;

/** A server in another process, which can be killed at any moment. */
export class ServerProcess {
  readonly #child: ChildProcess;
  /** Resolves when this file's code runs in the child: from then on the data folder may be open. */
  readonly starting: Promise<void>;
  /** Resolves with the URL; rejects when the process ends before it listens. */
  readonly ready: Promise<string>;
  /** Resolves when the process is gone, with its signal or exit code. */
  readonly ended: Promise<string>;
  readonly startedAtMs = performance.now();
  readyAfterMs: number | null = null;
  #stderr = "";

  constructor(settings: ChildSettings, nodeOptions: readonly string[] = []) {
    this.#child = fork(CHILD_FILE, [JSON.stringify(settings)], {
      execArgv: [...nodeOptions],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS_MAX);
    });
    // Not "exit": what the process wrote last must have been read, too.
    this.ended = once(this.#child, "close").then(([code, signal]) => String(signal ?? code));
    const lines = this.#readLines();
    this.starting = lines.starting;
    this.ready = lines.ready;
    // Whoever kills a process that is not ready yet does not wait for it to be.
    this.ready.catch(() => undefined);
    this.starting.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @returns "SIGKILL", or how it had ended before */
  async kill(): Promise<string> {
    this.#child.kill("SIGKILL");
    return await this.ended;
  }

  /** @returns "0" when it stopped as it should */
  async stop(): Promise<string> {
    this.#child.kill("SIGTERM");
    return await this.ended;
  }

  async usage(): Promise<ChildUsage> {
    const answer = once(this.#child, "message");
    this.#child.send("usage");
    const [usage] = await answer;
    return usage as ChildUsage;
  }

  /** Resident memory now and at its highest, in bytes; null where the system has no /proc. */
  memory(): { readonly rssBytes: number; readonly peakBytes: number } | null {
    if (process.platform !== "linux") return null;
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
    return { rssBytes: bytesOf("VmRSS"), peakBytes: bytesOf("VmHWM") };
  }

  #readLines() {
    const starting = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<string>();
    const stdout = this.#child.stdout;
    if (stdout === null) throw new Error("the child has no standard output");
    createInterface({ input: stdout }).on("line", (text) => {
      const line = JSON.parse(text) as ChildLine;
      if (line.event === "starting") starting.resolve();
      else {
        this.readyAfterMs = performance.now() - this.startedAtMs;
        ready.resolve(line.url);
      }
    });
    void this.ended.then((how) => {
      const error = new Error(`the server ended (${how}) before it was ready: ${this.#stderr}`);
      starting.reject(error);
      ready.reject(error);
    });
    return { starting: starting.promise, ready: ready.promise };
  }
}
