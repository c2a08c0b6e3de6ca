import type { Clock, Timer } from "../../src/kernel/clock.ts";

/** Turns of the event loop that promises get to settle. */
const TURNS_TO_SETTLE = 3;

interface FakeTimer {
  /** On the time that has been advanced, which jumps do not touch. */
  readonly dueAt: number;
  readonly run: () => void;
}

/** Some Tuesday noon (UTC). */
export const FAKE_START_MS = Date.UTC(2026, 2, 10, 12);

/** A clock that stands still until it is told otherwise. Timers run inside `advance`, in the order in which they are due. */
export class FakeClock implements Clock {
  readonly #timers = new Set<FakeTimer>();
  #elapsedMs = 0;
  #offsetMs: number;

  constructor(startMs = FAKE_START_MS) {
    this.#offsetMs = startMs;
  }

  now(): number {
    return this.#offsetMs + this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { dueAt: this.#elapsedMs + Math.max(delayMs, 0), run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Lets `ms` go by. A timer sees the time at which it was due, also when it was started by another one meanwhile. */
  advance(ms: number) {
    const end = this.#elapsedMs + ms;
    for (let next = this.#firstUntil(end); next !== null; next = this.#firstUntil(end)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueAt);
      next.run();
    }
    this.#elapsedMs = end;
  }

  /** As `advance`, and what waits for promises goes on before the first timer and after each. */
  async advanceAndSettle(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms;
    await settle();
    for (let next = this.#firstUntil(end); next !== null; next = this.#firstUntil(end)) {
      this.advance(Math.max(next.dueAt - this.#elapsedMs, 0));
      await settle();
    }
    this.advance(end - this.#elapsedMs);
  }

  /** Sets what `now` says. No timer fires sooner or later for it. */
  set(nowMs: number) {
    this.#offsetMs = nowMs - this.#elapsedMs;
  }

  /** Somebody corrects the clock: another time at once, and the timers go on as if nothing had happened. */
  jump(ms: number) {
    this.#offsetMs += ms;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  #firstUntil(end: number): FakeTimer | null {
    let first: FakeTimer | null = null;
    for (const timer of this.#timers) {
      if (timer.dueAt <= end && (first === null || timer.dueAt < first.dueAt)) first = timer;
    }
    return first;
  }
}

/** Lets everything go on that waits for promises and immediates only. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
