/**
 * Whether a carrier should serve, judged from what it answers. Pure: time comes in with every call.
 *
 *   up ──▶ down       it has taken nothing for `downAfterMs`
 *      ──▶ throttled  too many of its answers said that we send too much
 *      ──▶ failing    too many were temporary refusals, or were lost
 *      ──▶ slow       its answers take too long, or one is missing for too long
 *   down | throttled | failing | slow ──▶ probing   after a pause, when it takes messages again
 *   probing ──▶ up         all of a probe's answers were good
 *           ──▶ the state that fits, with twice the pause, when one was not
 *
 * So a carrier that comes and goes is left alone for longer and longer, and one that is well again gets a few messages
 * before it gets all. A refusal for good is no fault of the carrier's: it is about one message.
 */
export type HealthState = "up" | "down" | "throttled" | "failing" | "slow" | "probing";

export interface HealthLimits {
  readonly windowMs: number;
  readonly answersMin: number;
  readonly failureRateMax: number;
  readonly throttledRateMax: number;
  readonly answerMaxMs: number;
  readonly downAfterMs: number;
  readonly probeAfterMs: number;
  readonly probeAfterMaxMs: number;
  readonly probeSize: number;
}

/** What came back from one submission. */
export interface AnswerCounts {
  readonly good: number;
  readonly throttled: number;
  /** Temporary refusals and lost answers. */
  readonly failed: number;
  /**
   * Handed back without having left: no answers, so they count for nothing here. A carrier that cannot be reached says so
   * by having no room, and is down after its time.
   */
  readonly unsent: number;
  /** Mean of the answers. */
  readonly answerMs: number;
}

export interface Observation {
  /** The carrier's own word: 0 while it takes nothing. */
  readonly capacity: number;
  /** Since when the oldest submission without an answer waits; null: there is none. */
  readonly oldestSubmittedAt: number | null;
}

export interface HealthFigures {
  readonly state: HealthState;
  readonly since: number;
  /** Over the window. */
  readonly answers: number;
  readonly failureRate: number;
  readonly throttledRate: number;
  readonly answerMeanMs: number;
}

/** The window moves in steps of a tenth of itself. */
const SLOTS = 10;
const DOUBLINGS_MAX = 30;

interface Slot {
  good: number;
  throttled: number;
  failed: number;
  /** Milliseconds, times answers. */
  answerMs: number;
}

export class CarrierHealth {
  #limits: HealthLimits;
  #state: HealthState = "up";
  #since: number;
  #slots: Slot[] = [];
  /** The number of the window's step that the last slot stands for. */
  #step = 0;
  /** When it last took something. */
  #tookAt: number;
  /** Times in a row that it was passed over. */
  #trips = 0;
  #probed = 0;

  constructor(limits: HealthLimits, now: number) {
    this.#limits = limits;
    this.#since = now;
    this.#tookAt = now;
  }

  get state(): HealthState {
    return this.#state;
  }

  /** Messages of a probe. */
  get probeSize(): number {
    return this.#limits.probeSize;
  }

  /** New limits hold from the next answer on. */
  setLimits(limits: HealthLimits) {
    if (limits.windowMs !== this.#limits.windowMs) this.#slots = [];
    this.#limits = limits;
  }

  /** True when the state is another one now. */
  answered(counts: AnswerCounts, now: number): boolean {
    const slot = this.#slotAt(now);
    const count = counts.good + counts.throttled + counts.failed;
    slot.good += counts.good;
    slot.throttled += counts.throttled;
    slot.failed += counts.failed;
    slot.answerMs += counts.answerMs * count;
    if (this.#state === "up") {
      const fault = this.#faultOfWindow();
      return fault !== null && this.#become(fault, now);
    }
    if (this.#state !== "probing" || count === 0) return false;
    const fault = this.#faultOfProbe(counts);
    if (fault !== null) return this.#become(fault, now);
    this.#probed += counts.good;
    return this.#probed >= this.#limits.probeSize && this.#become("up", now);
  }

  /** What time alone changes; called now and then. True when the state is another one now. */
  observe({ capacity, oldestSubmittedAt }: Observation, now: number): boolean {
    this.#followClock(now);
    if (capacity > 0) this.#tookAt = now;
    const { downAfterMs, answerMaxMs, probeAfterMaxMs } = this.#limits;
    const isDown = capacity <= 0 && now - this.#tookAt >= downAfterMs;
    const isSlow = oldestSubmittedAt !== null && now - oldestSubmittedAt >= answerMaxMs;
    if (this.#state === "up") {
      if (now - this.#since >= probeAfterMaxMs) this.#trips = 0;
      return isDown ? this.#become("down", now) : isSlow && this.#become("slow", now);
    }
    if (this.#state === "probing") {
      if (isDown) return this.#become("down", now);
      // What was handed over before the probe does not count against it.
      return isSlow && oldestSubmittedAt >= this.#since && this.#become("slow", now);
    }
    return capacity > 0 && now - this.#since >= this.#pauseMs() && this.#become("probing", now);
  }

  figures(now: number): HealthFigures {
    this.#slotAt(now);
    const { good, throttled, failed, answerMs } = this.#sum();
    const answers = good + throttled + failed;
    const rate = (part: number) => (answers === 0 ? 0 : part / answers);
    return {
      state: this.#state,
      since: this.#since,
      answers,
      failureRate: rate(failed),
      throttledRate: rate(throttled),
      answerMeanMs: rate(answerMs),
    };
  }

  #pauseMs(): number {
    const { probeAfterMs, probeAfterMaxMs } = this.#limits;
    return Math.min(probeAfterMaxMs, probeAfterMs * 2 ** Math.min(Math.max(this.#trips - 1, 0), DOUBLINGS_MAX));
  }

  #become(state: HealthState, now: number): boolean {
    if (state === "up" || state === "probing") this.#probed = 0;
    else this.#trips += 1;
    // What it did before it was passed over says nothing about how it is when it comes back.
    if (state === "up") this.#slots = [];
    this.#state = state;
    this.#since = now;
    return true;
  }

  #faultOfWindow(): HealthState | null {
    const { answersMin, failureRateMax, throttledRateMax, answerMaxMs } = this.#limits;
    const { good, throttled, failed, answerMs } = this.#sum();
    const answers = good + throttled + failed;
    if (answers < answersMin) return null;
    if (failed / answers >= failureRateMax) return "failing";
    if (throttled / answers >= throttledRateMax) return "throttled";
    return answerMs / answers >= answerMaxMs ? "slow" : null;
  }

  #faultOfProbe({ throttled, failed, answerMs }: AnswerCounts): HealthState | null {
    if (failed > 0) return "failing";
    if (throttled > 0) return "throttled";
    return answerMs >= this.#limits.answerMaxMs ? "slow" : null;
  }

  #sum(): Slot {
    const sum = { good: 0, throttled: 0, failed: 0, answerMs: 0 };
    for (const slot of this.#slots) {
      sum.good += slot.good;
      sum.throttled += slot.throttled;
      sum.failed += slot.failed;
      sum.answerMs += slot.answerMs;
    }
    return sum;
  }

  #slotAt(now: number): Slot {
    const step = Math.floor(now / (this.#limits.windowMs / SLOTS));
    const passed = step - this.#step;
    // A clock that was set back or far ahead makes the window meaningless.
    if (passed < 0 || passed >= SLOTS) this.#slots = [];
    else for (let gone = 0; gone < passed && this.#slots.length > 0; gone += 1) this.#slots.push(emptySlot());
    this.#step = step;
    if (this.#slots.length === 0) this.#slots.push(emptySlot());
    if (this.#slots.length > SLOTS) this.#slots.splice(0, this.#slots.length - SLOTS);
    return this.#slots.at(-1) as Slot;
  }

  /** Set back, it would make every pause longer by as much. */
  #followClock(now: number) {
    this.#since = Math.min(this.#since, now);
    this.#tookAt = Math.min(this.#tookAt, now);
  }
}

const emptySlot = (): Slot => ({ good: 0, throttled: 0, failed: 0, answerMs: 0 });
