import type { SmppClock } from "../../src/session/ticker.ts";

/** Turns of the event loop in which streams and promises do what they can without time. */
const TURNS_TO_SETTLE = 6;

export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface FakeTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Stands still until it is told otherwise. */
export class FakeClock implements SmppClock {
  readonly #timers = new Set<FakeTimer>();
  #nowMs = 0;

  get timerCount(): number {
    return this.#timers.size;
  }

  /** As a time of day: from 2026-01-01 on. */
  nowMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Lets time go by, timer after timer; streams go on before and after. */
  async advance(ms: number): Promise<void> {
    await settle();
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = due.dueMs;
      due.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = endMs;
    await settle();
  }
}
