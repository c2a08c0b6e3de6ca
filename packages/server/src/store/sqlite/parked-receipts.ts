import type { DatabaseSync } from "node:sqlite";
import { OTHER_IDS_MAX, type Receipt } from "../store.ts";
import type { Rematch, UnmatchedReceipt } from "../unmatched-receipts.ts";
import { dropParkedReceipts } from "./statements/drop-parked-receipts.ts";
import { findParkedReceipts } from "./statements/find-parked-receipts.ts";
import { countParkedReceipts, deleteParkedReceipt, parkReceipt, parkReceiptId } from "./statements/park-receipt.ts";
import { purgeParkedReceipts } from "./statements/purge.ts";
import { unmatchedReceiptsAfter, unmatchedReceiptsInDoubt } from "./statements/unmatched-receipts.ts";

type Row = Omit<UnmatchedReceipt, "otherIds"> & { readonly otherIds: string };

/** The ids that a receipt may be meant by beside its first, each once. */
export function otherIdsOf({ carrierMessageId, otherIds }: Receipt): readonly string[] {
  if (otherIds === undefined) return [];
  return [...new Set(otherIds)].filter((id) => id !== carrierMessageId).slice(0, OTHER_IDS_MAX);
}

export function unmatchedReceiptOf(row: Record<string, unknown>): UnmatchedReceipt {
  const { otherIds, ...rest } = row as unknown as Row;
  return { ...rest, otherIds: JSON.parse(otherIds) as string[] };
}

/** The table of receipts whose message is not known, and how many there are. */
export class ParkedReceipts {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  #count = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
    this.recount();
  }

  get count(): number {
    return this.#count;
  }

  /** After an operation that left nothing behind: the count as it was before. */
  restore(count: number) {
    this.#count = count;
  }

  recount() {
    this.#count = Number(this.#database.prepare(countParkedReceipts).get()?.["count"] ?? 0);
  }

  /** @param destination its digits, as `phoneDigitsOf` gives them */
  add(receipt: Receipt, destination: string | null, now: number, isStray: boolean) {
    const { lastInsertRowid } = this.#statements.parkReceipt.run(
      receipt.carrier,
      receipt.carrierMessageId,
      receipt.state,
      receipt.statusId,
      receipt.errorId,
      receipt.doneAt,
      now,
      destination,
      receipt.reference ?? null,
      receipt.seenAt ?? null,
      isStray ? 1 : 0,
    );
    for (const [position, id] of otherIdsOf(receipt).entries()) {
      this.#statements.parkReceiptId.run(lastInsertRowid, id, position);
    }
    this.#count += 1;
  }

  /** The oldest go until no more than `max` are left. */
  dropBeyond(max: number) {
    if (this.#count <= max) return;
    this.#count -= Number(this.#statements.dropParkedReceipts.run(this.#count - max).changes);
  }

  find(carrierMessageId: string, carrier: string, receivedSince: number): readonly UnmatchedReceipt[] {
    return this.#statements.findParkedReceipts.all(carrierMessageId, carrier, receivedSince).map(unmatchedReceiptOf);
  }

  page({ carrier, after, limit, isForDoubtOnly }: Rematch): readonly UnmatchedReceipt[] {
    const statement = isForDoubtOnly
      ? this.#statements.unmatchedReceiptsInDoubt
      : this.#statements.unmatchedReceiptsAfter;
    return statement.all({ carrier: carrier ?? null, after: after ?? 0, limit }).map(unmatchedReceiptOf);
  }

  remove(id: number) {
    this.#count -= Number(this.#statements.deleteParkedReceipt.run(id).changes);
  }

  purge(before: number, limit: number): number {
    const purged = Number(this.#statements.purgeParkedReceipts.run({ before, limit }).changes);
    this.#count -= purged;
    return purged;
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    dropParkedReceipts: database.prepare(dropParkedReceipts),
    parkReceipt: database.prepare(parkReceipt),
    parkReceiptId: database.prepare(parkReceiptId),
    deleteParkedReceipt: database.prepare(deleteParkedReceipt),
    findParkedReceipts: database.prepare(findParkedReceipts),
    unmatchedReceiptsAfter: database.prepare(unmatchedReceiptsAfter),
    unmatchedReceiptsInDoubt: database.prepare(unmatchedReceiptsInDoubt),
    purgeParkedReceipts: database.prepare(purgeParkedReceipts),
  };
}
