/** What becomes of a message that was submitted: its answer, its receipts, and whatever else a rule wants. */
import { defaultCodec } from "../codec/codec.ts";
import { responseOf } from "../codec/pdu.ts";
import { tlv, tlvValue } from "../codec/tlv.ts";
import { COMMAND_STATUS as S } from "../command-status.ts";
import type { Answer, AnswerFields } from "../session/options.ts";
import type { MessageStateName } from "../text/receipt.ts";
import { type Behaviour, type ReceiptPlan, RuleBook, type SessionFault, type SubmittedPdu } from "./behaviour.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import { delayMsOf } from "./delay.ts";
import { MagicBook } from "./magic-destinations.ts";
import { MessageMemory, type MessageRecord, Ring } from "./memory.ts";
import { formatMessageId, type MessageIdStyle } from "./message-ids.ts";
import type { ReceivedMessage, SimulatorCounters } from "./options.ts";
import type { SimulatedPeer } from "./peer.ts";
import { ReceiptDelivery, type ReceiptTools } from "./receipt-delivery.ts";
import { isIntermediateState } from "./receipt-form.ts";
import type { Schedule } from "./schedule.ts";
import { beginningOf, copyOf, isRequested, wordsOf } from "./submitted-pdu.ts";
import type { TokenBucket } from "./throttle.ts";

/** Who waits for a receipt that nobody takes is answered all the same. */
const ANSWER_HELD_MS_MAX = 10_000;
const SECOND_ANSWER_DELAY_MS = 10;
const REORDER_WAIT_MS = 500;

const DELIVERED: ReceiptPlan = { state: "DELIVERED" };
const ORDINARY_RECEIPTS: readonly ReceiptPlan[] = [DELIVERED];
const ORDINARY: Behaviour = {};

/** How a message ends, whether or not anybody asks for its receipt: the first state that is final. */
function endOf({ receipts = ORDINARY_RECEIPTS }: Behaviour): ReceiptPlan {
  return receipts.find(({ state }) => !isIntermediateState(state)) ?? DELIVERED;
}

export interface SubmissionTools extends ReceiptTools {
  readonly schedule: Schedule;
  readonly deliveries: Deliveries;
  readonly counters: SimulatorCounters;
  readonly replyFromPhone: (record: MessageRecord, behaviour: Behaviour) => void;
}

export class Submissions {
  readonly memory: MessageMemory;
  readonly received: Ring<ReceivedMessage>;
  readonly #tools: SubmissionTools;
  readonly #magic: MagicBook | null;
  readonly #style: MessageIdStyle;
  #rules: RuleBook;
  #number: number;
  readonly #gathered: Delivery[] = [];

  constructor(tools: SubmissionTools) {
    const { settings } = tools;
    this.#tools = tools;
    this.#style = settings.messageIds;
    this.#number = settings.firstMessageNumber - 1;
    this.#magic = settings.magicDestinations ? new MagicBook(settings) : null;
    this.#rules = new RuleBook(settings.rules, settings.random);
    this.memory = new MessageMemory(settings.messagesMax, this.#style);
    this.received = new Ring(settings.receivedMax);
  }

  setRules(rules: RuleBook): void {
    this.#rules = rules;
  }

  take(pdu: SubmittedPdu, answer: Answer, peer: SimulatedPeer, bucket: TokenBucket | null): void {
    const { counters, settings, emit } = this.#tools;
    counters.submitted += 1;
    if (peer.isDeaf) {
      counters.ignored += 1;
      answer(null);
      return;
    }
    peer.submissions += 1;
    const systemId = peer.systemId as string;
    const nowMs = settings.clock.nowMs();
    if (bucket !== null && !bucket.take(nowMs)) {
      counters.throttled += 1;
      this.#refuse(pdu, S.RTHROTTLED, systemId);
      answer({ commandStatus: S.RTHROTTLED });
      return;
    }
    const behaviour =
      this.#rules.behaviourOf(pdu, systemId) ?? this.#magic?.behaviourOf(pdu.destinationAddr) ?? ORDINARY;
    const { commandStatus = 0 } = behaviour;
    if (commandStatus !== 0) {
      this.#refuse(pdu, commandStatus, systemId);
      this.#answer(pdu, { commandStatus }, behaviour, peer, answer);
      return;
    }
    const plans = (behaviour.receipts ?? ORDINARY_RECEIPTS).filter(({ state }) => this.#isWanted(pdu, state));
    if (plans.length > 0 && counters.deliveriesPending >= settings.pendingMax) {
      this.#refuse(pdu, S.RMSGQFUL, systemId);
      answer({ commandStatus: S.RMSGQFUL });
      return;
    }
    counters.taken += 1;
    const end = endOf(behaviour);
    const record = this.#remember(pdu, end, systemId, nowMs, plans.length > 0);
    emit?.({ type: "submitted", systemId, commandStatus: 0, messageId: record.messageId, ...wordsOf(pdu) });
    const fields = { messageId: record.messageId };
    const isHeld = behaviour.answer === "after-receipt" && plans.length > 0;
    // Made elsewhere, because what a function made here knows would be kept for every message.
    const held = isHeld ? this.#answerLater(pdu, fields, behaviour, peer, answer) : null;
    if (held === null) this.#answer(pdu, fields, behaviour, peer, answer);
    for (let index = 0; index < plans.length; index += 1) {
      const plan = plans[index] as ReceiptPlan;
      // The one that query_sm speaks of comes when query_sm says so.
      const delayMs = plan === end ? record.doneAtMs - nowMs : this.#delayMsOf(plan);
      this.#plan(record, plan, delayMs, peer, index === 0 ? held : null);
    }
    if (held !== null) this.#tools.schedule.after(ANSWER_HELD_MS_MAX, held);
    if (behaviour.mo !== undefined) this.#tools.replyFromPhone(record, behaviour);
  }

  /** The phone will not have it any more. False when it has come to its end already. */
  cancel(record: MessageRecord): boolean {
    const { settings } = this.#tools;
    const nowMs = settings.clock.nowMs();
    if (record.isCanceled || record.doneAtMs <= nowMs) return false;
    record.isCanceled = true;
    record.doneAtMs = nowMs;
    record.finalState = "DELETED";
    const isWanted =
      settings.receipts === "always" ||
      (settings.receipts === "requested" && isRequested(record.registeredDelivery, "DELETED"));
    if (isWanted) this.deliverReceipt(record, { state: "DELETED" }, null, null);
    return true;
  }

  /** A receipt now. */
  deliverReceipt(
    record: MessageRecord,
    plan: ReceiptPlan,
    origin: SimulatedPeer | null,
    onEnd: Delivery["onEnd"] | null,
  ): void {
    this.#tools.counters.deliveriesPending += 1;
    this.#tools.deliveries.add(new ReceiptDelivery(this.#tools, record, plan, origin, onEnd));
  }

  /** Receipts that are gathered to be sent in another order. */
  releaseGathered(): void {
    for (const delivery of this.#gathered.splice(0).toReversed()) this.#tools.deliveries.add(delivery);
  }

  #isWanted(pdu: SubmittedPdu, state: MessageStateName): boolean {
    const { receipts } = this.#tools.settings;
    return receipts === "requested" ? isRequested(pdu.registeredDelivery, state) : receipts === "always";
  }

  /** Before it is answered. */
  #refuse(pdu: SubmittedPdu, commandStatus: number, systemId: string): void {
    const { counters, emit } = this.#tools;
    counters.refused += 1;
    emit?.({ type: "submitted", systemId, commandStatus, messageId: null, ...wordsOf(pdu) });
  }

  #remember(
    pdu: SubmittedPdu,
    end: ReceiptPlan,
    systemId: string,
    submittedAtMs: number,
    isReported: boolean,
  ): MessageRecord {
    const { settings } = this.#tools;
    this.#number += 1;
    const { sourceAddrTon, sourceAddrNpi, sourceAddr, destAddrTon, destAddrNpi, destinationAddr } = pdu;
    const record: MessageRecord = {
      number: this.#number,
      messageId: formatMessageId(this.#number, this.#style),
      systemId,
      sourceAddrTon,
      sourceAddrNpi,
      sourceAddr,
      destAddrTon,
      destAddrNpi,
      destinationAddr,
      registeredDelivery: pdu.registeredDelivery,
      userMessageReference: pdu.tlvs.length === 0 ? undefined : tlvValue(pdu.tlvs, "userMessageReference"),
      text: isReported ? beginningOf(pdu) : "",
      submittedAtMs,
      doneAtMs: submittedAtMs + this.#delayMsOf(end),
      finalState: end.state,
      errorCode: end.errorCode ?? 0,
      isCanceled: false,
    };
    this.memory.add(record);
    if (settings.receivedMax > 0) {
      const { messageId } = record;
      this.received.add({ messageId, systemId, receivedAtMs: submittedAtMs, pdu: copyOf(pdu) });
    }
    return record;
  }

  #delayMsOf(plan: ReceiptPlan): number {
    const { receiptDelay, random } = this.#tools.settings;
    return delayMsOf(plan.delay ?? receiptDelay, random);
  }

  #answer(pdu: SubmittedPdu, given: AnswerFields, behaviour: Behaviour, peer: SimulatedPeer, answer: Answer): void {
    const { congestion } = behaviour;
    const fields = congestion === undefined ? given : { ...given, tlvs: [tlv("congestionState", congestion)] };
    const { settings } = this.#tools;
    const delayMs = delayMsOf(behaviour.answerDelay ?? settings.answerDelay, settings.random);
    const fault = behaviour.fault ?? this.#faultOf(peer);
    // Nearly always nothing is wanted of it but the answer, for which nothing is made.
    if (delayMs === 0 && fault === null && behaviour.answer === undefined) answer(fields);
    else this.#misbehave(pdu, fields, { behaviour, fault, delayMs }, peer, answer);
  }

  #answerLater(
    pdu: SubmittedPdu,
    given: AnswerFields,
    behaviour: Behaviour,
    peer: SimulatedPeer,
    answer: Answer,
  ): () => void {
    return () => this.#answer(pdu, given, behaviour, peer, answer);
  }

  #misbehave(
    pdu: SubmittedPdu,
    fields: AnswerFields,
    { behaviour, fault, delayMs }: { behaviour: Behaviour; fault: SessionFault | null; delayMs: number },
    peer: SimulatedPeer,
    answer: Answer,
  ): void {
    const { schedule, counters } = this.#tools;
    const run = (): void => {
      const isLost = behaviour.answer === "dropped" || fault === "reset" || fault === "silent";
      if (isLost) counters.answersDropped += 1;
      answer(isLost ? null : fields);
      if (behaviour.answer === "twice") {
        const command = responseOf(pdu.command) as "submit_sm_resp" | "data_sm_resp";
        const again = defaultCodec.encode({ command, sequenceNumber: pdu.sequenceNumber, ...fields });
        schedule.after(SECOND_ANSWER_DELAY_MS, () => peer.writeRaw(again));
      }
      if (fault !== null && !peer.isDeaf) {
        counters.faults += 1;
        this.#tools.emit?.({ type: "fault", systemId: peer.systemId as string, fault });
        peer.apply(fault);
      }
    };
    if (delayMs === 0) run();
    else schedule.after(delayMs, run);
  }

  #faultOf(peer: SimulatedPeer): NonNullable<Behaviour["fault"]> | null {
    const { faultAfter } = this.#tools.settings;
    return faultAfter?.submissions === peer.submissions ? faultAfter.fault : null;
  }

  #plan(
    record: MessageRecord,
    plan: ReceiptPlan,
    delayMs: number,
    origin: SimulatedPeer,
    onFirstEnd: (() => void) | null,
  ): void {
    const { counters, schedule } = this.#tools;
    for (let copy = 0; copy < (plan.copies ?? 1); copy += 1) {
      counters.deliveriesPending += 1;
      const delivery = new ReceiptDelivery(this.#tools, record, plan, origin, copy === 0 ? onFirstEnd : null);
      if (delayMs === 0) this.#release(delivery);
      else this.#releaseLater(schedule, delivery, record, delayMs);
    }
  }

  #releaseLater(schedule: Schedule, delivery: Delivery, record: MessageRecord, delayMs: number): void {
    schedule.after(delayMs, () => {
      if (record.isCanceled) this.#tools.counters.deliveriesPending -= 1;
      else this.#release(delivery);
    });
  }

  #release(delivery: Delivery): void {
    const { deliveries, schedule, settings } = this.#tools;
    if (settings.receiptReorderCount === 1) {
      deliveries.add(delivery);
      return;
    }
    this.#gathered.push(delivery);
    if (this.#gathered.length >= settings.receiptReorderCount) this.releaseGathered();
    else if (this.#gathered.length === 1) schedule.after(REORDER_WAIT_MS, () => this.releaseGathered());
  }
}
