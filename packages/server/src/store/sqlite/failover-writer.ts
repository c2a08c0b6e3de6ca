import type { DatabaseSync } from "node:sqlite";
import { isFinal, type MessageState } from "../../message/state.ts";
import type { ShortLinkWriter } from "./short-link-writer.ts";
import type { NewFailover, NewMessage } from "../store.ts";
import { armFailover, doubtMessage, takeFailover, withdrawFailover } from "./statements/failovers.ts";

/** Not `canceled`: its customer wanted nothing to be sent. */
const FAILED: ReadonlySet<MessageState> = new Set(["undeliverable", "expired", "rejected"]);

/** The part of the writer that knows which messages are due for their SMS, inside the transactions of their ends. */
export class FailoverWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #links: ShortLinkWriter;
  readonly #insert: (sms: NewMessage) => number | null;

  /** @param insert stores an SMS and gives its `seq`; null where its messageId is taken */
  constructor(database: DatabaseSync, links: ShortLinkWriter, insert: (sms: NewMessage) => number | null) {
    this.#statements = prepareAll(database);
    this.#links = links;
    this.#insert = insert;
  }

  /** A WhatsApp message has come to an end; `from` is null when it began there. */
  noticeEnd(seq: number, from: MessageState | null, to: MessageState, at: number) {
    if (FAILED.has(to)) this.#statements.arm.run(seq, at);
    else if (to === "delivered" && from !== null && isFinal(from)) this.#statements.withdraw.run(seq);
  }

  /** @returns false where another one was faster, or the message was delivered meanwhile */
  make(failovers: readonly NewFailover[]): readonly boolean[] {
    return failovers.map(({ seq, sms, isInDoubt, shortLinks = [] }) => {
      const { messageId: smsMessageId, common } = sms;
      const taken = this.#statements.take.run({ seq, smsMessageId, madeAt: common.acceptedAt });
      if (taken.changes === 0) return false;
      const smsSeq = this.#insert(sms);
      // Nobody but the server chooses its id: one that is there already would leave the phone with nothing.
      if (smsSeq === null) throw new Error(`the messageId ${smsMessageId} of an SMS is taken`);
      for (const link of shortLinks) this.#links.insert(link, smsSeq);
      if (isInDoubt) this.#statements.doubt.run(smsSeq);
      return true;
    });
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
