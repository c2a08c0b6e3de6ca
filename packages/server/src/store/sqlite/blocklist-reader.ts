import type { DatabaseSync } from "node:sqlite";
import type { BlockedTargets, BlocklistEntry, BlocklistFilter, BlocklistPage, BlocklistTarget } from "../store.ts";
import {
  countBlocklist,
  countBlocklistOfDestination,
  findBlocked,
  hasBlocklist,
  listBlocklist,
  listBlocklistOfDestination,
} from "./statements/blocklist.ts";

/** The part of the reader that looks into the blocklist. */
export class BlocklistReader {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;

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
    const { limit, offset } = filter;
    const values = {
      accountId: filter.accountId,
      destination: filter.destination ?? null,
      sender: filter.sender ?? null,
      channel: filter.channel ?? null,
      sourceType: filter.sourceType ?? null,
      campaign: filter.campaign ?? null,
      createdFrom: filter.createdFrom ?? null,
      createdUntil: filter.createdUntil ?? null,
    };
    const { list, count } = filter.destination === undefined ? this.#statements.all : this.#statements.ofDestination;
    // One snapshot: the page and the count must be of the same moment.
    this.#database.exec("begin");
    try {
      const entries = list.all({ ...values, limit, offset }) as unknown as BlocklistEntry[];
      return { entries, total: Number(count.get(values)?.["count"] ?? 0) };
    } finally {
      this.#database.exec("commit");
    }
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    find: database.prepare(findBlocked),
    has: database.prepare(hasBlocklist),
    all: { list: database.prepare(listBlocklist), count: database.prepare(countBlocklist) },
    ofDestination: {
      list: database.prepare(listBlocklistOfDestination),
      count: database.prepare(countBlocklistOfDestination),
    },
  };
}
