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
interface MayWait extends Answered {
  readonly result: Extract<SubmitResult, { outcome: "submitted" }>;
}

interface Waiting extends MayWait {
  /** Counts those that have waited; the greater number has waited less. */
  readonly number: number;
}

/**
 * Answers that are not written yet. A carrier may send the receipt right behind its answer, and then the receipt is
 * known to belong to it: before anybody looks on the disk, where an older message may have had that id. So an answer
 * that a receipt may take along waits for it, and all others are due at once.
 */
export class AnswerQueue {
  readonly #patience: AnswerPatience;
  #due: Answered[] = [];
  /** Those that wait, by the carrier's id, the oldest first: one lookup for each, whatever its age. */
  readonly #waiting = new Map<string, Waiting>();
  #lastNumber = 0;
  /** Old are those up to this number, */
  #lastOld = 0;
  /** of which so many wait still. */
  #oldCount = 0;
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
    return this.#due.length > 0 || (!this.#patience.isPatient && this.#waiting.size > 0);
  }

  /** Turns must go on. */
  get needsTurns(): boolean {
    return this.#waiting.size + this.#shared.size + this.#sharedBefore.size > 0;
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
    const other = this.#waiting.get(id);
    if (other !== undefined) {
      this.#shared.add(id);
      this.#forget(id, other);
      this.#due.push(other, answered);
      return;
    }
    if (this.#oldCount === 0 && this.#waiting.size >= WAITING_ANSWERS_MAX / 2) this.#age(false);
    this.#lastNumber += 1;
    const { message, result, answeredAt } = answered;
    this.#waiting.set(id, { message, result, answeredAt, number: this.#lastNumber });
  }

  /** To be called at the end of each turn while `needsTurns`: what has waited through a whole one is due. */
  turn() {
    if (this.#isOldFromBefore) this.#giveUpOld();
    this.#age(true);
    this.#sharedBefore = this.#shared;
    this.#shared = new Set();
  }

  /**
   * All that wait are old now. Within a turn the older half of many steps aside: they may be overtaken, so that no slow
   * receipt takes room of quick ones.
   */
  #age(isTurnOver: boolean) {
    this.#lastOld = this.#lastNumber;
    this.#oldCount = this.#waiting.size;
    this.#isOldFromBefore = isTurnOver;
    this.#overtakenBy = 0;
  }

  #giveUpOld() {
    this.#patience.missed(this.#oldCount);
    for (const [id, answered] of this.#waiting) {
      if (answered.number > this.#lastOld) break;
      this.#due.push(answered);
      this.#waiting.delete(id);
    }
    this.#oldCount = 0;
  }

  /** Those that are to be written. Without patience nothing waits longer than until this is asked. */
  takeDue(): readonly Answered[] {
    const due = this.#due;
    this.#due = [];
    if (this.#patience.isPatient) return due;
    for (const answered of this.#waiting.values()) due.push(answered);
    this.#waiting.clear();
    this.#oldCount = 0;
    return due;
  }

  /**
   * The answer that the receipt is about, by any of its ids; null: none that it may take along. One that has an id of the
   * receipt is due then, so that the store finds it on disk.
   */
  take(receipt: CarrierReceipt): MayWait | null {
    if (this.#waiting.size === 0) return null;
    const { carrierMessageId, otherIds } = receipt;
    let taken = this.#takeBy(carrierMessageId, receipt);
    if (otherIds === undefined) return taken;
    for (let index = 0; taken === null && index < otherIds.length; index += 1) {
      taken = this.#takeBy(otherIds[index] as string, receipt);
    }
    return taken;
  }

  #takeBy(id: string, receipt: CarrierReceipt): MayWait | null {
    const answered = this.#waiting.get(id);
    if (answered === undefined) return null;
    this.#forget(id, answered);
    if (endsIt(receipt, answered.message)) {
      this.#patience.taken();
      if (answered.number > this.#lastOld) this.#overtake();
      return answered;
    }
    this.#patience.missed(1);
    this.#due.push(answered);
    return null;
  }

  #overtake() {
    if (this.#oldCount === 0) return;
    this.#overtakenBy += 1;
    if (this.#overtakenBy < OVERTAKEN_MAX) return;
    this.#giveUpOld();
    this.#overtakenBy = 0;
  }

  #forget(id: string, { number }: Waiting) {
    this.#waiting.delete(id);
    if (number <= this.#lastOld) this.#oldCount -= 1;
  }
}

function mayWait(answered: Answered): answered is MayWait {
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
