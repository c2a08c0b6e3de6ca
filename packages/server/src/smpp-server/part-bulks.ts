import type { Clock } from "../kernel/clock.ts";
import { PART_BULK_AGE_MS, PART_BULKS_MAX } from "./limits.ts";

interface PartBulk {
  readonly bulkId: string;
  readonly since: number;
  readonly numbers: Set<number>;
}

export interface PartOf {
  readonly systemId: string;
  readonly sender: string;
  readonly destination: string;
  readonly reference: number;
  readonly partCount: number;
  readonly partNumber: number;
}

/**
 * Gives the parts that a customer has cut from one text the same bulkId, so that they are found together in the log.
 * Only in memory: after a restart the rest of a text has a bulk of its own, and nothing else differs.
 */
export class PartBulks {
  readonly #clock: Clock;
  readonly #bulks = new Map<string, PartBulk>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param newId gives the bulkId of a text whose first part this is */
  bulkIdOf(part: PartOf, newId: () => string): string {
    const { systemId, sender, destination, reference, partCount, partNumber } = part;
    const key = JSON.stringify([systemId, sender, destination, reference, partCount]);
    const now = this.#clock.now();
    const known = this.#bulks.get(key);
    const isSame = known !== undefined && now - known.since < PART_BULK_AGE_MS && !known.numbers.has(partNumber);
    // References come again: the same part once more belongs to the next text.
    const bulk = isSame ? known : { bulkId: newId(), since: now, numbers: new Set<number>() };
    bulk.numbers.add(partNumber);
    this.#bulks.delete(key);
    if (bulk.numbers.size < partCount) this.#bulks.set(key, bulk);
    const [oldest] = this.#bulks.keys();
    if (oldest !== undefined && this.#bulks.size > PART_BULKS_MAX) this.#bulks.delete(oldest);
    return bulk.bulkId;
  }
}
