import type { EmulatorClock } from "../../src/clock.ts";

/** Some Tuesday noon (UTC). */
export const START_MS = Date.UTC(2026, 2, 10, 12);

/** Stands still until it is told otherwise. */
export class FakeClock implements EmulatorClock {
  readonly #timers = new Set<{ readonly dueMs: number; readonly run: () => void }>();
  #nowMs = START_MS;

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** When the next timer is due, after now; null: there is none. */
  get nextMs(): number | null {
    return this.#timers.size === 0 ? null : Math.min(...[...this.#timers].map(({ dueMs }) => dueMs)) - this.#nowMs;
  }

  /** Timers run in the order in which they are due, also those that are started meanwhile. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs);
      const first = due.reduce<(typeof due)[number] | null>(
        (best, timer) => (best === null || timer.dueMs < best.dueMs ? timer : best),
        null,
      );
      if (first === null) break;
      this.#timers.delete(first);
      this.#nowMs = Math.max(this.#nowMs, first.dueMs);
      first.run();
    }
    this.#nowMs = endMs;
  }
}
