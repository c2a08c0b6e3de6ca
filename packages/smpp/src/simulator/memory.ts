import { fieldError } from "../errors.ts";
import type { MessageStateName } from "../text/receipt.ts";
import { type MessageIdStyle, parseMessageId } from "./message-ids.ts";

/** What the simulator knows of a message that it took. */
export interface MessageRecord {
  readonly number: number;
  readonly messageId: string;
  readonly systemId: string;
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
  readonly destAddrTon: number;
  readonly destAddrNpi: number;
  readonly destinationAddr: string;
  readonly registeredDelivery: number;
  readonly userMessageReference: number | undefined;
  /** The beginning of its text, for the receipt. */
  readonly text: string;
  readonly submittedAtMs: number;
  /** When it reaches, or reached, `finalState`; before that it is ENROUTE. */
  doneAtMs: number;
  finalState: MessageStateName;
  errorCode: number;
  isCanceled: boolean;
}

export const MEMORY_MESSAGES_MAX = 10_000_000;

/** The last `messagesMax` messages, for query_sm, cancel_sm and receipts by hand. Older ones are forgotten. */
export class MessageMemory {
  readonly #slots: (MessageRecord | undefined)[] = [];
  readonly #messagesMax: number;
  readonly #style: MessageIdStyle;

  constructor(messagesMax: number, style: MessageIdStyle) {
    if (!Number.isInteger(messagesMax) || messagesMax < 1 || messagesMax > MEMORY_MESSAGES_MAX) {
      throw fieldError("messagesMax", `is 1 to ${MEMORY_MESSAGES_MAX}`);
    }
    this.#messagesMax = messagesMax;
    this.#style = style;
  }

  add(record: MessageRecord): void {
    this.#slots[record.number % this.#messagesMax] = record;
  }

  /** By the id as it was answered, to the letter. */
  find(messageId: string): MessageRecord | null {
    const number = parseMessageId(messageId, this.#style);
    const record = number === null ? undefined : this.#slots[number % this.#messagesMax];
    return record?.number === number ? record : null;
  }

  *[Symbol.iterator](): Generator<MessageRecord> {
    for (const record of this.#slots) if (record !== undefined) yield record;
  }
}

/** The last `max` of whatever is added, in order. */
export class Ring<T> {
  readonly #items: T[] = [];
  readonly #max: number;
  #next = 0;

  constructor(max: number) {
    if (!Number.isInteger(max) || max < 0 || max > MEMORY_MESSAGES_MAX) {
      throw fieldError("receivedMax", `is 0 to ${MEMORY_MESSAGES_MAX}`);
    }
    this.#max = max;
  }

  add(item: T): void {
    if (this.#max === 0) return;
    this.#items[this.#next] = item;
    this.#next = this.#next + 1 === this.#max ? 0 : this.#next + 1;
  }

  toArray(): T[] {
    const isWrapped = this.#items.length === this.#max;
    return isWrapped ? [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)] : [...this.#items];
  }

  clear(): void {
    this.#items.length = 0;
    this.#next = 0;
  }
}
