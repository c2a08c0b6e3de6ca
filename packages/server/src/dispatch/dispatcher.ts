import { ERROR, STATUS } from "@posthorn/contract";
import type { Carrier, SubmitResult } from "../carrier/carrier.ts";
import type { AnswerCounts } from "../carrier/health.ts";
import { fullJitterMs } from "../kernel/backoff.ts";
import { sleep, type Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import { isFinal } from "../message/state.ts";
import type { Move, OutboundMessage, Store } from "../store/store.ts";
import { moveAfterDoubt, waitUntil } from "../carrier/uncertain.ts";
import { asksForIntermediateReports } from "./intermediate-reports.ts";

/** While the store cannot write, results wait in memory, at most as many as the carrier's window has. */
const RECORD_RETRY_MS = 1_000;

/** A lane that a carrier may claim from now. */
export interface LaneTurn {
  readonly name: string;
  /** Only to see whether the carrier is well again: another one serves the lane. */
  readonly isProbe: boolean;
}

/** Messages given to a carrier that answers each by itself. */
interface HandedOver {
  /** Those without an answer. */
  readonly pending: Set<OutboundMessage>;
  readonly submittedAt: number;
  /** Those whose result is not on disk. */
  unrecorded: number;
  readonly end: () => void;
}

export interface DispatcherOptions {
  readonly store: Pick<Store, "claimDue" | "moveMessages">;
  /** What it may claim from, as things are now. The same array as long as nothing has changed. */
  readonly lanes: () => readonly LaneTurn[];
  /** Messages that a probe may still hand over. */
  readonly probeRoom: () => number;
  readonly onClaimed: (count: number, isProbe: boolean) => void;
  /** So many of those claimed last are not handed over: they wait for their delivery window. */
  readonly onHeldBack: (count: number, isProbe: boolean) => void;
  readonly onAnswered: (counts: AnswerCounts) => void;
  readonly carrier: Carrier;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly claimSize: number;
  readonly pollIntervalMs: number;
  readonly leaseMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** A message that the carrier has is looked at again after this; absent where the carrier cannot be asked. */
  readonly queryAfterMs?: number;
  /** Intermediate reports were born: whoever pushes them should look. */
  readonly onReports?: () => void;
}

/**
 * Takes due messages of its carrier's lanes under a lease, no more than the carrier has room for, hands them over and
 * records what came of it. The claim is on disk before a byte leaves and the result after, so whatever a crash leaves
 * claimed is known to be in doubt.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #loop: WorkLoop;
  readonly #batches = new Set<Promise<void>>();
  readonly #inFlight = new Set<number>();
  /** When each batch without an answer was handed over; the oldest is the first. */
  readonly #submittedAt = new Map<object, number>();
  /** Lanes that something was said about since they were last found empty. With one lane nobody asks. */
  readonly #dueLanes = new Set<string>();
  /** Results of single messages that are about to be written. */
  readonly #answers: { handedOver: HandedOver; message: OutboundMessage; result: SubmitResult }[] = [];
  #isRecording = false;
  #isAllDue = true;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The lanes take turns in being the first. */
  #turn = 0;
  #isStopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#loop = startWorkLoop({
      name: "dispatch",
      clock: options.clock,
      log: options.log,
      pollIntervalMs: options.pollIntervalMs,
      round: () => this.#round(),
    });
  }

  /** True while the message's result is waited for, or being written. */
  holds(seq: number): boolean {
    return this.#inFlight.has(seq);
  }

  /** Messages handed over, or about to be, whose result is not on disk. */
  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** Since when the oldest submission waits for its answer; null: there is none. */
  get oldestSubmittedAt(): number | null {
    return this.#submittedAt.values().next().value ?? null;
  }

  /** @param lane the one that has something new; without it, any of them may have */
  nudge(lane?: string) {
    if (lane === undefined) this.#isAllDue = true;
    else this.#dueLanes.add(lane);
    this.#loop.nudge();
  }

  /** Claims nothing more. Resolves when the results of what is in flight are on disk, or its leases are over. */
  async drain() {
    await this.#loop.stop();
    await Promise.all(this.#batches);
  }

  /**
   * No message is claimed after this. Resolves when the results of those in flight are on disk, or after `limitMs`: what
   * a carrier has not answered by then stays claimed, and is in doubt at the next start.
   */
  async stop(limitMs: number) {
    await this.#loop.stop();
    this.#isStopped = true;
    if (this.#batches.size > 0) await Promise.race([Promise.all(this.#batches), sleep(this.#options.clock, limitMs)]);
  }

  async #round(): Promise<boolean> {
    const lanes = this.#options.lanes();
    const isAll = this.#isEveryLaneDue(lanes.length);
    let hasMore = false;
    const first = lanes.length === 0 ? 0 : this.#turn % lanes.length;
    for (let turn = 0; turn < lanes.length; turn += 1) {
      const index = (first + turn) % lanes.length;
      const lane = lanes[index] as LaneTurn;
      if (!isAll && !this.#dueLanes.has(lane.name)) continue;
      const claimed = await this.#claim(lane);
      // Meanwhile another carrier may have got them: it would send what is newer while we still take what is older.
      if (lanes !== this.#options.lanes()) {
        this.#isAllDue = true;
        return true;
      }
      if (claimed === "all") continue;
      // What is left waits for room, or for the next round, which begins behind this lane.
      this.#dueLanes.add(lane.name);
      if (claimed === "nothing") continue;
      this.#turn = index + 1;
      hasMore = true;
    }
    return hasMore;
  }

  /** Now and then all are looked through: nudges may be lost, and what was put off becomes due without one. */
  #isEveryLaneDue(laneCount: number): boolean {
    if (laneCount === 1) return true;
    const { clock, pollIntervalMs } = this.#options;
    const now = clock.now();
    if (!this.#isAllDue && Math.abs(now - this.#lookedAt) < pollIntervalMs) return false;
    this.#isAllDue = false;
    this.#lookedAt = now;
    return true;
  }

  #room(): number {
    return Math.min(this.#options.claimSize, this.#options.carrier.capacity() - this.#inFlight.size);
  }

  /** `all` that is due; `some`, and there may be more; `nothing`, for want of room. */
  async #claim({ name, isProbe }: LaneTurn): Promise<"all" | "some" | "nothing"> {
    const { store, carrier, clock, leaseMs, probeRoom } = this.#options;
    const limit = isProbe ? Math.min(this.#room(), probeRoom()) : this.#room();
    if (limit <= 0) return "nothing";
    this.#dueLanes.delete(name);
    const now = clock.now();
    const claimed = await store.claimDue({ route: name, carrier: carrier.name, now, leaseUntil: now + leaseMs, limit });
    if (claimed.length === 0) return "all";
    this.#options.onClaimed(claimed.length, isProbe);
    for (const { seq } of claimed) this.#inFlight.add(seq);
    const batch = this.#handOver(claimed, isProbe).finally(() => {
      this.#batches.delete(batch);
      this.#loop.nudge();
    });
    this.#batches.add(batch);
    return claimed.length === limit ? "some" : "all";
  }

  /**
   * A message may have waited for its carrier until its delivery window closed: it goes back until the next opening.
   * Never rejects.
   */
  async #handOver(messages: readonly OutboundMessage[], isProbe: boolean): Promise<void> {
    const now = this.#options.clock.now();
    const closed = new Map<OutboundMessage, Move>();
    for (const message of messages) {
      if (message.options === null) continue;
      const wait = waitUntil(message, now);
      if (wait.to !== "held") continue;
      const { seq, attempts } = message;
      const status = { statusId: STATUS.PENDING_ACCEPTED, errorId: ERROR.NO_ERROR };
      closed.set(message, { seq, from: "claimed", attempts, at: now, ...status, ...wait });
    }
    const { carrier, leaseMs, onHeldBack } = this.#options;
    const submit = (open: readonly OutboundMessage[]) =>
      carrier.submitEach === undefined ? this.#submit(open) : this.#submitEach(open);
    if (closed.size === 0) return submit(messages);
    onHeldBack(closed.size, isProbe);
    const open = messages.filter((message) => !closed.has(message));
    await Promise.all([
      this.#record([...closed.values()], now + leaseMs).then(() => this.#release(closed.keys())),
      open.length === 0 ? undefined : submit(open),
    ]);
  }

  /** What became of them is on disk. */
  #release(messages: Iterable<OutboundMessage>) {
    for (const { seq } of messages) this.#inFlight.delete(seq);
  }

  /** Never rejects. */
  async #submit(messages: readonly OutboundMessage[]): Promise<void> {
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
    const counts = { good: 0, throttled: 0, failed: 0, answerMs: Math.max(0, now - submittedAt) };
    const moves = messages.map((message, index) => {
      const result = results[index] ?? { outcome: "uncertain", reason: "the carrier gave no result" };
      counts[verdictOf(result)] += 1;
      return this.#moveFor(message, result, now);
    });
    this.#options.onAnswered(counts);
    this.#sayDoubts(moves);
    await this.#record(moves, now + this.#options.leaseMs);
    this.#release(messages);
  }

  /** Resolves when every result is on disk. Never rejects. */
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
    this.#answers.push({ handedOver, message, result });
    if (this.#isRecording) return;
    this.#isRecording = true;
    // What the same turn brings is written together; what comes while that is written, together after it.
    queueMicrotask(() => void this.#recordAnswers());
  }

  async #recordAnswers() {
    const { clock, leaseMs, onAnswered } = this.#options;
    while (this.#answers.length > 0) {
      const answers = this.#answers.splice(0);
      const now = clock.now();
      const counts = { good: 0, throttled: 0, failed: 0, answerMs: 0 };
      const moves = answers.map(({ handedOver, message, result }) => {
        counts[verdictOf(result)] += 1;
        counts.answerMs += Math.max(0, now - handedOver.submittedAt) / answers.length;
        return this.#moveFor(message, result, now);
      });
      onAnswered(counts);
      await this.#record(moves, now + leaseMs);
      for (const { handedOver, message } of answers) {
        this.#inFlight.delete(message.seq);
        handedOver.unrecorded -= 1;
        if (handedOver.unrecorded === 0) handedOver.end();
      }
      this.#loop.nudge();
    }
    this.#isRecording = false;
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
  async recordLate(answers: readonly { readonly message: OutboundMessage; readonly result: SubmitResult }[]) {
    const now = this.#options.clock.now();
    const moves = answers.flatMap(({ message, result }): Move[] => {
      if (result.outcome !== "submitted" && result.outcome !== "permanent") return [];
      return [{ ...this.#moveFor(message, result, now), from: "uncertain" }];
    });
    if (moves.length > 0) await this.#record(moves, now + this.#options.leaseMs);
  }

  /** Tries until the lease is over: after that the checks have declared the messages uncertain, which they are. */
  async #record(moves: readonly Move[], until: number) {
    const { store, clock, log } = this.#options;
    for (;;) {
      try {
        const moved = await store.moveMessages(moves);
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

  #moveFor(message: OutboundMessage, result: SubmitResult, now: number): Move {
    const move = this.#plainMoveFor(message, result, now);
    return asksForIntermediateReports(message.options) ? { ...move, intermediateReport: true } : move;
  }

  #plainMoveFor(message: OutboundMessage, result: SubmitResult, now: number): Move {
    const base = { seq: message.seq, from: "claimed", attempts: message.attempts, at: now } as const;
    switch (result.outcome) {
      case "submitted": {
        const { queryAfterMs } = this.#options;
        return {
          ...base,
          to: "submitted",
          statusId: STATUS.PENDING_WAITING_DELIVERY,
          errorId: ERROR.NO_ERROR,
          carrierMessageId: result.carrierMessageId,
          ...(result.partIds === undefined ? {} : { partIds: result.partIds }),
          submittedAt: now,
          checkAt: queryAfterMs === undefined ? message.expiresAt : Math.min(message.expiresAt, now + queryAfterMs),
        };
      }
      case "temporary": {
        const { retryBaseMs, retryMaxMs, random } = this.#options;
        const backoffMs = fullJitterMs(message.attempts, { baseMs: retryBaseMs, maxMs: retryMaxMs }, random);
        return {
          ...base,
          statusId: STATUS.PENDING_ENROUTE,
          errorId: result.errorId,
          ...waitUntil(message, now + (result.isUnsent === true ? 0 : Math.max(backoffMs, result.retryAfterMs ?? 0))),
        };
      }
      case "permanent":
        return { ...base, to: result.state, statusId: result.statusId, errorId: result.errorId };
      case "uncertain": {
        const { retryBaseMs, retryMaxMs, random } = this.#options;
        const backoffMs = fullJitterMs(message.attempts, { baseMs: retryBaseMs, maxMs: retryMaxMs }, random);
        const { carrier, queryAfterMs } = this.#options;
        const claimed = { ...message, state: "claimed" } as const;
        const move = moveAfterDoubt(claimed, carrier.uncertainPolicy, now, backoffMs);
        if (result.carrierMessageId === undefined) return move;
        const known = { ...move, carrierMessageId: result.carrierMessageId, submittedAt: now };
        // The carrier can be asked what became of it.
        if (move.to !== "uncertain" || queryAfterMs === undefined) return known;
        return { ...known, checkAt: Math.min(message.expiresAt, now + queryAfterMs) };
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

/** What a result says about the carrier. A refusal for good says something about the message only. */
function verdictOf(result: SubmitResult): "good" | "throttled" | "failed" {
  if (result.outcome === "uncertain") return "failed";
  if (result.outcome !== "temporary") return "good";
  return result.isThrottled === true ? "throttled" : "failed";
}
