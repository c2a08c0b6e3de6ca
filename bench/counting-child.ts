import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { HARNESS_OPTIONS } from "./generate.ts";

const POLL_MS = 20;
/** Nothing came for so long: it will not come any more. */
const STALLED_MS = 30_000;

/** A program of this folder, in a process of its own, that says how much it has seen. */
export class CountingChild {
  readonly #child: ChildProcess;
  readonly #count: (answer: unknown) => number;

  private constructor(child: ChildProcess, count: (answer: unknown) => number) {
    this.#child = child;
    this.#count = count;
  }

  /** @returns the child and the line of JSON that it begins with */
  static async start<Line>(
    file: string,
    count: (answer: unknown) => number,
    args: readonly string[] = [],
  ): Promise<[CountingChild, Line]> {
    const child = fork(join(import.meta.dirname, file), args, {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      execArgv: [...process.execArgv, ...HARNESS_OPTIONS],
    });
    const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, "data")) as [Buffer];
    return [new CountingChild(child, count), JSON.parse(line.toString("utf8")) as Line];
  }

  get pid(): number {
    return this.#child.pid ?? 0;
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
