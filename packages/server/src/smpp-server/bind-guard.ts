import type { Clock } from "../kernel/clock.ts";
import {
  BIND_ADDRESSES_MAX,
  BIND_ATTEMPTS_PER_ADDRESS_MAX,
  BIND_ATTEMPTS_PER_SYSTEM_ID_MAX,
  BIND_ATTEMPTS_WINDOW_MS,
} from "./limits.ts";

interface Failures {
  readonly since: number;
  count: number;
}

/** Bounds how often an address may try a key, and keys. Secrets are too long to be guessed; this keeps the attempts cheap. */
export class BindGuard {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mayTry(address: string, systemId: string): boolean {
    const ofAddress = this.#current(address)?.count ?? 0;
    const ofSystemId = this.#current(keyOf(address, systemId))?.count ?? 0;
    return ofAddress < BIND_ATTEMPTS_PER_ADDRESS_MAX && ofSystemId < BIND_ATTEMPTS_PER_SYSTEM_ID_MAX;
  }

  noteFailure(address: string, systemId: string) {
    this.#count(address);
    this.#count(keyOf(address, systemId));
  }

  #count(key: string) {
    const failures = this.#current(key);
    if (failures !== null) {
      failures.count += 1;
      return;
    }
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= BIND_ADDRESSES_MAX) this.#failures.delete(oldest);
    this.#failures.set(key, { since: this.#clock.now(), count: 1 });
  }

  #current(key: string): Failures | null {
    const failures = this.#failures.get(key);
    if (failures === undefined) return null;
    const age = this.#clock.now() - failures.since;
    // A clock that was set back must not bar anybody for longer.
    if (age >= 0 && age < BIND_ATTEMPTS_WINDOW_MS) return failures;
    this.#failures.delete(key);
    return null;
  }
}

function keyOf(address: string, systemId: string): string {
  return `${address} ${systemId}`;
}
