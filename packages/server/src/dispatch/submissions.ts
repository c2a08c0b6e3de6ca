import type { Carrier, CarrierReceipt, SettleMessage, SubmitResult } from "../carrier/carrier.ts";
import type { AnswerCounts } from "../carrier/health.ts";
import type { Timer } from "../kernel/clock.ts";
import type { Move, OutboundMessage, Receipt } from "../store/store.ts";
import { AnswerPatience } from "./answer-patience.ts";
import {
  ANSWER_TURN_MS,
  TURNS_WITH_RECEIPTS,
  AnswerQueue,
  type Answered,
  WAITING_ANSWERS_MAX,
} from "./answer-queue.ts";
import { RecentCount } from "./recent-count.ts";
import { moveOf, type MoveRules, verdictOf } from "./result-moves.ts";
import { ResultWriter, type ResultWriterOptions } from "./result-writer.ts";
import { type LateAnswer, submitTogether, type SubmitTogetherOptions } from "./submit-together.ts";

export interface SubmissionsOptions extends MoveRules, ResultWriterOptions, SubmitTogetherOptions {
  readonly carrier: Carrier;
  readonly onAnswered: (counts: AnswerCounts) => void;
  /** There is room for more. */
  readonly onRoom: () => void;
  /** Nothing is in flight any more. */
  readonly onIdle: () => void;
}

/** Messages given to a carrier in the same millisecond: with one message per request they share what one of them costs. */
interface HandedOver {
  readonly batches: (readonly OutboundMessage[])[];
  readonly submittedAt: number;
  /** How many have no answer. */
  unanswered: number;
  /** Ends the wait for them. */
  readonly timer: Timer;
}

/** Messages in the hands of one carrier: gives them to it, and records what comes of them. */
export class Submissions {
  readonly #options: SubmissionsOptions;
  readonly #writer: ResultWriter;
  /**
   * Until what became of each is on disk. With whom it was handed over; null: it is answered, was handed over to be
   * answered with others, or not at all.
   */
  readonly #inFlight = new Map<OutboundMessage, HandedOver | null>();
  /** What was handed over and has no answer; the oldest is the first. */
  readonly #underWay = new Set<{ readonly submittedAt: number }>();
  /** What was handed over last. */
  #last: HandedOver | null = null;
  readonly #patience: AnswerPatience;
  /** Results of single messages that are not written. */
  readonly #answers: AnswerQueue;
  #answerTimer: Timer | null = null;
  /** Receipts have come since the timer was set. */
  #hasReceipts = false;
  /** Times in this turn that they had when the timer was over. */
  #turnsWithReceipts = 0;
  /** Calls that write receipts. */
  #receiptCalls = 0;
  /** Answers that are not on disk, also those that are being written. */
  #unrecordedCount = 0;
  /** Answers. */
  readonly #answered = new RecentCount();
  #counts = noCounts();
  #isTurnEnding = false;
  #isRecording = false;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
    this.#writer = new ResultWriter(options);
    this.#patience = new AnswerPatience(options.clock);
    this.#answers = new AnswerQueue(this.#patience);
    // After a crash what is in doubt is sent again: the fewer answers are not on disk, the fewer phones get it twice.
    if (options.carrier.uncertainPolicy === "resend") this.#patience.end();
  }

  /** True while the message's result is waited for, or being written. Asked about messages whose lease is over: few. */
  holds(seq: number): boolean {
    for (const message of this.#inFlight.keys()) if (message.seq === seq) return true;
    return false;
  }

  /** Messages handed over, or put back, whose result is not on disk. */
  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** Since when the oldest submission waits for its answer; null: there is none. */
  get oldestSubmittedAt(): number | null {
    return this.#underWay.values().next().value?.submittedAt ?? null;
  }

  /**
   * Messages in flight that take no room of their carrier's any more, because it has answered. While the store
   * cannot write, there are no more of them than may wait for receipts: the others keep their room until they are on
   * disk.
   */
  get roomlessCount(): number {
    return Math.min(this.#unrecordedCount, WAITING_ANSWERS_MAX);
  }

  /** How many messages the carrier has answered in the last tenth of a second. */
  get answeredLately(): number {
    return this.#answered.at(this.#options.clock.now());
  }

  /** No answer waits for its receipt any more, neither those that are here nor those that come. */
  hurry() {
    this.#patience.end();
    this.#endTurn();
  }

  /** What cannot be written is not tried again. */
  stop() {
    this.#writer.stop();
  }

  /** What comes of them is recorded, whatever it is. */
  submit(messages: readonly OutboundMessage[]) {
    const { carrier } = this.#options;
    if (carrier.submitEach === undefined) {
      void this.#submitTogether(messages);
      return;
    }
    const handedOver = this.#handOver(messages);
    for (const message of messages) this.#inFlight.set(message, handedOver);
    carrier.submitEach(messages, this.#onAnswer);
  }

  #handOver(messages: readonly OutboundMessage[]): HandedOver {
    const { clock, leaseMs } = this.#options;
    const submittedAt = clock.now();
    const last = this.#last;
    if (last !== null && last.submittedAt === submittedAt) {
      last.batches.push(messages);
      last.unanswered += messages.length;
      return last;
    }
    const timer = clock.after(leaseMs, () => this.#giveUp(handedOver));
    const handedOver: HandedOver = { batches: [messages], submittedAt, unanswered: messages.length, timer };
    this.#underWay.add(handedOver);
    this.#last = handedOver;
    return handedOver;
  }

  /** Messages that are not handed over: they keep their room until the moves are on disk. */
  putBack(messages: readonly OutboundMessage[], moves: readonly Move[]) {
    for (const message of messages) this.#inFlight.set(message, null);
    const { clock, leaseMs } = this.#options;
    void this.#writer.write(moves, clock.now() + leaseMs).then(() => {
      for (const message of messages) this.#release(message);
      this.#options.onRoom();
    });
  }

  async #submitTogether(messages: readonly OutboundMessage[]) {
    const { clock, leaseMs, onAnswered, onRoom } = this.#options;
    const underWay = { submittedAt: clock.now() };
    this.#underWay.add(underWay);
    for (const message of messages) this.#inFlight.set(message, null);
    const results = await submitTogether(this.#options, messages, (answers) => void this.recordLate(answers));
    const now = clock.now();
    this.#underWay.delete(underWay);
    this.#answered.add(results.length, now);
    const counts = { ...noCounts(), answerMs: Math.max(0, now - underWay.submittedAt) };
    for (const result of results) counts[verdictOf(result)] += 1;
    const moves = results.map((result, index) =>
      moveOf(messages[index] as OutboundMessage, result, now, this.#options),
    );
    onAnswered(counts);
    this.#sayDoubts(moves);
    await this.#writer.write(moves, now + leaseMs);
    for (const message of messages) this.#release(message);
    onRoom();
  }

  #giveUp(handedOver: HandedOver) {
    const { carrier, leaseMs } = this.#options;
    const reason = `no answer from ${carrier.name} in ${leaseMs} ms`;
    for (const message of handedOver.batches.flat()) {
      if (this.#inFlight.get(message) === handedOver) this.#onAnswer(message, { outcome: "uncertain", reason });
    }
  }

  /** The same for all messages, so that none has a function of its own. */
  readonly #onAnswer: SettleMessage = (message, result) => {
    const handedOver = this.#inFlight.get(message) ?? null;
    if (handedOver === null) {
      void this.recordLate([{ message, result }]);
      return;
    }
    this.#inFlight.set(message, null);
    handedOver.unanswered -= 1;
    if (handedOver.unanswered === 0) {
      handedOver.timer.cancel();
      this.#underWay.delete(handedOver);
      if (this.#last === handedOver) this.#last = null;
    }
    const answeredAt = this.#options.clock.now();
    this.#answered.add(1, answeredAt);
    this.#count(result, answeredAt - handedOver.submittedAt);
    this.#unrecordedCount += 1;
    this.#answers.add({ message, result, answeredAt });
    this.#scheduleAnswerTurn();
    this.#endTurn();
  };

  /**
   * Receipts whose messages' answers are not written yet take these along: one move in place of two.
   *
   * @param write resolves when the receipts, and the answers with them, are on disk
   */
  async withAnswers<Result>(
    receipts: readonly CarrierReceipt[],
    write: (receipts: readonly Receipt[]) => Promise<Result>,
  ): Promise<Result> {
    const taken: Answered[] = [];
    const carrier = this.#options.carrier.name;
    const joined = receipts.map((receipt): Receipt => {
      const answer = this.#answers.take(receipt);
      if (answer === null) return { ...receipt, carrier };
      taken.push(answer);
      const { message, result, answeredAt } = answer;
      const answered = { seq: message.seq, attempts: message.attempts, submittedAt: answeredAt };
      return { ...receipt, carrier, carrierMessageId: result.carrierMessageId, answered };
    });
    this.#hasReceipts = true;
    this.#receiptCalls += 1;
    // Ahead of the receipts, which may be about them, and in the same turn, so that both share a commit.
    this.#recordDue();
    try {
      const result = await write(joined);
      this.#recorded(taken);
      return result;
    } catch (error) {
      // The receipts come again. The answers do not, and must not wait for another receipt.
      await this.#record(taken);
      throw error;
    } finally {
      this.#receiptCalls -= 1;
    }
  }

  /** What comes in the same turn is counted together, and written together where it is due. */
  #endTurn() {
    if (this.#isTurnEnding) return;
    this.#isTurnEnding = true;
    setImmediate(() => {
      this.#tellCounts();
      // Receipts of the same turn are handed over in an immediate that was asked for after this one.
      setImmediate(() => {
        this.#isTurnEnding = false;
        this.#recordDue();
      });
    });
  }

  #scheduleAnswerTurn() {
    if (this.#answerTimer !== null || !this.#answers.needsTurns) return;
    this.#hasReceipts = false;
    this.#answerTimer = this.#options.clock.after(ANSWER_TURN_MS, () => {
      this.#answerTimer = null;
      const isOver = !this.#hasReceipts && this.#receiptCalls === 0;
      this.#turnsWithReceipts = isOver ? TURNS_WITH_RECEIPTS : this.#turnsWithReceipts + 1;
      if (this.#turnsWithReceipts >= TURNS_WITH_RECEIPTS) {
        this.#turnsWithReceipts = 0;
        this.#answers.turn();
        this.#recordDue();
      }
      this.#scheduleAnswerTurn();
    });
  }

  /** One write at a time: what becomes due meanwhile is written together after it. */
  #recordDue() {
    if (!this.#isRecording && this.#answers.isAnyDue) void this.#recordAnswers(this.#answers.takeDue());
  }

  async #recordAnswers(answers: readonly Answered[]) {
    this.#isRecording = true;
    await this.#record(answers);
    this.#isRecording = false;
    if (this.#answers.isAnyDue) this.#endTurn();
  }

  async #record(answers: readonly Answered[]) {
    if (answers.length === 0) return;
    const { clock, leaseMs } = this.#options;
    const moves = answers.map(({ message, result, answeredAt }) => moveOf(message, result, answeredAt, this.#options));
    await this.#writer.write(moves, clock.now() + leaseMs);
    this.#recorded(answers);
  }

  #recorded(answers: readonly Answered[]) {
    if (answers.length === 0) return;
    const isRoomNew = this.#unrecordedCount > WAITING_ANSWERS_MAX;
    this.#unrecordedCount -= answers.length;
    for (const { message } of answers) this.#release(message);
    if (isRoomNew) this.#options.onRoom();
  }

  #release(message: OutboundMessage) {
    this.#inFlight.delete(message);
    if (this.#inFlight.size === 0) this.#options.onIdle();
  }

  #count(result: SubmitResult, answerMs: number) {
    const verdict = verdictOf(result);
    this.#counts[verdict] += 1;
    if (verdict !== "unsent") this.#counts.answerMs += Math.max(0, answerMs);
  }

  #tellCounts() {
    const counts = this.#counts;
    const answers = counts.good + counts.throttled + counts.failed;
    if (answers + counts.unsent === 0) return;
    this.#counts = noCounts();
    this.#options.onAnswered({ ...counts, answerMs: counts.answerMs / Math.max(1, answers) });
    this.#options.onRoom();
  }

  #sayDoubts(moves: readonly Move[]) {
    const held = moves.filter(({ doubt }) => doubt === "held").length;
    const resent = moves.filter(({ doubt }) => doubt === "resent").length;
    if (held + resent === 0) return;
    this.#options.log.warn(
      { event: "dispatch.in_doubt", carrier: this.#options.carrier.name, held, resent },
      "the carrier may have these messages or not",
    );
  }

  /**
   * Answers after all: they end the doubt about messages that were held. Those that were queued again go their way. Never
   * rejects.
   */
  async recordLate(answers: readonly LateAnswer[]) {
    const now = this.#options.clock.now();
    const moves = answers.flatMap(({ message, result }): Move[] => {
      if (result.outcome !== "submitted" && result.outcome !== "permanent") return [];
      return [{ ...moveOf(message, result, now, this.#options), from: "uncertain" }];
    });
    if (moves.length > 0) await this.#writer.write(moves, now + this.#options.leaseMs);
  }
}

const noCounts = () => ({ good: 0, throttled: 0, failed: 0, unsent: 0, answerMs: 0 });
