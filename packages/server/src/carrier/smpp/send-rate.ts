/**
 * How fast a carrier is sent to that says no more than "too much" (ESME_RTHROTTLED, ESME_RMSGQFUL). Pure: time comes in
 * with every call, in milliseconds that never go back.
 *
 * Nothing is limited until the first refusal. From then on parts leave at a rate, and the rate is measured: whatever way a
 * carrier counts, between two refusals it has taken what it allows, so what it took divided by the time between them is
 * its limit. The rate starts a little below, grows slowly past it, and the next refusal measures again: one part in a few
 * hundred is refused, and none of the throughput is left lying.
 */

/** What it took in so much time is its rate where nothing better is known. */
const RECENT_MS = 1_000;
const RECENT_SLOTS = 10;
/** A shorter time between two refusals says too little. */
const MEASURE_MS_MIN = 1_000;
const START_SHARE = 0.985;
const GROWTH_PER_SECOND = 0.004;
/** After so long without a refusal the limit must be another one, and the rate grows faster. */
const STEADY_MS = 10_000;
const FAST_GROWTH = 1.1;
/** Until the first measurement nothing is known but that less was too much in one burst. */
const SEARCH_GROWTH = 4;
const SHORT_CUT = 0.9;
const NEAR_CUT = 0.97;
const GROWN_SHARE = 0.97;
/** A carrier that refuses the same share at any rate does not do so because of the rate, and slowness is in vain. */
const VAIN_MAX = 3;
const VAIN_GROWTH = 1.5;
/** The least that carriers allow, as for a number that is somebody's own. */
const RATE_MIN = 1;
/** Parts that may leave together: what a timer that is late has missed. */
const BURST_MS = 50;
const BURST_MIN = 2.5;
/** A carrier that takes nothing at all is asked less and less often. */
const PAUSE_BASE_MS = 100;
const PAUSE_MAX_MS = 10_000;
/** A limit that was not met for so long is forgotten. */
const FORGET_MS = 600_000;
/** congestion_state (SMPP 5.0 §4.8.4.18), in per cent: from here on do not grow; from there on brake, once a second. */
const CONGESTION_HOLD = 80;
const CONGESTION_BRAKE = 90;
const BRAKE_SHARE = 0.8;
const HOLD_MS = 2_000;
/** So long after it was last busy the rate grows by so much in a second: what we sent then was no measure of it. */
const RECOVER_AFTER_MS = 2_000;
const RECOVER_GROWTH = 1.5;

interface Anchor {
  readonly at: number;
  readonly taken: number;
}

export class SendRate {
  /** Of the last measurement; null: no limit. */
  #base: number | null = null;
  #baseAt = 0;
  #isSearching = false;
  /** The rate is not what it was measured to take, but what it was left while it was busy. */
  #isBraked = false;
  /** Measurements in a row by which it took a good deal less than it was sent. */
  #vain = 0;
  #tokens = 0;
  #tokensAt = 0;
  #pauseUntil = 0;
  #cutAt = 0;
  #brakedAt = Number.NEGATIVE_INFINITY;
  /** The rate that is not to grow while the carrier says that it is busy. */
  #heldRate = 0;
  #heldAt = Number.NEGATIVE_INFINITY;
  /** Refusals since it last took something, without those that were under way together. */
  #refusedInRow = 0;
  #taken = 0;
  /** When it last refused, and what it had taken until then; null where it was sent less than it would take since. */
  #anchor: Anchor | null = null;
  readonly #slots: number[] = Array.from({ length: RECENT_SLOTS }, () => 0);
  #slot = 0;
  /** Grows with each refusal that counted: what left before it says nothing about the new rate. */
  epoch = 0;

  /** Parts a second that leave now; null: as many as there are. */
  perSecond(now: number): number | null {
    if (this.#base === null) return null;
    const seconds = Math.max(0, now - this.#baseAt) / 1000;
    if (this.#isSearching) return this.#base * SEARCH_GROWTH ** seconds;
    if (this.#isBraked) return this.#base * RECOVER_GROWTH ** Math.max(0, seconds - RECOVER_AFTER_MS / 1000);
    const slow = START_SHARE + GROWTH_PER_SECOND * Math.min(seconds, STEADY_MS / 1000);
    return this.#base * slow * FAST_GROWTH ** Math.max(0, seconds - STEADY_MS / 1000);
  }

  /** Whether nothing leaves for want of the carrier's permission. */
  isPaused(now: number): boolean {
    return this.#refusedInRow > 0 && now < this.#pauseUntil;
  }

  /** Takes the place of one part, if it may leave now. */
  take(now: number): boolean {
    if (now < this.#pauseUntil) return false;
    this.#refill(now);
    if (this.#base === null) return true;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until `take` is worth trying again. */
  waitMs(now: number): number {
    const pauseMs = Math.max(0, this.#pauseUntil - now);
    const rate = this.perSecond(now);
    if (rate === null) return pauseMs;
    return Math.max(pauseMs, Math.ceil(((1 - this.#tokens) / rate) * 1000));
  }

  /** The carrier took a part. */
  accepted(now: number) {
    this.#turnSlots(now);
    this.#slots[this.#slot % RECENT_SLOTS] = (this.#slots[this.#slot % RECENT_SLOTS] ?? 0) + 1;
    this.#taken += 1;
    this.#refusedInRow = 0;
  }

  /**
   * It refused a part because there were too many.
   *
   * @param epoch as it was when the part left
   * @returns whether the rate is another one now
   */
  refused(epoch: number, now: number): boolean {
    if (epoch !== this.epoch) return false;
    this.epoch += 1;
    this.#refusedInRow += 1;
    this.#cutAt = now;
    if (this.#refusedInRow > 1) {
      const pauseMs = Math.min(PAUSE_MAX_MS, PAUSE_BASE_MS * 2 ** Math.min(this.#refusedInRow - 2, 30));
      this.#pauseUntil = now + pauseMs;
      this.#restart(this.#base ?? RATE_MIN, now);
      // It takes less than it did, or nothing for a while: that must not be averaged with what it took before.
      if (pauseMs > MEASURE_MS_MIN) this.#anchor = null;
      return false;
    }
    const { anchor, rate } = this.#measure(now);
    this.#anchor = anchor;
    this.#restart(rate, now);
    this.#pauseUntil = now + Math.min(PAUSE_MAX_MS, 1000 / rate);
    return true;
  }

  /** What the carrier says of its load in an answer. */
  congested(percent: number, now: number) {
    const rate = this.perSecond(now);
    if (percent >= CONGESTION_BRAKE && now - this.#brakedAt >= 1_000) {
      this.#brakedAt = now;
      this.#isSearching = false;
      this.#restart(Math.max(RATE_MIN, Math.min(rate ?? Infinity, this.#recentPerSecond(now)) * BRAKE_SHARE), now);
      this.#isBraked = true;
      this.#anchor = null;
    } else if (percent >= CONGESTION_HOLD && rate !== null) {
      this.#isSearching = false;
      if (now - this.#heldAt >= HOLD_MS) this.#heldRate = rate;
      this.#heldAt = now;
      this.#base = Math.min(rate, this.#heldRate) / (this.#isBraked ? 1 : START_SHARE);
      this.#baseAt = now;
    }
  }

  #measure(now: number): { readonly anchor: Anchor; readonly rate: number } {
    const here = { at: now, taken: this.#taken };
    const current = this.perSecond(now);
    const recent = this.#recentPerSecond(now);
    const anchor = this.#anchor;
    if (current === null) {
      this.#isSearching = true;
      return { anchor: here, rate: Math.max(RATE_MIN, recent) };
    }
    const wasSearching = this.#isSearching;
    this.#isSearching = false;
    if (anchor === null) return { anchor: here, rate: Math.max(RATE_MIN, Math.min(current * SHORT_CUT, recent)) };
    const elapsedMs = now - anchor.at;
    if (elapsedMs < MEASURE_MS_MIN) {
      if (this.#vain >= VAIN_MAX) return { anchor, rate: current };
      const isNear = !wasSearching && recent > current * SHORT_CUT;
      return { anchor, rate: Math.max(RATE_MIN, current * (isNear ? NEAR_CUT : SHORT_CUT)) };
    }
    const measured = ((this.#taken - anchor.taken) / elapsedMs) * 1000;
    this.#vain = !wasSearching && measured < current * SHORT_CUT ? this.#vain + 1 : 0;
    if (this.#vain >= VAIN_MAX) return { anchor: here, rate: current * VAIN_GROWTH };
    // Where the rate had a long way to grow, what was taken on the way is less than what would have been.
    const hasGrown = wasSearching || elapsedMs > STEADY_MS;
    const rate = hasGrown ? Math.max(measured, Math.min(current, recent) * GROWN_SHARE) : measured;
    return { anchor: here, rate: Math.max(RATE_MIN, rate) };
  }

  #restart(rate: number, now: number) {
    this.#isBraked = false;
    this.#base = rate;
    this.#baseAt = now;
    this.#tokens = 0;
    this.#tokensAt = now;
  }

  #refill(now: number) {
    const rate = this.perSecond(now);
    if (rate === null) return;
    if (now - this.#cutAt >= FORGET_MS) {
      this.#base = null;
      this.#anchor = null;
      return;
    }
    const burst = this.#refusedInRow > 1 ? 1 : Math.max(BURST_MIN, (rate * BURST_MS) / 1000);
    const tokens = this.#tokens + ((now - this.#tokensAt) * rate) / 1000;
    this.#tokensAt = now;
    this.#tokens = Math.min(burst, tokens);
    const unusedMs = ((tokens - this.#tokens) / rate) * 1000;
    if (unusedMs <= BURST_MS) return;
    // Less was sent than might have been: what the carrier took since then is not what it would have taken.
    this.#baseAt = Math.min(now, this.#baseAt + unusedMs);
    this.#anchor = null;
  }

  #turnSlots(now: number) {
    const slot = Math.floor((now * RECENT_SLOTS) / RECENT_MS);
    const turns = Math.min(RECENT_SLOTS, slot - this.#slot);
    for (let turn = 1; turn <= turns; turn += 1) this.#slots[(slot - turns + turn) % RECENT_SLOTS] = 0;
    this.#slot = slot;
  }

  #recentPerSecond(now: number): number {
    this.#turnSlots(now);
    return (this.#slots.reduce((sum, count) => sum + count, 0) * 1000) / RECENT_MS;
  }
}
