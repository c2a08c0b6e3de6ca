import type { Clock } from "../kernel/clock.ts";

/** It is judged by so many answers at least, and beyond the most the older ones count half: one stall is no habit. */
const SAMPLE_MIN = 1_000;
const SAMPLE_MAX = 4_000;
/** Of them so many must have been taken along. A wait costs nothing but its time, so a small part is enough. */
const TAKEN_SHARE_MIN = 1 / 8;
/** It is tried again after this, and ever more rarely as long as it does not pay. */
export const TRY_AGAIN_MIN_MS = 500;
export const TRY_AGAIN_MAX_MS = 64_000;

/**
 * Whether a carrier's receipts come soon enough to be waited for, as its last answers show. Where they come after
 * seconds, or never, nothing is gained by keeping answers off the disk.
 */
export class AnswerPatience {
  readonly #clock: Clock;
  #isPatient = true;
  #isEnded = false;
  #taken = 0;
  #missed = 0;
  #pauseMs = TRY_AGAIN_MIN_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isPatient(): boolean {
    return this.#isPatient && !this.#isEnded;
  }

  /** Nothing is waited for any more. */
  end() {
    this.#isEnded = true;
  }

  /** A receipt has taken an answer along. */
  taken() {
    if (!this.isPatient) return;
    this.#taken += 1;
    this.#judge();
  }

  /** So many have waited in vain. */
  missed(count: number) {
    if (!this.isPatient) return;
    this.#missed += count;
    this.#judge();
  }

  #judge() {
    const answers = this.#taken + this.#missed;
    if (answers < SAMPLE_MIN) return;
    if (this.#taken < answers * TAKEN_SHARE_MIN) {
      this.#pause();
      return;
    }
    this.#pauseMs = TRY_AGAIN_MIN_MS;
    if (answers < SAMPLE_MAX) return;
    this.#taken /= 2;
    this.#missed /= 2;
  }

  #pause() {
    this.#isPatient = false;
    this.#taken = 0;
    this.#missed = 0;
    this.#clock.after(this.#pauseMs, () => {
      this.#isPatient = true;
    });
    this.#pauseMs = Math.min(TRY_AGAIN_MAX_MS, 2 * this.#pauseMs);
  }
}
