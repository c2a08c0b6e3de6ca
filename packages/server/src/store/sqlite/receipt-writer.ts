import type { DatabaseSync } from "node:sqlite";
import { canMove, type MessageState } from "../../message/state.ts";
import {
  type AppliedReceipts,
  type Move,
  type Receipt,
  RECEIPT_CLOCK_STEP_MS,
  RECEIPT_GRACE_MS,
  type ReceiptOutcome,
} from "../store.ts";
import type { SeenWriter } from "./seen-writer.ts";
import { dropParkedReceipts } from "./statements/drop-parked-receipts.ts";
import { findByCarrierId } from "./statements/find-by-carrier-id.ts";
import { findClaim } from "./statements/find-claim.ts";
import { countParkedReceipts, parkReceipt } from "./statements/park-receipt.ts";
import { purgeParkedReceipts } from "./statements/purge.ts";
import { takeParkedReceipts } from "./statements/take-parked-receipts.ts";

/** Where the end of a message is counted and told. */
export interface ReportTarget {
  readonly accountId: number;
  readonly channel: string;
  readonly carrier: string;
  readonly webhookUrl: string | null;
  readonly webhookKind: string;
  readonly wantsReport: number;
}

interface CarriedRow extends ReportTarget {
  readonly seq: number;
  readonly state: MessageState;
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly submittedAt: number;
}

/** The part of the writer that matches receipts with their messages, and parks those that came too early. */
export class ReceiptWriter {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #end: (move: Move, target: ReportTarget) => boolean;
  readonly #seen: SeenWriter;
  #parkedCount = 0;

  /** @param end moves a message to its final state, and tells whoever is to be told */
  constructor(database: DatabaseSync, end: (move: Move, target: ReportTarget) => boolean, seen: SeenWriter) {
    this.#database = database;
    this.#statements = prepareAll(database);
    this.#end = end;
    this.#seen = seen;
    this.recount();
  }

  get parkedCount(): number {
    return this.#parkedCount;
  }

  /** After an operation that left nothing behind: the count as it was before. */
  restore(parkedCount: number) {
    this.#parkedCount = parkedCount;
  }

  recount() {
    this.#parkedCount = Number(this.#database.prepare(countParkedReceipts).get()?.["count"] ?? 0);
  }

  apply(receipts: readonly Receipt[], now: number, parkedMax: number): AppliedReceipts {
    const outcomes = receipts.map((receipt) => {
      const outcome = this.#applyReceipt(receipt, now);
      if (outcome === "parked") this.#park(receipt, now);
      return outcome;
    });
    if (this.#parkedCount > parkedMax) {
      const { changes } = this.#statements.dropParkedReceipts.run(this.#parkedCount - parkedMax);
      this.#parkedCount -= Number(changes);
    }
    const matchedIds = receipts.map(({ carrierMessageId }, index) =>
      outcomes[index] === "parked" ? null : carrierMessageId,
    );
    return { outcomes, matchedIds };
  }

  #applyReceipt(receipt: Receipt, now: number): ReceiptOutcome {
    const found = this.#findSubmittedLast(receipt, now);
    if (found === undefined) return "parked";
    if (!canMove(found.state, receipt.state)) {
      return found.state === "delivered" && this.#applySeen(found, receipt, now) ? "applied" : "ignored";
    }
    const move: Move = {
      seq: found.seq,
      from: found.state,
      attempts: found.attempts,
      to: receipt.state,
      statusId: receipt.statusId,
      errorId: receipt.errorId,
      // The carrier's clock may be wrong by days: nothing ends before it was accepted, or in time to come. The report's
      // own age is counted on ours.
      at: now,
      doneAt: Math.min(Math.max(receipt.doneAt, found.acceptedAt), now),
    };
    this.#end(move, found);
    this.#applySeen(found, receipt, now);
    return "applied";
  }

  /** After the end, so that its report goes first. Parked receipts have null where there is nothing. */
  #applySeen(found: CarriedRow, { seenAt }: { readonly seenAt?: number | null }, now: number): boolean {
    if (seenAt === undefined || seenAt === null) return false;
    return this.#seen.see(found.seq, found, Math.min(Math.max(seenAt, found.acceptedAt), now), now);
  }

  #findSubmittedLast(receipt: Receipt, now: number): CarriedRow | undefined {
    const rows = this.#statements.findByCarrierId.all(
      receipt.carrierMessageId,
      receipt.carrier,
      now - RECEIPT_GRACE_MS,
    ) as unknown as CarriedRow[];
    // The newest come first, so the newest of equals stays.
    return rows.reduce<CarriedRow | undefined>(
      (last, row) => (last === undefined || row.submittedAt > last.submittedAt ? row : last),
      undefined,
    );
  }

  #park(receipt: Receipt, now: number) {
    this.#statements.parkReceipt.run(
      receipt.carrier,
      receipt.carrierMessageId,
      receipt.state,
      receipt.statusId,
      receipt.errorId,
      receipt.doneAt,
      now,
      receipt.seenAt ?? null,
    );
    this.#parkedCount += 1;
  }

  /** Gives a message its parked receipts, now that its carrier id is known. */
  matchParked(move: Move) {
    if (this.#parkedCount === 0) return;
    const message = this.#statements.findClaim.get(move.seq) as { carrier: string; acceptedAt: number };
    const parked = this.#statements.takeParkedReceipts.all(
      move.carrierMessageId ?? "",
      message.carrier,
      message.acceptedAt - RECEIPT_CLOCK_STEP_MS,
    ) as unknown as (Receipt & {
      id: number;
    })[];
    this.#parkedCount -= parked.length;
    parked.sort((a, b) => a.id - b.id);
    for (const receipt of parked) this.#applyReceipt(receipt, move.at);
  }

  purge(before: number, limit: number): number {
    const purged = Number(this.#statements.purgeParkedReceipts.run({ before, limit }).changes);
    this.#parkedCount -= purged;
    return purged;
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    findClaim: database.prepare(findClaim),
    dropParkedReceipts: database.prepare(dropParkedReceipts),
    findByCarrierId: database.prepare(findByCarrierId),
    parkReceipt: database.prepare(parkReceipt),
    takeParkedReceipts: database.prepare(takeParkedReceipts),
    purgeParkedReceipts: database.prepare(purgeParkedReceipts),
  };
}
