const SLOT_MS = 100;

/** How much has happened in the last tenth of a second: in the last whole one, or in this one where that is more. */
export class RecentCount {
  #slot = Number.NEGATIVE_INFINITY;
  #count = 0;
  #before = 0;

  /** @param now milliseconds since 1970; a clock that jumps only makes it forget */
  add(count: number, now: number) {
    this.#moveTo(now);
    this.#count += count;
  }

  at(now: number): number {
    this.#moveTo(now);
    return Math.max(this.#before, this.#count);
  }

  #moveTo(now: number) {
    const slot = Math.floor(now / SLOT_MS);
    if (slot === this.#slot) return;
    this.#before = slot === this.#slot + 1 ? this.#count : 0;
    this.#count = 0;
    this.#slot = slot;
  }
}
