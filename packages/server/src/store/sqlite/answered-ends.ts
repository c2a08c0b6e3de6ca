import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MessageState } from "../../message/state.ts";
import { prepareAlike, ROWS_AT_ONCE_MAX, rowsAtOnce } from "./statements/alike-rows.ts";
import { endAnswered, endAnsweredTogether } from "./statements/end-message.ts";

/** The end of a message whose receipt came with its answer. */
export interface AnsweredEnd {
  readonly seq: number;
  /** Of the claim that was answered. */
  readonly attempts: number;
  readonly to: MessageState;
  readonly statusId: number;
  readonly errorId: number;
  readonly doneAt: number;
  readonly carrierMessageId: string;
  readonly submittedAt: number;
}

/**
 * Ends that are decided, and written together where they are alike. While they are gathered nothing may read the rows
 * of these messages, and each was `claimed` when it was read in this transaction.
 */
export class AnsweredEnds {
  readonly #one: StatementSync;
  readonly #together: (count: number) => StatementSync;
  readonly #gathered: AnsweredEnd[] = [];
  #isGathering = false;

  constructor(database: DatabaseSync) {
    this.#one = database.prepare(endAnswered);
    this.#together = prepareAlike(database, endAnsweredTogether);
  }

  /** False: each is written at once. Then what was gathered is written first. */
  gather(isGathering: boolean) {
    this.#isGathering = isGathering;
    if (!isGathering) this.#write();
  }

  /** False: the message is not where its end begins. */
  add(end: AnsweredEnd): boolean {
    if (!this.#isGathering) return this.#writeOne(end);
    const [first] = this.#gathered;
    if (first !== undefined && !areAlike(end, first)) this.#write();
    this.#gathered.push(end);
    if (this.#gathered.length === ROWS_AT_ONCE_MAX) this.#write();
    return true;
  }

  /** The operation has failed, and leaves nothing behind. */
  forget() {
    this.#isGathering = false;
    this.#gathered.length = 0;
  }

  #write() {
    while (this.#gathered.length > 0) {
      const ends = this.#gathered.splice(0, rowsAtOnce(this.#gathered.length));
      const [first] = ends as [AnsweredEnd];
      const changes = ends.length === 1 ? Number(this.#writeOne(first)) : this.#writeAll(ends, first);
      if (changes !== ends.length) throw new Error(`${ends.length} messages have ended, and ${changes} were claimed`);
    }
  }

  #writeOne({ to, statusId, errorId, doneAt, carrierMessageId, submittedAt, seq, attempts }: AnsweredEnd): boolean {
    return this.#one.run(to, statusId, errorId, doneAt, carrierMessageId, submittedAt, seq, attempts).changes === 1;
  }

  #writeAll(ends: readonly AnsweredEnd[], { to, statusId, errorId, attempts }: AnsweredEnd): number {
    const values: (string | number)[] = [];
    for (const { seq, doneAt, carrierMessageId, submittedAt } of ends) {
      values.push(seq, doneAt, carrierMessageId, submittedAt);
    }
    values.push(to, statusId, errorId, attempts);
    return Number(this.#together(ends.length).run(...values).changes);
  }
}

function areAlike(one: AnsweredEnd, other: AnsweredEnd): boolean {
  return (
    one.to === other.to &&
    one.statusId === other.statusId &&
    one.errorId === other.errorId &&
    one.attempts === other.attempts
  );
}
