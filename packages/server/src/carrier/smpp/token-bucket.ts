/** What a timer that is late has missed may leave together. */
const BURST_MS = 50;
const BURST_MIN = 2.5;

/** So many a second and no more, evenly: the throughput that a carrier allows on a link. Time comes in with the calls. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(BURST_MIN, (perSecond * BURST_MS) / 1000);
    this.#tokens = 1;
    this.#at = now;
  }

  /** Milliseconds until one may leave; 0: now. */
  waitMs(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    // A hair less than one is one: sums of fractions are never exact.
    return this.#tokens > 0.999999 ? 0 : Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond);
  }

  take() {
    this.#tokens -= 1;
  }
}
