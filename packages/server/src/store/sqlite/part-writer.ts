import type { DatabaseSync } from "node:sqlite";
import { canMove, type MessageState } from "../../message/state.ts";
import type { Receipt } from "../store.ts";
import {
  countUndelivered,
  deleteParts,
  endPart,
  findPartState,
  hasParts,
  insertPart,
} from "./statements/message-parts.ts";

/** SMS parts of a message at most: their numbers are one octet. */
const PARTS_MAX = 255;

/**
 * The parts of messages that have several. As long as no message has any, nothing is asked of the table: most messages
 * are one part, and must not pay for the others.
 */
export class PartWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  /** False: certainly none. It may stay true when the last is gone. */
  #hasAny = false;

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
    this.recount();
  }

  get hasAny(): boolean {
    return this.#hasAny;
  }

  recount() {
    this.#hasAny = this.#statements.hasParts.get()?.["has"] === 1;
  }

  /**
   * @param ids distinct, in the order of the parts
   * @param spelledOf how the carrier wrote an id; absent: as it is
   */
  keep(seq: number, ids: readonly string[], spelledOf?: ReadonlyMap<string, string>) {
    this.forget(seq);
    for (const [index, id] of ids.slice(0, PARTS_MAX).entries()) {
      const spelled = spelledOf?.get(id) ?? id;
      this.#statements.insertPart.run(seq, index + 1, id, spelled === id ? null : spelled);
    }
    this.#hasAny = true;
  }

  forget(seq: number) {
    this.#statements.deleteParts.run(seq);
  }

  /**
   * Keeps what a receipt says of a part. A failure is the message's own: a phone cannot join what is incomplete. A
   * delivery is, when all other parts are delivered.
   *
   * @returns the receipt as it is about the whole message; otherwise what came of it
   */
  record(seq: number, partNumber: number, receipt: Receipt): Receipt | "noted" | "ignored" {
    const row = this.#statements.findPartState.get(seq, partNumber) as { state: MessageState | null } | undefined;
    if (row === undefined) return "ignored";
    if (row.state !== null && !canMove(row.state, receipt.state)) return "ignored";
    this.#statements.endPart.run(receipt.state, receipt.doneAt, seq, partNumber);
    if (receipt.state !== "delivered") return receipt;
    const { undelivered, doneAt } = this.#statements.countUndelivered.get(seq) as {
      undelivered: number;
      doneAt: number;
    };
    return undelivered > 0 ? "noted" : { ...receipt, doneAt };
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    insertPart: database.prepare(insertPart),
    deleteParts: database.prepare(deleteParts),
    hasParts: database.prepare(hasParts),
    findPartState: database.prepare(findPartState),
    endPart: database.prepare(endPart),
    countUndelivered: database.prepare(countUndelivered),
  };
}
