import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { runCli } from "../../src/cli/run-cli.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { atEnd, type Cleanup } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** As if both outputs were a terminal. */
  readonly isTty?: boolean;
  readonly signal?: AbortSignal;
}

/** A command in this process, with a terminal that keeps what it gets. */
export async function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const texts = { out: "", err: "" };
  const isTty = options.isTty === true;
  const terminal: Terminal = {
    out: (text) => void (texts.out += `${text}\n`),
    err: (text) => void (texts.err += `${text}\n`),
    draw: (text) => void (texts.err += text),
    isOutTty: isTty,
    isErrTty: isTty,
    hasOutColour: isTty,
    hasErrColour: isTty,
    columns: 80,
    readInput: async () => options.input ?? "",
  };
  const signal = options.signal ?? new AbortController().signal;
  const code = await runCli(args, { terminal, env: options.env ?? {}, stopSignal: () => signal });
  return { code, ...texts };
}

const CLI_FILE = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/** The program itself, in a process that does not outlive its test. */
export class CliProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  out = "";
  err = "";

  constructor(cleanup: Cleanup, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH = "" } = process.env;
    this.#child = spawn(process.execPath, [CLI_FILE, ...args], {
      env: { PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => void (this.out += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => void (this.err += text));
    this.#ended = once(this.#child, "close");
    atEnd(cleanup, async () => {
      this.#child.kill("SIGKILL");
      await this.#ended;
    });
  }

  untilOut(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`stdout has ${pattern}`, () => {
      const match = pattern.exec(this.out);
      if (match === null && this.#hasEnded) throw new Error(`it ended before: ${this.out}${this.err}`);
      return match;
    });
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  send(signal: NodeJS.Signals) {
    this.#child.kill(signal);
  }

  /** The exit status; null when a signal ended it. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}
