import { COMMAND_STATUS, type Answer, type PduOf } from "@posthorn/smpp";
import type { Log } from "../../kernel/log.ts";
import type { CarrierEvents, CarrierInbound, CarrierReceipt } from "../carrier.ts";
import type { Delivery } from "./deliveries.ts";
import type { IdReading } from "./message-ids.ts";
import type { NotationLearner } from "./notation.ts";

/** Receipts, or messages from phones, that are handed over together. Sessions bound how many wait. */
const BATCH_MAX = 1_000;

type DeliveryPdu = PduOf<"deliver_sm"> | PduOf<"data_sm">;

export interface IncomingOptions {
  readonly deliveryOf: (pdu: DeliveryPdu) => Delivery;
  readonly events: Pick<CarrierEvents, "receipts" | "inbound">;
  /** Null: the configuration says which notation ids have. */
  readonly learner: NotationLearner | null;
  readonly log: Log;
  readonly carrier: string;
}

interface WaitingReceipt {
  readonly receipt: CarrierReceipt;
  readonly rawIds: readonly string[];
  /** What was known of the carrier's notation when its ids were read. */
  readonly learned: IdReading | null;
  readonly answer: Answer;
}

interface WaitingMessage {
  readonly message: CarrierInbound;
  readonly answer: Answer;
}

/** ESME_RX_T_APPN: later again. Whatever is not on disk must come again. */
const LATER = { commandStatus: COMMAND_STATUS.RX_T_APPN } as const;

/**
 * Collects what has arrived while a batch is being written, hands it over and answers each when it is on disk. One batch
 * at a time: the longer the disk takes, the more is in the next.
 */
class Batches<Item extends { readonly answer: Answer }> {
  readonly #write: (items: readonly Item[]) => Promise<void>;
  #waiting: Item[] = [];
  #isWriting = false;

  constructor(write: (items: readonly Item[]) => Promise<void>) {
    this.#write = write;
  }

  add(item: Item) {
    this.#waiting.push(item);
    if (this.#isWriting) return;
    this.#isWriting = true;
    // What arrived in the same turn belongs together.
    setImmediate(() => void this.#run());
  }

  async #run() {
    while (this.#waiting.length > 0) {
      const items = this.#waiting.splice(0, BATCH_MAX);
      try {
        await this.#write(items);
      } catch {
        // Whoever could not write has said so in the log.
        for (const { answer } of items) answer(LATER);
      }
    }
    this.#isWriting = false;
  }
}

/** What a carrier delivers: receipts and messages from phones. Answered when it is safe, and refused when it is not. */
export class Incoming {
  readonly #options: IncomingOptions;
  readonly #receipts: Batches<WaitingReceipt>;
  readonly #messages: Batches<WaitingMessage>;

  constructor(options: IncomingOptions) {
    this.#options = options;
    this.#receipts = new Batches((items) => this.#handReceipts(items));
    this.#messages = new Batches((items) => this.#handMessages(items));
  }

  take(pdu: DeliveryPdu, answer: Answer) {
    const { deliveryOf, log, carrier } = this.#options;
    const delivery = deliveryOf(pdu);
    switch (delivery.kind) {
      case "receipt":
        this.#receipts.add({ receipt: delivery.receipt, rawIds: delivery.rawIds, learned: this.#learned, answer });
        return;
      case "inbound":
        this.#messages.add({ message: delivery.message, answer });
        return;
      case "nothing":
        log.debug({ event: "carrier.delivery_ignored", carrier, reason: delivery.reason }, "nothing to keep");
        answer();
    }
  }

  get #learned(): IdReading | null {
    return this.#options.learner?.learned ?? null;
  }

  async #handReceipts(items: readonly WaitingReceipt[]) {
    const { events, learner } = this.#options;
    const learned = this.#learned;
    const receipts = items.map((item) => (item.learned === learned ? item.receipt : this.#readAgain(item)));
    const matched = await events.receipts(receipts);
    items.forEach(({ rawIds, answer }, index) => {
      answer();
      if (rawIds.length > 0) learner?.matched(rawIds, matched[index] ?? null);
    });
  }

  /** The batch before it has taught how the carrier writes ids, or put it in question. */
  #readAgain({ receipt, rawIds }: WaitingReceipt): CarrierReceipt {
    const { otherIds: _asKnownBefore, ...rest } = receipt;
    return { ...rest, ...this.#options.learner?.read(rawIds) };
  }

  async #handMessages(items: readonly WaitingMessage[]) {
    const outcomes = await this.#options.events.inbound(items.map(({ message }) => message));
    for (const [index, { answer }] of items.entries()) answer(outcomes[index] === "refused" ? LATER : undefined);
  }
}
