import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { BlockedTargets, BlocklistEntry, BlocklistFilter, BlocklistPage, BlocklistTarget } from "../store.ts";
import { findBlocked, hasBlocklist, listBlocklist } from "./statements/blocklist.ts";

/** The part of the reader that looks into the blocklist. */
export class BlocklistReader {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  /** Lists by their text: as many as there are combinations of filters in use. */
  readonly #lists = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
  }

  findBlocked(accountId: number, targets: readonly BlocklistTarget[]): BlockedTargets {
    if (this.#statements.has.get(accountId) === undefined) return { blocked: [], isEmpty: true };
    const isBlocked = ({ destination, sender, channel }: BlocklistTarget) =>
      this.#statements.find.get({ accountId, destination, sender, channel }) !== undefined;
    return { blocked: targets.flatMap((target, index) => (isBlocked(target) ? [index] : [])), isEmpty: false };
  }

  list(filter: BlocklistFilter): BlocklistPage {
    const { list, count, values, page } = listBlocklist(filter);
    // One snapshot: the page and the count must be of the same moment.
    this.#database.exec("begin");
    try {
      const entries = this.#prepared(list).all({ ...values, ...page }) as unknown as BlocklistEntry[];
      return { entries, total: Number(this.#prepared(count).get(values)?.["count"] ?? 0) };
    } finally {
      this.#database.exec("commit");
    }
  }

  #prepared(text: string): StatementSync {
    let statement = this.#lists.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#lists.set(text, statement);
    }
    return statement;
  }
}

function prepareAll(database: DatabaseSync) {
  return { find: database.prepare(findBlocked), has: database.prepare(hasBlocklist) };
}
