import type { Carrier, CarrierReceipt, SubmitResult } from "../carrier/carrier.ts";
import type { AnswerCounts } from "../carrier/health.ts";
import { type Clock, sleep } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { isFinal } from "../message/state.ts";
import type { AnsweredClaim, Move, OutboundMessage, Store } from "../store/store.ts";
import { AnswerQueue, type Answered, type HandedOver } from "./answer-queue.ts";
import { moveOf, type MoveRules, verdictOf } from "./result-moves.ts";

/** While the store cannot write, results wait in memory, at most as many as the carrier's window has. */
const RECORD_RETRY_MS = 1_000;

/** A receipt, with the answer that is written with it. */
export type AnsweredReceipt = CarrierReceipt & { readonly answered?: AnsweredClaim };

export interface LateAnswer {
  readonly message: OutboundMessage;
  readonly result: SubmitResult;
}

export interface SubmissionsOptions extends MoveRules {
  readonly store: Pick<Store, "moveMessages">;
  readonly carrier: Carrier;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs: number;
  readonly onAnswered: (counts: AnswerCounts) => void;
  /** Intermediate reports were born: whoever pushes them should look. */
  readonly onReports?: () => void;
  /** What became of them is on disk. */
  readonly release: (messages: readonly OutboundMessage[]) => void;
  /** Some of a batch are released, and the others not yet. */
  readonly onRoom: () => void;
  /** Some are queued again, and due at once. */
  readonly onDue: () => void;
}

/** Messages in the hands of one carrier: gives them to it, and records what comes of them. */
export class Submissions {
  readonly #options: SubmissionsOptions;
  /** When each batch without an answer was handed over; the oldest is the first. */
  readonly #submittedAt = new Map<object, number>();
  /** Results of single messages that are about to be written. */
  readonly #answers = new AnswerQueue();
  #isRecording = false;
  #isRecordingDue = false;
  /** Calls for receipts that have not ended: what they bring next may take answers along. */
  #receiptCalls = 0;
  #isStopped = false;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /** Since when the oldest submission waits for its answer; null: there is none. */
  get oldestSubmittedAt(): number | null {
    return this.#submittedAt.values().next().value ?? null;
  }

  /** What cannot be written is not tried again. */
  stop() {
    this.#isStopped = true;
  }

  /** Resolves when every result is on disk. Never rejects. */
  submit(messages: readonly OutboundMessage[]): Promise<void> {
    return this.#options.carrier.submitEach === undefined ? this.#submitTogether(messages) : this.#submitEach(messages);
  }

  async #submitTogether(messages: readonly OutboundMessage[]): Promise<void> {
    let results: readonly SubmitResult[];
    const submittedAt = this.#options.clock.now();
    this.#submittedAt.set(messages, submittedAt);
    try {
      results = await this.#submitInTime(messages);
    } catch (error) {
      this.#options.log.warn(
        { event: "dispatch.submit_failed", carrier: this.#options.carrier.name, err: error },
        "submit failed",
      );
      results = messages.map(() => ({ outcome: "uncertain", reason: String(error) }));
    }
    const now = this.#options.clock.now();
    this.#submittedAt.delete(messages);
    const counts = { good: 0, throttled: 0, failed: 0, unsent: 0, answerMs: Math.max(0, now - submittedAt) };
    const moves = messages.map((message, index) => {
      const result = results[index] ?? { outcome: "uncertain", reason: "the carrier gave no result" };
      counts[verdictOf(result)] += 1;
      return moveOf(message, result, now, this.#options);
    });
    this.#options.onAnswered(counts);
    this.#sayDoubts(moves);
    await this.record(moves, now + this.#options.leaseMs);
    this.#options.release(messages);
  }

  #submitEach(messages: readonly OutboundMessage[]): Promise<void> {
    const { carrier, clock, leaseMs } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const handedOver: HandedOver = {
      pending: new Set(messages),
      submittedAt: clock.now(),
      unrecorded: messages.length,
      end: () => {
        timer.cancel();
        this.#submittedAt.delete(messages);
        resolve();
      },
    };
    this.#submittedAt.set(messages, handedOver.submittedAt);
    const timer = clock.after(leaseMs, () => {
      const reason = `no answer from ${carrier.name} in ${leaseMs} ms`;
      for (const message of handedOver.pending) this.#answered(handedOver, message, { outcome: "uncertain", reason });
    });
    carrier.submitEach?.(messages, (message, result) => this.#answered(handedOver, message, result));
    return promise;
  }

  #answered(handedOver: HandedOver, message: OutboundMessage, result: SubmitResult) {
    if (!handedOver.pending.delete(message)) {
      void this.recordLate([{ message, result }]);
      return;
    }
    this.#answers.add({ handedOver, message, result });
    this.#scheduleRecording();
  }

  /**
   * Receipts whose messages' answers are not written yet take these along: one move in place of two. What the carrier
   * has said is written at latest when the receipts under way are.
   *
   * @param write resolves when the receipts, and the answers with them, are on disk
   */
  async withAnswers<Result>(
    receipts: readonly CarrierReceipt[],
    write: (receipts: readonly AnsweredReceipt[]) => Promise<Result>,
  ): Promise<Result> {
    const { clock } = this.#options;
    const taken: Answered[] = [];
    const submittedAt = clock.now();
    const joined = receipts.map((receipt): AnsweredReceipt => {
      const answer = this.#answers.take(receipt);
      if (answer === null) return receipt;
      taken.push(answer.answered);
      const { seq, attempts } = answer.answered.message;
      return { ...receipt, carrierMessageId: answer.carrierMessageId, answered: { seq, attempts, submittedAt } };
    });
    this.#count(taken, submittedAt);
    this.#receiptCalls += 1;
    try {
      const writing = write(joined);
      // In the same turn, so that both share a commit.
      if (!this.#isRecording) void this.#recordAnswers(this.#answers.takeOld());
      const result = await writing;
      this.#recorded(taken);
      return result;
    } catch (error) {
      // The receipts come again. The answers do not, and must not wait for another receipt.
      await this.#record(taken, this.#movesOf(taken, submittedAt), submittedAt);
      throw error;
    } finally {
      this.#receiptCalls -= 1;
      this.#scheduleRecording();
    }
  }

  /** What the same turn brings is written together, also with its receipts; what comes meanwhile, together after it. */
  #scheduleRecording() {
    if (this.#isRecordingDue || this.#answers.count === 0) return;
    this.#isRecordingDue = true;
    // Receipts of the same turn are handed over in an immediate that was asked for after this one.
    setImmediate(() =>
      setImmediate(() => {
        this.#isRecordingDue = false;
        if (!this.#isRecording && this.#receiptCalls === 0) void this.#recordAnswers(this.#answers.takeAll());
      }),
    );
  }

  async #recordAnswers(answers: readonly Answered[]) {
    if (answers.length === 0) return;
    this.#isRecording = true;
    const now = this.#options.clock.now();
    this.#count(answers, now);
    await this.#record(answers, this.#movesOf(answers, now), now);
    this.#isRecording = false;
    this.#scheduleRecording();
  }

  #movesOf(answers: readonly Answered[], now: number): readonly Move[] {
    return answers.map(({ message, result }) => moveOf(message, result, now, this.#options));
  }

  async #record(answers: readonly Answered[], moves: readonly Move[], now: number) {
    if (answers.length === 0) return;
    await this.record(moves, now + this.#options.leaseMs);
    this.#recorded(answers);
  }

  #recorded(answers: readonly Answered[]) {
    if (answers.length === 0) return;
    this.#options.release(answers.map(({ message }) => message));
    for (const { handedOver } of answers) {
      handedOver.unrecorded -= 1;
      if (handedOver.unrecorded === 0) handedOver.end();
    }
    this.#options.onRoom();
  }

  #count(answers: readonly Answered[], now: number) {
    if (answers.length === 0) return;
    const counts = { good: 0, throttled: 0, failed: 0, unsent: 0, answerMs: 0 };
    for (const { handedOver, result } of answers) {
      const verdict = verdictOf(result);
      counts[verdict] += 1;
      if (verdict !== "unsent") counts.answerMs += Math.max(0, now - handedOver.submittedAt);
    }
    counts.answerMs /= Math.max(1, answers.length - counts.unsent);
    this.#options.onAnswered(counts);
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

  /** A carrier that never answers must not keep its window for ever; what it was given is in doubt. */
  async #submitInTime(messages: readonly OutboundMessage[]): Promise<readonly SubmitResult[]> {
    const { carrier, clock, leaseMs } = this.#options;
    const late = Promise.withResolvers<never>();
    const answer = carrier.submit(messages);
    const timer = clock.after(leaseMs, () => {
      late.reject(new Error(`no answer from ${carrier.name} in ${leaseMs} ms`));
      void answer.then(
        (results) => this.recordLate(zip(messages, results)),
        () => {}, // It says no more than its silence did.
      );
    });
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      timer.cancel();
    }
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
    if (moves.length > 0) await this.record(moves, now + this.#options.leaseMs);
  }

  /** Tries until the lease is over: after that the checks have declared the messages uncertain, which they are. */
  async record(moves: readonly Move[], until: number) {
    const { store, clock, log } = this.#options;
    for (;;) {
      try {
        const moved = await store.moveMessages(moves);
        if (moves.some(({ to, dueAt = 0, at }) => to === "queued" && dueAt <= at)) this.#options.onDue();
        const late = moved.filter((wasMoved) => !wasMoved).length;
        if (late > 0)
          log.warn({ event: "dispatch.late_results", count: late }, "results came after the lease was over");
        if (moves.some(({ intermediateReport, to }) => intermediateReport === true || isFinal(to)))
          this.#options.onReports?.();
        return;
      } catch (error) {
        log.error({ event: "dispatch.record_failed", err: error, count: moves.length }, "results could not be written");
        if (this.#isStopped || clock.now() >= until) return;
        await sleep(clock, RECORD_RETRY_MS);
      }
    }
  }
}

function zip(messages: readonly OutboundMessage[], results: readonly SubmitResult[]) {
  return messages.flatMap((message, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ message, result }];
  });
}
