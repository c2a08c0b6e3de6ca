import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isFinal, type MessageState } from "../../message/state.ts";
import { addToLedger, ledgerCounters } from "./statements/ledger.ts";

type Counter = "accepted" | Extract<MessageState, "delivered" | "undeliverable" | "expired" | "rejected" | "canceled">;
type Counts = Record<Counter, number>;

/**
 * What one transaction changes in the ledger, added up first so that a batch of 500 messages writes one row. An
 * operation that fails throws its own delta away with its savepoint.
 */
export class LedgerDelta {
  readonly #rows = new Map<string, { channel: string; carrier: string; counts: Counts }>();
  #open = 0;

  /** Change in the number of open messages. */
  get open(): number {
    return this.#open;
  }

  /** So many messages. */
  accepted(channel: string, carrier: string, state: MessageState, count: number) {
    const counts = this.#counts(channel, carrier);
    counts.accepted += count;
    this.#open += count;
    this.#ended(counts, state, count);
  }

  moved(channel: string, carrier: string, from: MessageState, to: MessageState) {
    if (!isFinal(from) && !isFinal(to)) return;
    const counts = this.#counts(channel, carrier);
    this.#ended(counts, from, -1);
    this.#ended(counts, to, 1);
  }

  /** Open messages that one carrier takes from another: they count for it from now on. */
  takenOver(channel: string, from: string, to: string, count: number) {
    this.#counts(channel, from).accepted -= count;
    this.#counts(channel, to).accepted += count;
  }

  #ended(counts: Counts, state: MessageState, by: number) {
    if (!isFinal(state)) return;
    counts[state] += by;
    this.#open -= by;
  }

  #counts(channel: string, carrier: string): Counts {
    const key = `${channel}\n${carrier}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = {
        channel,
        carrier,
        counts: { accepted: 0, delivered: 0, undeliverable: 0, expired: 0, rejected: 0, canceled: 0 },
      };
      this.#rows.set(key, row);
    }
    return row.counts;
  }

  write(statement: StatementSync) {
    for (const { channel, carrier, counts } of this.#rows.values()) {
      statement.run(
        channel,
        carrier,
        counts.accepted,
        counts.delivered,
        counts.undeliverable,
        counts.expired,
        counts.rejected,
        counts.canceled,
      );
    }
  }

  static prepare(database: DatabaseSync): StatementSync {
    return database.prepare(addToLedger);
  }
}

/** Messages without a final state, as the counters have it. */
export function countOpen(database: DatabaseSync): number {
  const rows = database.prepare(ledgerCounters).all();
  return rows.reduce(
    (open, row) =>
      open +
      Number(row["accepted"]) -
      Number(row["delivered"]) -
      Number(row["undeliverable"]) -
      Number(row["expired"]) -
      Number(row["rejected"]) -
      Number(row["canceled"]),
    0,
  );
}
