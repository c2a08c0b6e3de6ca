/**
 * How fast one number may send, and when it may not. Pure: time comes in with every call.
 *
 *   open ──▶ slowed    WhatsApp said that it sends too much: a pause, twice as long each time in a row
 *        ──▶ stopped   WhatsApp lets nothing of it through (its token, its account): tried again now and then
 *   slowed | stopped ──▶ open   after the pause
 *
 * A pair is this number and one user: WhatsApp counts those, too, and slows down that pair alone.
 */
import type { GraphError } from "./errors.ts";

/** WhatsApp gives back the room for one message to a pair about every six seconds (facts: Cloud API, 4.5). */
const PAIR_PAUSE_MS = 6_000;
const SLOW_PAUSE_MIN_MS = 1_000;
const SLOW_PAUSE_MAX_MS = 60_000;
const STOP_PAUSE_MS = 60_000;
/** Pairs that are remembered; beyond them the oldest are tried again early, and slowed down again. */
const PAIRS_MAX = 10_000;

/** Why nothing of it leaves now, and until when. */
export interface Pause {
  readonly until: number;
  readonly errorId: number;
  /** `stop`: it is the operator's to mend. */
  readonly kind: "slow" | "slow-pair" | "stop";
}

export class Pace {
  readonly #intervalMs: number;
  readonly #pairs = new Map<string, Pause>();
  #nextAt = 0;
  #pause: Pause | null = null;
  #slowPauseMs = SLOW_PAUSE_MIN_MS;

  constructor(messagesPerSecond: number) {
    this.#intervalMs = 1_000 / messagesPerSecond;
  }

  /** Of the number as a whole. */
  pauseOf(now: number): Pause | null {
    if (this.#pause !== null && (this.#pause.until <= now || this.#isLeftBehind(this.#pause, now))) this.#pause = null;
    return this.#pause;
  }

  /** Of the number, or of it and this user. */
  pauseFor(user: string, now: number): Pause | null {
    const pause = this.pauseOf(now);
    if (pause !== null) return pause;
    const pair = this.#pairs.get(user);
    if (pair === undefined) return null;
    if (pair.until > now && !this.#isLeftBehind(pair, now)) return pair;
    this.#pairs.delete(user);
    return null;
  }

  /** Takes the next place: how long to wait for it. */
  take(now: number): number {
    // A clock that was set back makes nobody wait for the time that it had shown.
    if (this.#nextAt - now > SLOW_PAUSE_MAX_MS) this.#nextAt = now;
    const at = Math.max(this.#nextAt, now);
    this.#nextAt = at + this.#intervalMs;
    return at - now;
  }

  succeeded() {
    this.#slowPauseMs = SLOW_PAUSE_MIN_MS;
  }

  /** Somebody may have mended what stopped it. Limits stay. */
  resume() {
    if (this.#pause?.kind === "stop") this.#pause = null;
  }

  /** What an error means for all that comes after it. */
  failed({ action, errorId }: GraphError, user: string, now: number): Pause | null {
    if (action === "slow-pair") return this.#slowPair(user, { until: now + PAIR_PAUSE_MS, errorId, kind: action });
    if (action !== "slow" && action !== "stop") return null;
    // Several that were under way meet the same limit: that is one reason to slow down.
    const running = this.pauseOf(now);
    if (running !== null) return running;
    const pauseMs = action === "stop" ? STOP_PAUSE_MS : this.#slowPauseMs;
    if (action === "slow") this.#slowPauseMs = Math.min(this.#slowPauseMs * 2, SLOW_PAUSE_MAX_MS);
    this.#pause = { until: now + pauseMs, errorId, kind: action };
    return this.#pause;
  }

  #slowPair(user: string, pause: Pause): Pause {
    this.#pairs.delete(user);
    this.#pairs.set(user, pause);
    const [oldest] = this.#pairs.keys();
    if (this.#pairs.size > PAIRS_MAX && oldest !== undefined) this.#pairs.delete(oldest);
    return pause;
  }

  /** The clock was set back: no pause is longer than pauses are. */
  #isLeftBehind({ until }: Pause, now: number): boolean {
    return until - now > Math.max(STOP_PAUSE_MS, SLOW_PAUSE_MAX_MS);
  }
}
