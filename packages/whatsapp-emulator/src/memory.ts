import { optionError } from "./errors.ts";

/** No memory of the emulator may be told to be larger than this. */
export const MEMORY_ENTRIES_MAX = 10_000_000;

/** A map of the `max` entries that were set last. Setting one again makes it the newest. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #max: number;
  readonly #onForget: (value: Value) => void;

  constructor(max: number, onForget: (value: Value) => void = () => {}) {
    if (!Number.isInteger(max) || max < 0 || max > MEMORY_ENTRIES_MAX) {
      throw optionError("a memory", `holds 0 to ${MEMORY_ENTRIES_MAX} entries`);
    }
    this.#max = max;
    this.#onForget = onForget;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#max === 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) this.forgetOldest();
  }

  delete(key: Key): boolean {
    const value = this.#entries.get(key);
    if (value === undefined) return false;
    this.#entries.delete(key);
    this.#onForget(value);
    return true;
  }

  forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.delete(key);
      return;
    }
  }

  clear(): void {
    // Deleting while going through a map is well defined.
    for (const key of this.#entries.keys()) this.delete(key);
  }

  /** The oldest first. */
  values(): Value[] {
    return [...this.#entries.values()];
  }
}
