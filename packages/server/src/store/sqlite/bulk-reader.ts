import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type BulkCounts, bulkStatusOf, type BulkWish } from "../../message/bulk.ts";
import type { BulkRecord } from "../store.ts";
import { countBulk, findWish } from "./statements/bulks.ts";

/** What a customer has asked for a bulk, as its row has it. */
export interface WishRow {
  readonly wish: BulkWish | null;
  readonly sendAt: number | null;
  readonly lastSeq: number;
  readonly statusId: number;
  readonly errorId: number;
}

export interface FoundBulk extends BulkRecord {
  /** The youngest of its messages. */
  readonly lastSeq: number;
  /** Null where nobody has asked for anything. */
  readonly row: WishRow | null;
}

/** Reads bulks, for the thread that reads and for the one that writes. */
export class BulkReader {
  readonly #count: StatementSync;
  readonly #wish: StatementSync;

  constructor(database: DatabaseSync) {
    this.#count = database.prepare(countBulk);
    this.#wish = database.prepare(findWish);
  }

  /** Null: the account has no message of that bulk. */
  find(accountId: number, bulkId: string, now: number): FoundBulk | null {
    const counts = this.#count.get({ accountId, bulkId, now }) as unknown as BulkCounts & {
      sentAt: number;
      lastSeq: number;
    };
    if (counts.total === 0) return null;
    const row = this.wishFor(accountId, bulkId);
    const status = bulkStatusOf(counts, row?.wish ?? null);
    return { bulkId, status, sendAt: row?.sendAt ?? counts.sentAt, lastSeq: counts.lastSeq, row };
  }

  wishFor(accountId: number, bulkId: string): WishRow | null {
    return (this.#wish.get(accountId, bulkId) as WishRow | undefined) ?? null;
  }
}
