import { ERROR, STATUS } from "@posthorn/contract";
import type { NewMessage, Store } from "../store/store.ts";

/** Accounts that are remembered to have no entry. */
const EMPTY_ACCOUNTS_MAX = 10_000;

/**
 * Refuses messages to destinations on their account's blocklist. An account without entries is looked up once and then
 * costs nothing, until entries are added; one with entries costs a look-up in the index for each message.
 */
export class BlocklistGate {
  readonly #store: Pick<Store, "findBlocked">;
  readonly #empty = new Set<number>();
  /** Counts additions: an answer that was asked for before one may not be remembered after it. */
  #additions = 0;

  constructor(store: Pick<Store, "findBlocked">) {
    this.#store = store;
  }

  /** To be called when entries were added, and before anybody is told so. */
  noticeAdded(accountId: number) {
    this.#additions += 1;
    this.#empty.delete(accountId);
  }

  /** True: it is known that nothing would be refused. */
  isEmpty(accountId: number): boolean {
    return this.#empty.has(accountId);
  }

  /** The same messages, with those to blocked destinations rejected. */
  async refuse(accountId: number, messages: readonly NewMessage[]): Promise<readonly NewMessage[]> {
    if (this.#empty.has(accountId)) return messages;
    const additions = this.#additions;
    const targets = messages.map(({ destination, common }) => ({
      destination,
      sender: common.sender,
      channel: common.channel,
    }));
    const { blocked, isEmpty } = await this.#store.findBlocked(accountId, targets);
    if (isEmpty && additions === this.#additions) {
      if (this.#empty.size >= EMPTY_ACCOUNTS_MAX) this.#empty.clear();
      this.#empty.add(accountId);
    }
    if (blocked.length === 0) return messages;
    const places = new Set(blocked);
    return messages.map((message, index) => {
      // What is refused for another reason keeps that one.
      if (!places.has(index) || message.state === "rejected") return message;
      return { ...message, ...REFUSED };
    });
  }
}

const REFUSED = {
  state: "rejected",
  statusId: STATUS.REJECTED_DESTINATION_BLOCKLISTED,
  errorId: ERROR.EC_BLACKLISTED_DESTINATIONADDRESS,
} as const;
