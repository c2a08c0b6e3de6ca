import type { CloseReason, SessionOptions } from "./options.ts";
import type { BoundState, Role } from "./state.ts";
import type { Ticker } from "./ticker.ts";

const JITTER = 0.1;

/** What the watch asks of its session at every tick. */
export interface Watched {
  /** Null until a bind was accepted. */
  readonly boundState: BoundState | null;
  /** Bound, and not about to end. */
  readonly isBound: boolean;
  readonly isMidFrame: boolean;
  /** The session itself does not read, so it cannot blame the peer for silence. */
  readonly isReadingStopped: boolean;
  readonly isSocketFull: boolean;
  sendEnquireLink(): void;
}

/**
 * The clocks of one session apart from its requests: nothing happens for too long, and the session must ask or end.
 * Every place in time is a tick, or -1 where the thing that it counts from is not going on.
 */
export class Watch {
  readonly #ticker: Ticker;
  readonly #role: Role;
  readonly #initTicks: number;
  readonly #intervalTicks: number;
  readonly #enquireTicks: number;
  readonly #missesMax: number;
  readonly #inactivityTicks: number;
  readonly #pduTicks: number;
  readonly #writeTicks: number;
  readonly #openedTick: number;
  #heardTick: number;
  #enquiredTick = -1;
  #misses = 0;
  #midFrameTick = -1;
  #fullTick = -1;

  constructor(ticker: Ticker, role: Role, options: SessionOptions) {
    const { random = Math.random, enquireLinkIntervalMs = role === "ESME" ? 30_000 : 60_000 } = options;
    this.#ticker = ticker;
    this.#role = role;
    this.#initTicks = ticker.ticksOf(options.sessionInitTimeoutMs ?? 10_000);
    this.#intervalTicks =
      enquireLinkIntervalMs === 0 ? 0 : ticker.ticksOf(enquireLinkIntervalMs * (1 - JITTER * random()));
    this.#enquireTicks = ticker.ticksOf(options.enquireLinkTimeoutMs ?? 10_000);
    this.#missesMax = options.enquireLinkMissesMax ?? 2;
    const { inactivityTimeoutMs = 0 } = options;
    this.#inactivityTicks = inactivityTimeoutMs === 0 ? 0 : ticker.ticksOf(inactivityTimeoutMs);
    this.#pduTicks = ticker.ticksOf(options.pduTimeoutMs ?? 10_000);
    this.#writeTicks = ticker.ticksOf(options.writeTimeoutMs ?? 30_000);
    this.#openedTick = ticker.tick;
    this.#heardTick = ticker.tick;
  }

  /** Any octets are a sign of life. */
  heard(): void {
    this.#heardTick = this.#ticker.tick;
    this.#enquiredTick = -1;
    this.#misses = 0;
  }

  /** A PDU has come to its end, so the time of the next one begins anew. */
  frameEnded(): void {
    this.#midFrameTick = -1;
  }

  /** Why the session must end now, or null. */
  check(session: Watched): CloseReason | null {
    const { tick } = this.#ticker;
    if (session.boundState === null && this.#role === "SMSC" && tick - this.#openedTick >= this.#initTicks) {
      return "session-init-timeout";
    }
    this.#fullTick = session.isSocketFull ? (this.#fullTick === -1 ? tick : this.#fullTick) : -1;
    if (this.#fullTick !== -1 && tick - this.#fullTick >= this.#writeTicks) return "write-timeout";
    if (session.isReadingStopped) {
      this.heard();
      this.#midFrameTick = -1;
      return null;
    }
    this.#midFrameTick = session.isMidFrame ? (this.#midFrameTick === -1 ? tick : this.#midFrameTick) : -1;
    if (this.#midFrameTick !== -1 && tick - this.#midFrameTick >= this.#pduTicks) return "pdu-timeout";
    if (this.#inactivityTicks > 0 && tick - this.#heardTick >= this.#inactivityTicks) return "inactive";
    return session.isBound && this.#intervalTicks > 0 ? this.#enquire(session, tick) : null;
  }

  #enquire(session: Watched, tick: number): CloseReason | null {
    if (this.#enquiredTick === -1) {
      if (tick - this.#heardTick < this.#intervalTicks) return null;
    } else {
      if (tick - this.#enquiredTick < this.#enquireTicks) return null;
      this.#misses += 1;
      if (this.#misses >= this.#missesMax) return "enquire-link-timeout";
    }
    session.sendEnquireLink();
    this.#enquiredTick = tick;
    return null;
  }
}
