/** Time is injected, so that tests run on a clock of their own. Only delays are asked for: the time of day may jump. */
export interface SmppClock {
  /** Calls `run` once after `delayMs`. */
  after(delayMs: number, run: () => void): { cancel(): void };
}

export const systemClock: SmppClock = {
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

const TICK_MS = 250;

/**
 * One coarse timer for any number of sessions. Deadlines of SMPP are seconds, so a session compares a few numbers at
 * every tick instead of starting and stopping a timer for every request.
 *
 * Ticks are counted and not measured: after a pause of the whole process, answers that wait in the socket are read
 * before their requests are given up.
 */
export class Ticker {
  readonly #clock: SmppClock;
  readonly #members = new Set<() => void>();
  #timer: { cancel(): void } | null = null;
  readonly tickMs: number;
  tick = 0;

  constructor(clock: SmppClock = systemClock, tickMs: number = TICK_MS) {
    this.#clock = clock;
    this.tickMs = tickMs;
  }

  /** So many ticks are never less than `delayMs`, wherever between two ticks they begin. */
  ticksOf(delayMs: number): number {
    return Math.ceil(delayMs / this.tickMs) + 1;
  }

  add(onTick: () => void): void {
    this.#members.add(onTick);
    this.#timer ??= this.#clock.after(this.tickMs, this.#run);
  }

  /** Runs `run` once, so many ticks from now. Returns how to call it off. */
  once(ticks: number, run: () => void): () => void {
    let left = ticks;
    const onTick = (): void => {
      left -= 1;
      if (left > 0) return;
      this.remove(onTick);
      run();
    };
    this.add(onTick);
    return () => this.remove(onTick);
  }

  remove(onTick: () => void): void {
    this.#members.delete(onTick);
    if (this.#members.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  readonly #run = (): void => {
    this.tick += 1;
    this.#timer = this.#clock.after(this.tickMs, this.#run);
    for (const onTick of this.#members) onTick();
  };
}

/** For all sessions that are given no other; it runs only while there are some. */
export const systemTicker = new Ticker();
