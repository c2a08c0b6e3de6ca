import { SERVICE_WINDOW_MS } from "./limits.ts";
import { BoundedMap } from "./memory.ts";
import type { Settings } from "./settings.ts";

/**
 * A rate, as the time at which everything so far would have been sent at an even pace (GCRA): one number for each rate,
 * however long ago its last message was.
 */
export class Pace {
  #evenlySentAtMs = -Infinity;

  /** True: there is room for one more, which is taken. */
  take(nowMs: number, intervalMs: number, burst: number): boolean {
    const startMs = Math.max(this.#evenlySentAtMs, nowMs);
    if (startMs - nowMs > (burst - 1) * intervalMs) return false;
    this.#evenlySentAtMs = startMs + intervalMs;
    return true;
  }
}

interface ConversationState {
  openUntilMs: number;
  readonly pace: Pace;
}

/** What a business number and a user have with each other: the service window and the pair's rate. */
export class Conversations {
  readonly #states: BoundedMap<string, ConversationState>;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#states = new BoundedMap(settings.conversationsMax);
  }

  open(phoneNumberId: string, user: string): void {
    this.#stateOf(phoneNumberId, user).openUntilMs = this.#settings.clock.now() + SERVICE_WINDOW_MS;
  }

  isOpen(phoneNumberId: string, user: string): boolean {
    const { windowIsOpen, clock } = this.#settings;
    if (windowIsOpen !== null) return windowIsOpen({ phoneNumberId, user });
    return (this.#states.get(keyOf(phoneNumberId, user))?.openUntilMs ?? 0) > clock.now();
  }

  hasRoom(phoneNumberId: string, user: string): boolean {
    const { clock, pairIntervalMs, pairBurst } = this.#settings;
    return this.#stateOf(phoneNumberId, user).pace.take(clock.now(), pairIntervalMs, pairBurst);
  }

  clear(): void {
    this.#states.clear();
  }

  #stateOf(phoneNumberId: string, user: string): ConversationState {
    const key = keyOf(phoneNumberId, user);
    const state = this.#states.get(key) ?? { openUntilMs: 0, pace: new Pace() };
    this.#states.set(key, state);
    return state;
  }
}

const keyOf = (phoneNumberId: string, user: string): string => `${phoneNumberId} ${user}`;
