import type { ReceiptPlan, ReceiptTarget } from "./behaviour.ts";
import type { Delivery } from "./deliveries.ts";
import type { MessageRecord } from "./memory.ts";
import type { DeliveryOutcome, DeliveryPdu, SimulatorEvent } from "./options.ts";
import type { SimulatedPeer } from "./peer.ts";
import { receiptPdu } from "./receipt-form.ts";
import type { Settings } from "./settings.ts";

export interface ReceiptTools {
  readonly settings: Settings;
  readonly emit: ((event: SimulatorEvent) => void) | null;
}

/** A receipt on its way. It has no functions of its own, because there is one for nearly every message. */
export class ReceiptDelivery implements Delivery {
  readonly systemId: string;
  readonly origin: SimulatedPeer | null;
  readonly goesTo: ReceiptTarget;
  readonly #tools: ReceiptTools;
  readonly #record: MessageRecord;
  readonly #plan: ReceiptPlan;
  readonly #onEnd: Delivery["onEnd"] | null;

  constructor(
    tools: ReceiptTools,
    record: MessageRecord,
    plan: ReceiptPlan,
    origin: SimulatedPeer | null,
    onEnd: Delivery["onEnd"] | null,
  ) {
    this.systemId = record.systemId;
    this.origin = origin;
    this.goesTo = plan.goesTo ?? tools.settings.receiptsGoTo;
    this.#tools = tools;
    this.#record = record;
    this.#plan = plan;
    this.#onEnd = onEnd;
  }

  pduOf(): DeliveryPdu {
    const { receiptForm, clock } = this.#tools.settings;
    const { state, errorCode = 0, form } = this.#plan;
    const content = { state, errorCode, doneAtMs: clock.nowMs() };
    return receiptPdu(this.#record, content, form === undefined ? receiptForm : { ...receiptForm, ...form });
  }

  onEnd(outcome: DeliveryOutcome): void {
    const { systemId, messageId } = this.#record;
    const { state } = this.#plan;
    this.#tools.emit?.({ type: "receipt", systemId, messageId, state, outcome: outcome.outcome });
    this.#onEnd?.(outcome);
  }
}
