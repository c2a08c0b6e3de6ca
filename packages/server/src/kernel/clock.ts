/** Time is injected everywhere, so that the pipeline's tests run on a clock of their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. May jump in both directions: the machine's clock is corrected while we run. */
  now(): number;
  /** Calls `run` once after `delayMs`; the timer never keeps the process alive by itself. */
  after(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Node's timers hold 31 bits; a longer delay would fire at once. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, Math.min(Math.max(delayMs, 0), TIMER_DELAY_MS_MAX));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs` on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
