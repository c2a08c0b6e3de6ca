/** Time is injected, so that a day's customer service window costs a test nothing. */
export interface EmulatorClock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls `run` once after `delayMs`. */
  after(delayMs: number, run: () => void): { cancel(): void };
}

export const systemClock: EmulatorClock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** As `clock.after`, but at once where there is nothing to wait for: a clock that stands still stops no such thing. */
export function runAfter(clock: EmulatorClock, delayMs: number, run: () => void): void {
  if (delayMs > 0) clock.after(delayMs, run);
  else setImmediate(run);
}

export const seconds = (ms: number): string => String(Math.floor(ms / 1000));
