import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NumberLookup } from "../store.ts";
import { insertLookup, purgeLookups } from "./statements/number-lookups.ts";

/** The part of the writer that keeps number lookups for their log. */
export class LookupWriter {
  readonly #insert: StatementSync;
  readonly #purge: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(insertLookup);
    this.#purge = database.prepare(purgeLookups);
  }

  insert(lookups: readonly NumberLookup[]) {
    for (const lookup of lookups) this.#insert.run({ ...lookup });
  }

  purge(before: number, limit: number): number {
    return Number(this.#purge.run(before, limit).changes);
  }
}
