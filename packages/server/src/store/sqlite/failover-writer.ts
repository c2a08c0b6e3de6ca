import type { DatabaseSync } from "node:sqlite";
import { isFinal, type MessageState } from "../../message/state.ts";
import type { PackedMessage } from "./packed-message.ts";
import { armFailover, doubtMessage, takeFailover, withdrawFailover } from "./statements/failovers.ts";

/** Not `canceled`: its customer wanted nothing to be sent. */
const FAILED: ReadonlySet<MessageState> = new Set(["undeliverable", "expired", "rejected"]);

/** The part of the writer that knows which messages are due for their SMS, inside the transactions of their ends. */
export class FailoverWriter {
  readonly #statements: ReturnType<typeof prepareAll>;

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
  }

  /** A WhatsApp message has come to an end; `from` is null when it began there. */
  noticeEnd(seq: number, from: MessageState | null, to: MessageState, at: number) {
    if (FAILED.has(to)) this.#statements.arm.run(seq, at);
    else if (to === "delivered" && from !== null && isFinal(from)) this.#statements.withdraw.run(seq);
  }

  /** @returns false where another one was faster, or the message was delivered meanwhile */
  take(seq: number, { messageId, common }: PackedMessage): boolean {
    const values = { seq, smsMessageId: messageId, madeAt: common.acceptedAt };
    return this.#statements.take.run(values).changes === 1;
  }

  doubt(smsSeq: number) {
    this.#statements.doubt.run(smsSeq);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    arm: database.prepare(armFailover),
    withdraw: database.prepare(withdrawFailover),
    take: database.prepare(takeFailover),
    doubt: database.prepare(doubtMessage),
  };
}
