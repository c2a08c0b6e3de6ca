import type { Clock } from "../../kernel/clock.ts";

/** A longer gap is a clock that was set, or a process that stood still: neither has earned a carrier's throughput. */
const STEP_MS_MAX = 1_000;

/** Milliseconds that never go back and never jump, made of a clock that may do both. */
export class SteadyTime {
  readonly #clock: Clock;
  #last: number;
  #elapsedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  now(): number {
    const now = this.#clock.now();
    const stepMs = now - this.#last;
    this.#last = now;
    if (stepMs > 0) this.#elapsedMs += Math.min(stepMs, STEP_MS_MAX);
    return this.#elapsedMs;
  }
}
