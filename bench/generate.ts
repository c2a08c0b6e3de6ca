import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadAnswer, LoadPlan, LoadResult } from "./load.ts";

/**
 * What Node is given that only measures: it throws nearly everything away, so that fewer collections cost less, and
 * threads that help with them would do so on the cores of the gateway.
 */
export const HARNESS_OPTIONS: readonly string[] = ["--single-threaded-gc", "--min-semi-space-size=16"];

/** load.ts in a process of its own, which is warm after its first run as the gateway is. */
export class LoadGenerator {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, "load.ts"), [], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: [...process.execArgv, ...HARNESS_OPTIONS],
  });

  /** Generates the load to its end. @throws when a request failed, and then it is of no more use */
  async run(plan: LoadPlan): Promise<LoadResult> {
    const ending = new AbortController();
    const ended = once(this.#child, "exit", { signal: ending.signal }).then(() => null);
    const answer = once(this.#child, "message", { signal: ending.signal }).then(([message]) => message as LoadAnswer);
    this.#child.send(plan);
    const message = await Promise.race([answer, ended]);
    ending.abort();
    await Promise.allSettled([answer, ended]);
    if (message === null) throw new Error("the load generator ended before its time");
    if ("error" in message) throw new Error(message.error);
    const { result } = message;
    if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests failed`);
    return result;
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}

/** One run alone. @throws when a request failed */
export async function generate(plan: LoadPlan): Promise<LoadResult> {
  const generator = new LoadGenerator();
  try {
    return await generator.run(plan);
  } finally {
    await generator.stop();
  }
}
