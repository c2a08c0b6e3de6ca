import type { Clock } from "../kernel/clock.ts";
import { BIND_ADDRESSES_MAX, BIND_ATTEMPTS_PER_ADDRESS_MAX, BIND_ATTEMPTS_WINDOW_MS } from "./limits.ts";

interface Failures {
  readonly since: number;
  count: number;
}

/** Bounds how often an address may try keys. Secrets are too long to be guessed; this keeps the attempts cheap. */
export class BindGuard {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mayTry(address: string): boolean {
    return (this.#current(address)?.count ?? 0) < BIND_ATTEMPTS_PER_ADDRESS_MAX;
  }

  noteFailure(address: string) {
    const failures = this.#current(address);
    if (failures !== null) {
      failures.count += 1;
      return;
    }
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= BIND_ADDRESSES_MAX) this.#failures.delete(oldest);
    this.#failures.set(address, { since: this.#clock.now(), count: 1 });
  }

  #current(address: string): Failures | null {
    const failures = this.#failures.get(address);
    if (failures === undefined) return null;
    const age = this.#clock.now() - failures.since;
    // A clock that was set back must not bar anybody for longer.
    if (age >= 0 && age < BIND_ATTEMPTS_WINDOW_MS) return failures;
    this.#failures.delete(address);
    return null;
  }
}
