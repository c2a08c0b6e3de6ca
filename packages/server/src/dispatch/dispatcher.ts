import { ERROR, STATUS } from "@posthorn/contract";
import type { Carrier, CarrierReceipt } from "../carrier/carrier.ts";
import type { AnswerCounts } from "../carrier/health.ts";
import { waitUntil } from "../carrier/uncertain.ts";
import { sleep, type Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { Move, OutboundMessage, Receipt, RoomOffer, Store } from "../store/store.ts";
import { Submissions } from "./submissions.ts";
import type { LateAnswer } from "./submit-together.ts";

/** A lane that a carrier may claim from now. */
export interface LaneTurn {
  readonly name: string;
  /** Only to see whether the carrier is well again: another one serves the lane. */
  readonly isProbe: boolean;
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
 * Whether messages that are about to be inserted could be claimed with their insert. `soon`: not at this moment, but the
 * carrier answers so many that it is worth waiting for.
 */
export type Room = "now" | "soon" | "none";

/** Messages answered in a tenth of a second: of a slower carrier the store is never the bottleneck. */
const FAST_MIN = 100;
/** Tenths of a second in which as many must be answered as wait to be inserted. */
const WAITED_SLOTS_MAX = 3;
/** What waits on disk is to be gone after this; if it is not, what comes in does not wait as well. */
export const CATCHING_UP_MS_MAX = 1_000;

/**
 * Takes due messages of its carrier's lanes under a lease, no more than the carrier has room for, and hands them over
 * (submissions.ts records what comes of it). The claim is on disk before a byte leaves and the result after, so whatever a crash leaves
 * claimed is known to be in doubt.
 *
 * There are two ways to a claim: a round claims what waits, and what is about to be inserted is offered room, so that
 * it is claimed in the commit that inserts it. Both keep their room from the moment they ask until they are answered.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #loop: WorkLoop;
  readonly #submissions: Submissions;
  /** Called when nothing is in flight, and nothing may come of what was asked. */
  readonly #idleWaiters: (() => void)[] = [];
  /** Messages that may come of claims and offers whose answer is not there. */
  #reserved = 0;
  /** Nothing is offered any more. */
  #isEnding = false;
  /** Nothing is handed over any more. */
  #isStopped = false;
  /** As they were in the last round. */
  #lanes: readonly LaneTurn[] = [];
  /** Lanes that something was said about since they were last found empty. */
  readonly #dueLanes = new Set<string>();
  /** Lanes whose last claim got all that was due. */
  readonly #emptyLanes = new Set<string>();
  /** Lanes of which more is due than the claims have got, and since when. */
  readonly #behindSince = new Map<string, number>();
  #isAllDue = true;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The lanes take turns in being the first. */
  #turn = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#submissions = new Submissions({
      ...options,
      onRoom: () => this.#onRoom(),
      onIdle: () => this.#sayIdle(),
      onDue: () => this.nudge(),
    });
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
    return this.#submissions.holds(seq);
  }

  /** Messages handed over, or about to be, whose result is not on disk. */
  get inFlightCount(): number {
    return this.#submissions.inFlightCount;
  }

  /** Nothing is in flight, and nothing may come of what was asked. */
  get isIdle(): boolean {
    return this.inFlightCount === 0 && this.#reserved === 0;
  }

  /** Since when the oldest submission waits for its answer; null: there is none. */
  get oldestSubmittedAt(): number | null {
    return this.#submissions.oldestSubmittedAt;
  }

  /** See `Submissions.withAnswers`. */
  withAnswers<Result>(
    receipts: readonly CarrierReceipt[],
    write: (receipts: readonly Receipt[]) => Promise<Result>,
  ): Promise<Result> {
    return this.#submissions.withAnswers(receipts, write);
  }

  /** Answers after all, to messages whose lease was over. Never rejects. */
  recordLate(answers: readonly LateAnswer[]): Promise<void> {
    return this.#submissions.recordLate(answers);
  }

  /** @param lane the one that has something new; without it, any of them may have */
  nudge(lane?: string) {
    if (lane === undefined) this.#isAllDue = true;
    else this.#dueLanes.add(lane);
    this.#loop.nudge();
  }

  /**
   * Keeps room for messages that are about to be inserted on a lane of its own. Null where there is none, where other
   * messages are known to wait for it, and of lanes that it only probes.
   */
  offer(laneName: string, count: number): RoomOffer | null {
    if (this.#isEnding || this.#dueLanes.size > 0) return null;
    const lane = this.#options.lanes().find(({ name }) => name === laneName);
    const limit = lane === undefined || lane.isProbe ? 0 : Math.min(count, this.#free());
    if (limit <= 0) return null;
    this.#reserved += limit;
    const { carrier, clock, leaseMs } = this.#options;
    const now = clock.now();
    return {
      claim: { route: laneName, carrier: carrier.name, now, leaseUntil: now + leaseMs, limit },
      settle: (claimed) => {
        this.#reserved -= limit;
        // Too late: its carrier has been stopped. They are claimed, so the next start knows of them.
        if (claimed.length > 0 && !this.#isStopped) this.#take(claimed, false);
        this.#sayIdle();
        if (this.#dueLanes.size > 0) this.#loop.nudge();
      },
    };
  }

  /**
   * What an offer for so many messages would find.
   *
   * @param pendingCount these, and all others that wait to be inserted: they are to leave in the time that they may wait
   */
  roomFor(laneName: string, count: number, pendingCount: number): Room {
    const { lanes, carrier, clock } = this.#options;
    const lane = lanes().find(({ name }) => name === laneName);
    if (this.#isEnding || lane === undefined || lane.isProbe) return "none";
    if (this.#dueLanes.size === 0 && this.#free() >= count) return "now";
    const { answeredLately } = this.#submissions;
    const isFast = answeredLately >= FAST_MIN && pendingCount <= answeredLately * WAITED_SLOTS_MAX;
    const now = clock.now();
    const isCatchingUp = now - (this.#behindSince.get(laneName) ?? now) <= CATCHING_UP_MS_MAX;
    return isFast && isCatchingUp && count <= carrier.capacity() ? "soon" : "none";
  }

  /** Claims nothing more. Resolves when the results of what is in flight are on disk, or its leases are over. */
  async drain() {
    this.#isEnding = true;
    this.#submissions.hurry();
    await this.#loop.stop();
    await this.#whenIdle();
  }

  /**
   * No message is claimed after this. Resolves when the results of those in flight are on disk, or after `limitMs`: what
   * a carrier has not answered by then stays claimed, and is in doubt at the next start.
   */
  async stop(limitMs: number) {
    this.#isEnding = true;
    this.#submissions.hurry();
    await this.#loop.stop();
    this.#submissions.stop();
    if (!this.isIdle) await Promise.race([this.#whenIdle(), sleep(this.#options.clock, limitMs)]);
    this.#isStopped = true;
  }

  async #round(): Promise<boolean> {
    const lanes = this.#options.lanes();
    if (lanes !== this.#lanes) this.#forgetLanesBut(lanes);
    const isAll = this.#isEveryLaneDue();
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

  #forgetLanesBut(lanes: readonly LaneTurn[]) {
    this.#lanes = lanes;
    this.#emptyLanes.clear();
    this.#behindSince.clear();
    const names = new Set(lanes.map(({ name }) => name));
    for (const name of this.#dueLanes) if (!names.has(name)) this.#dueLanes.delete(name);
  }

  /** Now and then all are looked through: nudges may be lost, and what was put off becomes due without one. */
  #isEveryLaneDue(): boolean {
    const { clock, pollIntervalMs } = this.#options;
    const now = clock.now();
    if (!this.#isAllDue && Math.abs(now - this.#lookedAt) < pollIntervalMs) return false;
    this.#isAllDue = false;
    this.#lookedAt = now;
    return true;
  }

  #free(): number {
    return this.#options.carrier.capacity() - this.inFlightCount + this.#submissions.roomlessCount - this.#reserved;
  }

  /** Nothing is looked for where nothing is known to wait: the lanes that room was wanting for are due. */
  #onRoom() {
    if (this.#isAllDue || this.#dueLanes.size > 0) this.#loop.nudge();
  }

  /**
   * What was found empty a moment ago has little to claim, so half of the room stays free for offers. Otherwise a claim
   * for a few would keep it all, what is inserted meanwhile would have to be claimed as well, and so on for ever.
   */
  #room(lane: string): number {
    const free = this.#free();
    return Math.min(this.#options.claimSize, this.#emptyLanes.has(lane) ? Math.ceil(free / 2) : free);
  }

  /** `all` that is due; `some`, and there may be more; `nothing`, for want of room. */
  async #claim({ name, isProbe }: LaneTurn): Promise<"all" | "some" | "nothing"> {
    const { store, carrier, clock, leaseMs, probeRoom } = this.#options;
    const room = this.#room(name);
    const limit = isProbe ? Math.min(room, probeRoom()) : room;
    if (limit <= 0) {
      // Room may come before the round goes on, and must find that it is waited for.
      this.#dueLanes.add(name);
      return "nothing";
    }
    this.#dueLanes.delete(name);
    this.#emptyLanes.delete(name);
    const now = clock.now();
    const claim = { route: name, carrier: carrier.name, now, leaseUntil: now + leaseMs, limit };
    this.#reserved += limit;
    let claimed: readonly OutboundMessage[];
    // Nothing stands between the store's answer and the handing over: an insert that is answered after it, in the same
    // turn, hands over what is newer.
    try {
      claimed = await store.claimDue(claim);
    } catch (error) {
      this.#isAllDue = true;
      throw error;
    } finally {
      this.#reserved -= limit;
    }
    if (claimed.length > 0) this.#take(claimed, isProbe);
    if (claimed.length === limit) {
      if (!this.#behindSince.has(name)) this.#behindSince.set(name, now);
      return "some";
    }
    this.#behindSince.delete(name);
    this.#emptyLanes.add(name);
    return "all";
  }

  /** Messages that are claimed. One may have waited until its delivery window closed: it goes back until the next opening. */
  #take(claimed: readonly OutboundMessage[], isProbe: boolean) {
    const { onClaimed, onHeldBack, clock } = this.#options;
    onClaimed(claimed.length, isProbe);
    const closed = new Map<OutboundMessage, Move>();
    if (claimed.some(({ options }) => options !== null)) {
      const now = clock.now();
      for (const message of claimed) {
        const move = message.options === null ? null : holdBack(message, now);
        if (move !== null) closed.set(message, move);
      }
    }
    if (closed.size === 0) return this.#submissions.submit(claimed);
    onHeldBack(closed.size, isProbe);
    this.#submissions.putBack([...closed.keys()], [...closed.values()]);
    const open = claimed.filter((message) => !closed.has(message));
    if (open.length > 0) this.#submissions.submit(open);
  }

  #sayIdle() {
    if (this.isIdle) for (const go of this.#idleWaiters.splice(0)) go();
  }

  #whenIdle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
}

/** Where its window is closed; null where it is open. */
function holdBack(message: OutboundMessage, now: number): Move | null {
  const wait = waitUntil(message, now);
  if (wait.to !== "held") return null;
  const { seq, attempts } = message;
  const status = { statusId: STATUS.PENDING_ACCEPTED, errorId: ERROR.NO_ERROR };
  return { seq, from: "claimed", attempts, at: now, ...status, ...wait };
}
