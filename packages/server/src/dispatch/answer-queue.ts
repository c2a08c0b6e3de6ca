import type { CarrierReceipt, SubmitResult } from "../carrier/carrier.ts";
import type { OutboundMessage } from "../store/store.ts";
import type { AnswerPatience } from "./answer-patience.ts";
import { asksForIntermediateReports } from "./intermediate-reports.ts";

/** An answer waits for its receipt through one whole turn, and at most two. */
export const ANSWER_TURN_MS = 100;
/** A turn in which receipts come is so many times as long: its own may stand behind those that are being written. */
export const TURNS_WITH_RECEIPTS = 5;
/**
 * Most answers that have given their carrier's room back and are not on disk. Beyond it nothing is handed over until
 * receipts have come or a turn has ended: if messages left faster than receipts are written, each receipt would come later
 * than the one before, and none would find its answer.
 */
export const WAITING_ANSWERS_MAX = 1_000;
/** After so many receipts of younger answers those of the older ones are not to be expected soon. */
const OVERTAKEN_MAX = 64;

/** A carrier's answer about one message. */
export interface Answered {
  readonly message: OutboundMessage;
  readonly result: SubmitResult;
  readonly answeredAt: number;
}

/** One whose receipt may take it along. */
interface Waiting extends Answered {
  readonly result: Extract<SubmitResult, { outcome: "submitted" }>;
}

/**
 * Answers that are not written yet. A carrier may send the receipt right behind its answer, and then the receipt is
 * known to belong to it: before anybody looks on the disk, where an older message may have had that id. So an answer
 * that a receipt may take along waits for it, and all others are due at once.
 */
export class AnswerQueue {
  readonly #patience: AnswerPatience;
  #due: Answered[] = [];
  /** Those that wait, by the carrier's id. */
  #old = new Map<string, Waiting>();
  #young = new Map<string, Waiting>();
  /** The old ones are of the turn before; otherwise they are the older half of this one's. */
  #isOldFromBefore = false;
  /** Receipts of young ones that have come since the old ones are old. */
  #overtakenBy = 0;
  /** Ids that several had, of the same two turns: nobody can say whose a receipt with one of them is. */
  #shared = new Set<string>();
  #sharedBefore = new Set<string>();

  constructor(patience: AnswerPatience) {
    this.#patience = patience;
  }

  /** There is something to be taken. */
  get isAnyDue(): boolean {
    return this.#due.length > 0 || (!this.#patience.isPatient && this.#waitingCount > 0);
  }

  /** Turns must go on. */
  get needsTurns(): boolean {
    return this.#waitingCount + this.#shared.size + this.#sharedBefore.size > 0;
  }

  get #waitingCount(): number {
    return this.#young.size + this.#old.size;
  }

  add(answered: Answered) {
    if (!mayWait(answered)) {
      this.#due.push(answered);
      return;
    }
    const id = answered.result.carrierMessageId;
    if (this.#shared.has(id) || this.#sharedBefore.has(id)) {
      this.#due.push(answered);
      return;
    }
    const other = this.#find(id);
    if (other !== undefined) {
      this.#shared.add(id);
      this.#forget(id);
      this.#due.push(other, answered);
      return;
    }
    if (this.#old.size === 0 && this.#young.size >= WAITING_ANSWERS_MAX / 2) this.#age();
    this.#young.set(id, answered);
  }

  /** To be called at the end of each turn while `needsTurns`: what has waited through a whole one is due. */
  turn() {
    if (this.#isOldFromBefore) this.#giveUpOld();
    for (const [id, answered] of this.#young) this.#old.set(id, answered);
    this.#young.clear();
    this.#isOldFromBefore = true;
    this.#overtakenBy = 0;
    this.#sharedBefore = this.#shared;
    this.#shared = new Set();
  }

  /** Within a turn the older half of many steps aside: they may be overtaken, so that no slow receipt takes room of quick ones. */
  #age() {
    [this.#old, this.#young] = [this.#young, this.#old];
    this.#isOldFromBefore = false;
    this.#overtakenBy = 0;
  }

  #giveUpOld() {
    this.#patience.missed(this.#old.size);
    for (const answered of this.#old.values()) this.#due.push(answered);
    this.#old.clear();
  }

  /** Those that are to be written. Without patience nothing waits longer than until this is asked. */
  takeDue(): readonly Answered[] {
    const due = this.#due;
    this.#due = [];
    if (this.#patience.isPatient) return due;
    for (const answered of this.#old.values()) due.push(answered);
    for (const answered of this.#young.values()) due.push(answered);
    this.#old.clear();
    this.#young.clear();
    return due;
  }

  /**
   * The answer that the receipt is about, by any of its ids; null: none that it may take along. One that has an id of the
   * receipt is due then, so that the store finds it on disk.
   */
  take(receipt: CarrierReceipt): Waiting | null {
    if (this.#waitingCount === 0) return null;
    const { carrierMessageId, otherIds } = receipt;
    let taken = this.#takeBy(carrierMessageId, receipt);
    if (otherIds === undefined) return taken;
    for (let index = 0; taken === null && index < otherIds.length; index += 1) {
      taken = this.#takeBy(otherIds[index] as string, receipt);
    }
    return taken;
  }

  #takeBy(id: string, receipt: CarrierReceipt): Waiting | null {
    const answered = this.#find(id);
    if (answered === undefined) return null;
    const isYoung = this.#young.has(id);
    this.#forget(id);
    if (endsIt(receipt, answered.message)) {
      this.#patience.taken();
      if (isYoung) this.#overtake();
      return answered;
    }
    this.#patience.missed(1);
    this.#due.push(answered);
    return null;
  }

  #overtake() {
    if (this.#old.size === 0) return;
    this.#overtakenBy += 1;
    if (this.#overtakenBy < OVERTAKEN_MAX) return;
    this.#giveUpOld();
    this.#overtakenBy = 0;
  }

  #find(id: string): Waiting | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  #forget(id: string) {
    if (!this.#young.delete(id)) this.#old.delete(id);
  }
}

function mayWait(answered: Answered): answered is Waiting {
  const { message, result } = answered;
  if (result.outcome !== "submitted") return false;
  // A message of several parts ends with the last of their receipts; a spelling is kept to ask for what never comes.
  if (result.partIds !== undefined || result.spelledIds !== undefined) return false;
  return !asksForIntermediateReports(message.options);
}

/** Where the receipt's phone is written otherwise, the store compares them; of what says more than the end, it knows best. */
function endsIt({ state, seenAt, destination }: CarrierReceipt, message: OutboundMessage): boolean {
  if (state === "submitted" || seenAt !== undefined) return false;
  return destination === undefined || destination === message.destination;
}
