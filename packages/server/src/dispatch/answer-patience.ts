import type { Clock } from "../kernel/clock.ts";

/** Answers by which it is judged whether waiting pays. */
const SAMPLE = 256;
/** Of them so many must have been taken along. A wait costs nothing but its time, so a part is enough. */
const TAKEN_SHARE_MIN = 0.25;
/** A carrier with which it did not pay may have become faster. */
const TRY_AGAIN_MS = 5_000;

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
    if (answers < SAMPLE) return;
    if (this.#taken < answers * TAKEN_SHARE_MIN) {
      this.#isPatient = false;
      this.#clock.after(TRY_AGAIN_MS, () => {
        this.#isPatient = true;
      });
    }
    this.#taken = 0;
    this.#missed = 0;
  }
}
