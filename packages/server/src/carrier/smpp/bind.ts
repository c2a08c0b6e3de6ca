import { COMMAND_STATUS, isSmppError, type CloseReason, type SessionHandlers, type SmppSession } from "@posthorn/smpp";
import { fullJitterMs } from "../../kernel/backoff.ts";
import type { Clock, Timer } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";

export type BindRole = "transceiver" | "transmitter" | "receiver";

/** A carrier that refused our name or password locks us out if we go on: only somebody's hand can mend that. */
const REFUSED_PAUSE_MS = 15 * 60_000;
/** So that several binds that were refused together do not come back together. */
const REFUSED_JITTER = 0.1;

/** command_status of a bind that says that it will be refused again: name, password, and what kind of bind it is. */
const HOPELESS: ReadonlySet<number> = new Set([
  COMMAND_STATUS.RINVPASWD,
  COMMAND_STATUS.RINVSYSID,
  COMMAND_STATUS.RINVCMDID,
  COMMAND_STATUS.RINVSYSTYP,
]);

export interface BindOptions {
  readonly role: BindRole;
  /** One try: connects, and binds. Rejects with what SmppError says. */
  readonly connect: (role: BindRole, handlers: SessionHandlers) => Promise<SmppSession>;
  readonly handlers: SessionHandlers;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds that never jump. */
  readonly uptimeMs: () => number;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly onBound: (bind: Bind, session: SmppSession) => void;
  /** All of its requests were settled before. */
  readonly onLost: (bind: Bind, session: SmppSession, reason: CloseReason, retryMs: number) => void;
  /** The next try is in `retryMs`. */
  readonly onFailed: (bind: Bind, error: unknown, retryMs: number) => void;
}

/** One bind that is to be there always: tries again and again, one try at a time, further and further apart. */
export class Bind {
  readonly role: BindRole;
  readonly #options: BindOptions;
  #session: SmppSession | null = null;
  #boundAt = 0;
  /** Tries since it was last bound for a while. */
  #tries = 0;
  #timer: Timer | null = null;
  #isStopped = false;
  #isFaulty = false;

  constructor(options: BindOptions) {
    this.role = options.role;
    this.#options = options;
  }

  get session(): SmppSession | null {
    return this.#session;
  }

  start() {
    void this.#try();
  }

  /** Does not wait any longer for its next try. */
  retry() {
    if (this.#timer === null || this.#isStopped) return;
    this.#timer.cancel();
    void this.#try();
  }

  /** Ends a session that the carrier answers as if it were not bound rightly; it is bound anew after the longest pause. */
  fault() {
    this.#isFaulty = true;
    void this.#session?.unbind();
  }

  /** Resolves when the session has ended, in good order where the carrier lets it. */
  async stop() {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#session?.unbind();
  }

  async #try(): Promise<void> {
    const { connect, handlers, uptimeMs, onBound, onLost, onFailed } = this.#options;
    this.#timer = null;
    this.#tries += 1;
    let hasBound = false;
    try {
      const session = await connect(this.role, {
        ...handlers,
        onBound: (bound) => {
          hasBound = true;
          this.#session = bound;
          this.#boundAt = uptimeMs();
          if (!this.#isStopped) onBound(this, bound);
        },
        onClose: (reason, _error, closed) => {
          if (!hasBound) return;
          this.#session = null;
          const retryMs = this.#pauseAfterLoss();
          onLost(this, closed, reason, retryMs);
          this.#tryIn(retryMs);
        },
      });
      // Stopped while it connected.
      if (this.#isStopped) await session.unbind();
    } catch (error) {
      if (hasBound || this.#isStopped) return;
      const retryMs = this.#pauseAfterFailure(error);
      onFailed(this, error, retryMs);
      this.#tryIn(retryMs);
    }
  }

  #tryIn(delayMs: number) {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => void this.#try());
  }

  /** A bind that is refused as soon as it is made has not come far: only one that lasted begins anew. */
  #pauseAfterLoss(): number {
    const { uptimeMs, reconnectMaxMs } = this.#options;
    if (this.#isFaulty) {
      this.#isFaulty = false;
      return reconnectMaxMs;
    }
    if (uptimeMs() - this.#boundAt >= reconnectMaxMs) this.#tries = 1;
    return this.#pause();
  }

  #pauseAfterFailure(error: unknown): number {
    if (!isSmppError(error) || !HOPELESS.has(error.commandStatus ?? 0)) return this.#pause();
    return Math.round(REFUSED_PAUSE_MS * (1 + REFUSED_JITTER * this.#options.random.float()));
  }

  #pause(): number {
    const { random, reconnectMinMs, reconnectMaxMs } = this.#options;
    const limits = { baseMs: reconnectMinMs * 2, maxMs: Math.max(0, reconnectMaxMs - reconnectMinMs) };
    return reconnectMinMs + fullJitterMs(this.#tries, limits, random);
  }
}
