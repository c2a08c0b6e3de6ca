import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

export interface SweepStatements {
  /** First row with a `seq` at or after the one given: `seq`, `bornAt`. */
  readonly atOrAfter: string;
  /** The greatest `seq`, or null. */
  readonly last: string;
  /** Removes by `:after`, `:below`, `:before`, `:limit`, and returns the `seq` of each row removed. */
  readonly remove: string;
}

/**
 * Goes through a table from its oldest row to the first that is too young, a limited number of removals at a time, and
 * begins anew when it has come through. Between two calls it remembers its place: otherwise every call would walk
 * again over all the old rows that must stay (messages scheduled long ago) before it found one to remove.
 */
export class Sweep {
  readonly #atOrAfter: StatementSync;
  readonly #last: StatementSync;
  readonly #remove: StatementSync;
  #after = 0;

  constructor(database: DatabaseSync, statements: SweepStatements) {
    this.#atOrAfter = database.prepare(statements.atOrAfter);
    this.#last = database.prepare(statements.last);
    this.#remove = database.prepare(statements.remove);
  }

  /** @returns number of rows removed; fewer than `limit` when it has come through */
  run({ before, limit }: { readonly before: number; readonly limit: number }): number {
    const below = this.#firstSince(before);
    let removed = this.#removeFrom(this.#after, below, before, limit);
    // The rest of the table may be clean while rows before our place have become old since.
    if (removed === 0 && this.#after > 0) removed = this.#removeFrom(0, below, before, limit);
    return removed;
  }

  #removeFrom(after: number, below: number, before: number, limit: number): number {
    const values: Record<string, SQLInputValue> = { after, below, before, limit };
    const rows = this.#remove.all(values) as unknown as { seq: number }[];
    // `returning` gives no order. The place is a hint: after a rollback the next round finds what this one passed.
    this.#after = rows.length < limit ? 0 : rows.reduce((last, { seq }) => Math.max(last, seq), after);
    return rows.length;
  }

  /** Where the rows begin that are as young as `time`. Exact as far as the clock went forward only. */
  #firstSince(time: number): number {
    let low = 0;
    let high = Number(this.#last.get()?.["seq"] ?? 0) + 1;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      const row = this.#atOrAfter.get(middle) as { seq: number; bornAt: number } | undefined;
      if (row === undefined || row.bornAt >= time) high = middle;
      else low = row.seq + 1;
    }
    return low;
  }
}
