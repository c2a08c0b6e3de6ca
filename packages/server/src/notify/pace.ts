import { type Clock, sleep } from "../kernel/clock.ts";

/** Receivers whose last call is remembered at most. */
const REMEMBERED_MAX = 10_000;

/** Keeps calls to a receiver apart, so that there are at most so many a second. */
export class Pace {
  readonly #clock: Clock;
  readonly #nextAt = new Map<string, number>();
  readonly #stopped: Promise<void>;
  #stop: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** Waits for the receiver's next turn. False, at once: it would come only after `limitAt`, and is not taken. */
  async turn(origin: string, ratePerSecond: number, limitAt: number): Promise<boolean> {
    const now = this.#clock.now();
    const at = Math.max(this.#nextAt.get(origin) ?? 0, now);
    if (at > limitAt) return false;
    this.#nextAt.delete(origin);
    this.#nextAt.set(origin, at + 1000 / ratePerSecond);
    const [oldest] = this.#nextAt.keys();
    if (this.#nextAt.size > REMEMBERED_MAX && oldest !== undefined) this.#nextAt.delete(oldest);
    if (at > now) await Promise.race([sleep(this.#clock, at - now), this.#stopped]);
    return true;
  }

  /** Nobody waits any more. */
  stop() {
    this.#stop();
  }
}
