import { ERROR, STATUS } from "@posthorn/contract";
import {
  isSmppError,
  type Pdu,
  type PduInputOf,
  type Settle,
  type SmppError,
  type SmppSession,
  tlvValue,
} from "@posthorn/smpp";
import type { Clock, Timer } from "../../kernel/clock.ts";
import type { OutboundMessage } from "../../store/store.ts";
import type { SubmitResult } from "../carrier.ts";
import type { AnswerVerdict } from "./answers.ts";
import { type Job, type JobParts, JobQueue } from "./job-queue.ts";
import { SendRate } from "./send-rate.ts";
import { SteadyTime } from "./steady-time.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Waiting messages beyond the windows: what the carrier takes in so long, so that no window is empty meanwhile. */
const AHEAD_MS = 500;
const AHEAD_MAX = 5_000;
/** The measured rate falls by so much in a tick, and rises at once. */
const RATE_DECAY = 0.75;
/** Answers that come after their messages were given up: so many are remembered for each session. */
const LATE_MAX = 1_000;

export interface LateAnswer {
  readonly message: OutboundMessage;
  readonly result: SubmitResult;
}

export interface SubmitterOptions {
  /** A single PDU is written before the next message's are asked for. */
  readonly partsOf: (
    message: OutboundMessage,
  ) => { readonly pdus: readonly PduInputOf<"submit_sm">[] } | { readonly refused: SubmitResult };
  readonly verdictOf: (commandStatus: number, attempts: number) => AnswerVerdict;
  /** The carrier's id in the one notation that receipts are matched by. */
  readonly idOf: (messageId: string) => string;
  /** It can be asked about its ids, so that results must say how it writes them. */
  readonly needsSpelling: boolean;
  readonly clock: Clock;
  readonly tickMs: number;
  /** submit_sm a second on each link; 0: no limit. */
  readonly throughputPerSecond: number;
  /** A message that has not left by then goes back. */
  readonly patienceMs: number;
  /** Likewise while no link is bound: somebody else may be able to take it. */
  readonly unboundPatienceMs: number;
  /** It takes more than before. */
  readonly onRoom: () => void;
  readonly onThrottled: (perSecond: number | null) => void;
  readonly onBindFault: (session: OutletSession, commandStatus: number) => void;
  /** What the form makes of a message has no place in a PDU: it is rejected. */
  readonly onUnwritable: (message: OutboundMessage, error: unknown) => void;
  readonly onLateAnswers: (answers: readonly LateAnswer[]) => void;
}

/** What is needed of a session. */
export type OutletSession = Pick<SmppSession, "windowSize" | "freeCount" | "state" | "request">;

/** A session that takes messages, and what is bound to it. */
class Outlet {
  readonly session: OutletSession;
  readonly bucket: TokenBucket | null;
  /** Of every request here. */
  readonly settle: Settle<Job>;
  /** Messages of which a part has left here, and whose next part may leave. */
  readonly own: Job[] = [];
  /** What had not left when the session ended, in the order in which it was written. */
  readonly returned: Job[] = [];
  readonly late = new Map<number, Job>();
  /** An answer stayed away, and none has come since: one message at a time, so that a dead link takes few with it. */
  isDoubtful = false;

  constructor(session: OutletSession, bucket: TokenBucket | null, settle: Settle<Job>) {
    this.session = session;
    this.bucket = bucket;
    this.settle = settle;
  }
}

/**
 * From the dispatcher to the sessions: keeps windows full, keeps to the carrier's throughput, and says of each message
 * what came of it. It outlives sessions: what has not left waits for the next one.
 */
export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #queue = new JobQueue();
  readonly #outlets: Outlet[] = [];
  readonly #rate = new SendRate();
  readonly #time: SteadyTime;
  /** Which outlet is offered a message first. */
  #turn = 0;
  #isPumpDue = false;
  #timer: Timer | null = null;
  #isStopped = false;
  #unboundAt: number | null = 0;
  #answeredInTick = 0;
  #perSecond = 0;
  #capacity = 0;

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
  }

  /** submit_sm a second that it keeps to because the carrier refused more; null: none were refused. */
  get limitPerSecond(): number | null {
    return this.#rate.perSecond(this.#time.now());
  }

  /** Messages that may be here: those in the windows, and those that wait their turn. 0 while nothing is bound. */
  capacity(): number {
    if (this.#outlets.length === 0 || this.#isStopped) return 0;
    const windows = this.#outlets.reduce(
      (sum, { session, isDoubtful }) => sum + (isDoubtful ? 1 : session.windowSize),
      0,
    );
    const ahead = Math.ceil((this.#perSecond * AHEAD_MS) / 1000);
    return windows + Math.min(AHEAD_MAX, Math.max(windows, ahead));
  }

  submit(message: OutboundMessage, settle: Job["settle"]) {
    const acceptedAt = this.#time.now();
    if (this.#isStopped) return settle(message, UNSENT);
    const job: Job = {
      message,
      settle,
      acceptedAt,
      parts: null,
      throttled: 0,
      epoch: 0,
      sequenceNumber: 0,
      follower: null,
    };
    this.#queue.add(job);
    this.#schedulePump();
  }

  /** A session is bound that takes messages. */
  opened(session: OutletSession) {
    const { throughputPerSecond } = this.#options;
    const bucket = throughputPerSecond === 0 ? null : new TokenBucket(throughputPerSecond, this.#time.now());
    const outlet = new Outlet(session, bucket, (error, response, job) => {
      if (response !== null) this.#answered(job, outlet, response);
      else this.#unanswered(job, outlet, error);
    });
    this.#outlets.push(outlet);
    this.#unboundAt = null;
    this.#schedulePump();
    this.#options.onRoom();
  }

  /** The session is over; all of its requests were settled before. */
  closed(session: OutletSession) {
    const index = this.#outlets.findIndex((outlet) => outlet.session === session);
    const [outlet] = index < 0 ? [] : this.#outlets.splice(index, 1);
    if (outlet === undefined) return;
    for (const job of outlet.own.toReversed()) this.#queue.unshift(job);
    for (const job of outlet.returned.toReversed()) this.#queue.unshift(job);
    if (this.#outlets.length === 0) this.#unboundAt = this.#time.now();
    if (this.#isStopped) this.#giveBack(() => true);
    this.#schedulePump();
  }

  ready() {
    this.#schedulePump();
  }

  /** An answer for which its session does not wait any more. */
  lateAnswer(session: OutletSession, response: Pdu) {
    const outlet = this.#outlets.find((candidate) => candidate.session === session);
    const job = outlet?.late.get(response.sequenceNumber);
    if (outlet === undefined || job === undefined) return;
    outlet.late.delete(response.sequenceNumber);
    outlet.isDoubtful = false;
    this.#schedulePump();
    const verdict = this.#options.verdictOf(response.commandStatus, job.message.attempts);
    if (verdict.kind === "permanent") {
      const { state, statusId, errorId } = verdict;
      const result = { outcome: "permanent", state, statusId, errorId } as const;
      this.#options.onLateAnswers([{ message: job.message, result }]);
    } else if (verdict.kind === "taken") {
      // Of a message whose later parts never left the carrier has not enough to deliver it.
      const result = this.#taken(job, response);
      if (result !== null) this.#options.onLateAnswers([{ message: job.message, result }]);
    }
  }

  /** To be called regularly. */
  tick() {
    const now = this.#time.now();
    const perSecond = (this.#answeredInTick * 1000) / this.#options.tickMs;
    this.#answeredInTick = 0;
    this.#perSecond = Math.max(perSecond, this.#perSecond * RATE_DECAY);
    const { patienceMs, unboundPatienceMs } = this.#options;
    const isLost = this.#unboundAt !== null && now - this.#unboundAt >= unboundPatienceMs;
    this.#giveBack(({ acceptedAt }) => isLost || now - acceptedAt >= patienceMs);
    const capacity = this.capacity();
    if (capacity > this.#capacity) this.#options.onRoom();
    this.#capacity = capacity;
    this.#schedulePump();
  }

  /** Nothing leaves any more; what waits goes back. What is under way is settled by its session. */
  stop() {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#giveBack(() => true);
  }

  #giveBack(isWanted: (job: Job) => boolean) {
    for (;;) {
      const jobs = [...this.#queue.takeWhere(isWanted)];
      for (const outlet of this.#outlets) {
        const all = outlet.own.splice(0);
        for (const job of all) (isWanted(job) ? jobs : outlet.own).push(job);
      }
      if (jobs.length === 0) return;
      for (const job of jobs) {
        const isThrottled = job.throttled > 0 || (this.#outlets.length > 0 && this.limitPerSecond !== null);
        this.#end(job, isThrottled ? THROTTLED : UNSENT);
      }
    }
  }

  #end(job: Job, result: SubmitResult) {
    this.#queue.end(job);
    job.settle(job.message, result);
  }

  /** What came together in one turn is looked at once. */
  #schedulePump() {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #hasRoom({ session, isDoubtful }: Outlet): boolean {
    return session.freeCount > 0 && (!isDoubtful || session.freeCount === session.windowSize);
  }

  #pump() {
    if (this.#isStopped) return;
    const now = this.#time.now();
    let waitMs = 0;
    for (let hasSent = true; hasSent; ) {
      hasSent = false;
      for (let index = 0; index < this.#outlets.length; index += 1) {
        const outlet = this.#outlets[(this.#turn + index) % this.#outlets.length] as Outlet;
        if (!this.#hasRoom(outlet)) continue;
        if (outlet.own.length === 0 && this.#queue.readyCount === 0) continue;
        const outletWaitMs = outlet.bucket?.waitMs(now) ?? 0;
        if (outletWaitMs > 0) {
          waitMs = waitMs === 0 ? outletWaitMs : Math.min(waitMs, outletWaitMs);
          continue;
        }
        if (!this.#rate.take(now)) return this.#wake(this.#rate.waitMs(now));
        const job = outlet.own.length > 0 ? outlet.own.shift() : this.#queue.shift();
        if (job === undefined) continue;
        outlet.bucket?.take();
        if (this.#send(job, outlet)) hasSent = true;
      }
      this.#turn += 1;
    }
    if (waitMs > 0) this.#wake(waitMs);
  }

  #wake(delayMs: number) {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(Math.max(1, delayMs), () => this.#pump());
  }

  /** False when the session takes nothing now. */
  #send(job: Job, outlet: Outlet): boolean {
    try {
      const pdu = job.parts === null ? this.#begin(job) : job.parts.pdus[job.parts.ids.length];
      if (pdu === undefined) return true;
      job.epoch = this.#rate.epoch;
      job.sequenceNumber = outlet.session.request(pdu, outlet.settle, job);
      return true;
    } catch (error) {
      if (isSmppError(error) && (error.code === "SMPP_BUSY" || error.code === "SMPP_STATE_INVALID")) {
        this.#queue.unshift(job);
        return false;
      }
      this.#options.onUnwritable(job.message, error);
      this.#end(job, UNWRITABLE);
      return true;
    }
  }

  /** Its first part, or its only one; undefined when it was refused. */
  #begin(job: Job): PduInputOf<"submit_sm"> | undefined {
    const made = this.#options.partsOf(job.message);
    if ("refused" in made) {
      this.#end(job, made.refused);
      return undefined;
    }
    const { pdus } = made;
    if (pdus.length > 1) job.parts = { pdus, ids: [], spelledIds: [] };
    return pdus[0];
  }

  #unanswered(job: Job, outlet: Outlet, error: SmppError | null) {
    if (error?.code === "SMPP_STATE_INVALID") {
      outlet.returned.push(job);
      return;
    }
    if (outlet.session.state !== "CLOSED") {
      outlet.isDoubtful = true;
      if (outlet.late.size >= LATE_MAX) outlet.late.delete(outlet.late.keys().next().value ?? 0);
      outlet.late.set(job.sequenceNumber, job);
    }
    const carrierMessageId = job.parts?.ids[0];
    const known = carrierMessageId === undefined ? {} : { carrierMessageId };
    this.#end(job, { outcome: "uncertain", reason: error?.message ?? "no answer", ...known });
    this.#schedulePump();
  }

  #answered(job: Job, outlet: Outlet, response: Pdu) {
    const now = this.#time.now();
    outlet.isDoubtful = false;
    const { verdictOf, onThrottled, onBindFault } = this.#options;
    const verdict = verdictOf(response.commandStatus, job.message.attempts);
    if (verdict.kind === "throttled") {
      job.throttled += 1;
      if (this.#rate.refused(job.epoch, now) || job.throttled === 1) onThrottled(this.#rate.perSecond(now));
    } else this.#rate.accepted(now);
    if (response.command === "submit_sm_resp" && response.tlvs.length > 0) {
      const congestion = tlvValue(response.tlvs, "congestionState");
      if (congestion !== undefined) this.#rate.congested(congestion, now);
    }
    this.#schedulePump();
    switch (verdict.kind) {
      case "taken": {
        this.#answeredInTick += 1;
        const result = this.#taken(job, response);
        if (result === null) outlet.own.push(job);
        else this.#end(job, result);
        return;
      }
      case "throttled":
        if (job.parts !== null && job.parts.ids.length > 0) outlet.own.unshift(job);
        else this.#queue.unshift(job);
        return;
      case "bind-fault":
        this.#queue.unshift(job);
        onBindFault(outlet.session, response.commandStatus);
        return;
      case "temporary":
        this.#end(job, { outcome: "temporary", errorId: verdict.errorId });
        return;
      case "permanent": {
        const { state, statusId, errorId } = verdict;
        this.#end(job, { outcome: "permanent", state, statusId, errorId });
      }
    }
  }

  /**
   * What came of the message now that the carrier has this part of it; null while others are to follow. A carrier that
   * gives no id will send no receipt for it, either; ours at least says which message it was.
   */
  #taken({ message, parts }: Job, response: Pdu): SubmitResult | null {
    const { idOf, needsSpelling } = this.#options;
    const answered = response.command === "submit_sm_resp" ? response.messageId : "";
    const partNumber = parts === null ? 1 : parts.ids.length + 1;
    const spelledId = answered === "" ? `${message.messageId}/${message.attempts}/${partNumber}` : answered;
    const id = answered === "" ? spelledId : idOf(answered);
    if (parts === null) {
      if (!needsSpelling || id === spelledId) return { outcome: "submitted", carrierMessageId: id };
      return { outcome: "submitted", carrierMessageId: id, spelledIds: [spelledId] };
    }
    parts.ids.push(id);
    parts.spelledIds.push(spelledId);
    return parts.ids.length < parts.pdus.length ? null : submittedInParts(parts, needsSpelling);
  }
}

/** Nothing of it has left, so it is nobody's fault and costs it no pause. */
const UNSENT: SubmitResult = { outcome: "temporary", errorId: ERROR.NO_ERROR, isUnsent: true };
const THROTTLED: SubmitResult = { outcome: "temporary", errorId: ERROR.EC_RESOURCE_LIMITATION, isThrottled: true };
/** What a carrier's form makes of it has no place in a PDU; forms are checked, so that is a fault of ours. */
const UNWRITABLE: SubmitResult = {
  outcome: "permanent",
  state: "rejected",
  statusId: STATUS.REJECTED_SYSTEM_ERROR,
  errorId: ERROR.EC_INVALID_PDU_FORMAT,
};

function submittedInParts({ ids, spelledIds }: JobParts, needsSpelling: boolean): SubmitResult {
  const [carrierMessageId = ""] = ids;
  const isSpelled = needsSpelling && spelledIds.some((spelled, index) => spelled !== ids[index]);
  return { outcome: "submitted", carrierMessageId, partIds: ids, ...(isSpelled ? { spelledIds } : {}) };
}
