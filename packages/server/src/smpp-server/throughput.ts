import type { Clock } from "../kernel/clock.ts";
import { BURST_MIN } from "./limits.ts";

/** A token bucket: a second's worth may come at once. */
export class Throughput {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /** @param perSecond 0: no limit */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = Math.max(perSecond, BURST_MIN);
    this.#tokens = this.#burst;
    this.#at = clock.now();
  }

  /** All or nothing. More than the whole bucket is let through when it is full, and is owed. */
  take(count: number): boolean {
    if (this.#perSecond === 0) return true;
    const now = this.#clock.now();
    const elapsedMs = Math.max(now - this.#at, 0);
    this.#at = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    if (this.#tokens < Math.min(count, this.#burst)) return false;
    this.#tokens -= count;
    return true;
  }
}
