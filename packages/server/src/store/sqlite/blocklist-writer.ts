import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { BlocklistEntry, BlocklistRemoval } from "../store.ts";
import { addToBlocklist, removeFromBlocklist } from "./statements/blocklist.ts";

/** The part of the writer that keeps the blocklist. */
export class BlocklistWriter {
  readonly #add: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(addToBlocklist);
    this.#remove = database.prepare(removeFromBlocklist);
  }

  add(entries: readonly BlocklistEntry[]): number {
    return entries.reduce((count, entry) => count + Number(this.#add.run({ ...entry }).changes), 0);
  }

  remove(removals: readonly BlocklistRemoval[]): number {
    return removals.reduce((count, removal) => count + Number(this.#remove.run({ ...removal }).changes), 0);
  }
}
