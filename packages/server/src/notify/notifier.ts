import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { DueWebhook, PushOffer, ReceiverState, Store, WebhookAttempt, WebhookResult } from "../store/store.ts";
import type { ViewOptions } from "../view/view.ts";
import { countsForCircuit, openMsAfter } from "./circuit.ts";
import { groupByOrigin, groupByTarget } from "./groups.ts";
import { Pace } from "./pace.ts";
import { createPayloadOf, isAlone, type PayloadOf } from "./payload.ts";
import type { Delivery, ProfileDirectory } from "./profile-directory.ts";
import { type ProfilePusher, WINDOW_SIZE_MAX, wantsXml } from "./profile-pusher.ts";
import { CONNECTIONS_PER_ORIGIN_MAX, type Pusher, type PushOutcome } from "./push.ts";
import { bucketSizeAfter, retryDelayMs, retrySpanMs } from "./retry-schedule.ts";

/** What is kept of a receiver's fault, for the operator to read. */
const ERROR_LENGTH_MAX = 500;
/** Calls to one receiver that a round claims: some are written down while others are on their way. */
const BUCKETS_PER_ROUND_MAX = 10;
/** After this long a receiver's round begins no further call: what is left is claimed again. */
const ROUND_MS_MAX = 30_000;
/** Reports that are taken at their birth and wait for their call, of all receivers and of one. */
const AHEAD_MAX = 10_000;
const AHEAD_OF_ONE_MAX = 4_000;
/** Webhooks that are given up with one failed call at most, when they have waited too long for their receiver. */
const GIVEN_UP_MAX = 1000;

export interface NotifierOptions {
  readonly store: Pick<Store, "claimWebhooks" | "settleWebhooks">;
  readonly pusher: Pusher;
  readonly profiles: Pick<ProfileDirectory, "deliveryOf">;
  readonly profilePusher: Pick<ProfilePusher, "push" | "close">;
  readonly view: ViewOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly bucketSize: number;
  /** Receivers that are served at the same time. */
  readonly concurrency: number;
  readonly pollIntervalMs: number;
  readonly retryBaseMs: number;
  readonly retriesMax: number;
  /** Longer than the slowest push: while it lasts nobody else sends these reports. */
  readonly leaseMs: number;
}

/** One call, and how it is made. */
interface Call {
  readonly webhooks: readonly DueWebhook[];
  /** Null: plainly, to the webhook's own URL. A text: it cannot be made, and why. */
  readonly delivery: Delivery | string | null;
}

/** The calls that one receiver gets in a round, and what they say of it. */
interface Round {
  readonly origin: string;
  readonly calls: Call[];
  readonly endsAt: number;
  failures: number;
  isOpen: boolean;
  /** What is being written of its calls while the next ones go out. */
  readonly settling: Promise<void>[];
}

/** Webhooks of one receiver that are leased and wait until its round of work is over. */
interface Ahead {
  readonly webhooks: DueWebhook[];
  /** Of the first. */
  readonly leasedAt: number;
}

/**
 * Pushes reports to their receivers. Each receiver has one round of work at a time and its own failures: a dead one
 * costs the others nothing, and itself one call now and then (circuit.ts). Reports of one URL or subscription share
 * requests. A report is sent at least once; after a 2xx that is recorded, never again.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #loop: WorkLoop;
  readonly #payloadOf: PayloadOf;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #ahead = new Map<string, Ahead>();
  #aheadCount = 0;
  /** Something may be due that the last claim did not take. */
  #mayWait = false;
  readonly #pace: Pace;
  readonly #spanMs: number;
  #isStopping = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock);
    this.#spanMs = retrySpanMs(options);
    this.#payloadOf = createPayloadOf(options.view);
    this.#loop = startWorkLoop({
      name: "notify",
      clock: options.clock,
      log: options.log,
      pollIntervalMs: options.pollIntervalMs,
      round: () => this.#round(),
    });
  }

  nudge() {
    this.#loop.nudge();
  }

  /**
   * Room for reports that are about to be born: what is leased for it costs no claim. None while all hands are full, so
   * that what waits gets its turn.
   */
  offer(): PushOffer {
    const { clock, leaseMs, concurrency } = this.#options;
    const isFull = this.#isStopping || this.#busy.size >= concurrency;
    const limit = isFull ? 0 : Math.max(0, AHEAD_MAX - this.#aheadCount);
    const originsBusy: string[] = [];
    for (const [origin, { webhooks }] of this.#ahead) if (webhooks.length >= AHEAD_OF_ONE_MAX) originsBusy.push(origin);
    return { leaseUntil: clock.now() + leaseMs, limit, originsBusy };
  }

  /** What was leased for an offer. */
  take(webhooks: readonly DueWebhook[], { leaseUntil }: PushOffer) {
    this.#addAhead(webhooks, leaseUntil - this.#options.leaseMs);
    this.#beginAhead();
  }

  #addAhead(webhooks: readonly DueWebhook[], leasedAt: number) {
    this.#aheadCount += webhooks.length;
    for (const [origin, group] of groupByOrigin(webhooks)) {
      const ahead = this.#ahead.get(origin);
      if (ahead === undefined) this.#ahead.set(origin, { webhooks: group, leasedAt });
      else for (const webhook of group) ahead.webhooks.push(webhook);
    }
  }

  #beginAhead() {
    for (const [origin, { webhooks, leasedAt }] of this.#ahead) {
      if (this.#busy.size >= this.#options.concurrency) return;
      if (this.#busy.has(origin)) continue;
      this.#ahead.delete(origin);
      this.#aheadCount -= webhooks.length;
      this.#begin(origin, webhooks, leasedAt);
    }
  }

  /** One round of work for a receiver that has none. */
  #begin(origin: string, webhooks: readonly DueWebhook[], leasedAt: number) {
    const work = this.#serve(origin, webhooks, leasedAt).finally(() => {
      this.#busy.delete(origin);
      this.#beginAhead();
      // A claim costs a commit: only where it may find what the last one had to leave.
      if (this.#mayWait) this.#loop.nudge();
    });
    this.#busy.set(origin, work);
  }

  async stop() {
    this.#isStopping = true;
    this.#pace.stop();
    await this.#loop.stop();
    // The end of one may be the beginning of another, which gives back what was ahead.
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
    await Promise.all([this.#options.pusher.close(), this.#options.profilePusher.close()]);
  }

  async #round(): Promise<boolean> {
    const { store, clock, concurrency, bucketSize, leaseMs } = this.#options;
    const originsMax = concurrency - this.#busy.size;
    this.#mayWait = this.#busy.size > 0;
    if (originsMax <= 0) return false;
    const now = clock.now();
    const originsBusy = [...this.#busy.keys()];
    const bucketsMax = BUCKETS_PER_ROUND_MAX;
    const claim = { now, leaseUntil: now + leaseMs, originsBusy, originsMax, bucketSize, bucketsMax };
    const due = await store.claimWebhooks(claim);
    if (due.length > 0) this.#mayWait = true;
    // Meanwhile one of them may have got work at its reports' birth: then these come after it.
    this.#addAhead(due, now);
    this.#beginAhead();
    return false;
  }

  /** Never rejects. */
  async #serve(origin: string, webhooks: readonly DueWebhook[], leasedAt: number) {
    const { calls, windowSize } = await this.#callsOf(webhooks);
    const failures = webhooks[0]?.receiverFailures ?? 0;
    const endsAt = leasedAt + ROUND_MS_MAX;
    const round: Round = { origin, calls, endsAt, failures, isOpen: false, settling: [] };
    const lanes = Array.from({ length: Math.min(windowSize, calls.length) }, async () => {
      for (let next = calls.shift(); next !== undefined; next = calls.shift()) await this.#push(next, round);
    });
    await Promise.all(lanes);
    await Promise.all(round.settling);
  }

  /** One request per URL or subscription and kind, in buckets; in the order in which the reports were born. */
  async #callsOf(webhooks: readonly DueWebhook[]) {
    const calls: Call[] = [];
    let windowSize = CONNECTIONS_PER_ORIGIN_MAX;
    for (const group of groupByTarget(webhooks).values()) {
      const delivery = await this.#deliveryOf(group[0]);
      const { maxBucketSize, windowSize: window } =
        typeof delivery === "object" && delivery !== null ? delivery.profile : {};
      if (window !== undefined) windowSize = Math.min(window, WINDOW_SIZE_MAX);
      const largest = Math.min(maxBucketSize ?? this.#options.bucketSize, this.#options.bucketSize);
      const attempts = group.reduce((most, webhook) => Math.max(most, webhook.attempts), 0);
      const size = isAlone(group) ? 1 : bucketSizeAfter(attempts, largest);
      for (let start = 0; start < group.length; start += size) {
        calls.push({ delivery, webhooks: group.slice(start, start + size) });
      }
    }
    return { calls, windowSize };
  }

  async #deliveryOf(webhook: DueWebhook | undefined): Promise<Delivery | string | null> {
    if (webhook === undefined || webhook.subscription === null) return null;
    try {
      return await this.#options.profiles.deliveryOf(webhook);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #push(call: Call, round: Round) {
    if (!(await this.#mayPush(call, round))) return this.#release(call);
    const { clock } = this.#options;
    const startedAt = clock.now();
    const outcome = await this.#deliver(call);
    const at = clock.now();
    const error = outcome.ok ? null : outcome.error.slice(0, ERROR_LENGTH_MAX);
    const attempt = { at: startedAt, status: outcome.status ?? null, durationMs: Math.max(at - startedAt, 0), error };
    const results = call.webhooks.map((webhook) => this.#resultOf(webhook, at, attempt));
    if (error !== null) {
      const givenUp = results.filter((result) => result.outcome === "failed").length;
      const fields = { event: "notify.push_failed", origin: round.origin, count: results.length, givenUp };
      this.#options.log.warn({ ...fields, error }, "a webhook was not accepted");
    }
    const settling = this.#settle(results, this.#receiverAfter(round, outcome, at));
    // A receiver that takes its calls does not wait for the disk between them; of one that fails each word counts.
    if (outcome.ok) round.settling.push(settling);
    else await settling;
  }

  async #mayPush({ delivery }: Call, round: Round): Promise<boolean> {
    if (round.isOpen || this.#isStopping || this.#options.clock.now() > round.endsAt) return false;
    const rateLimit = typeof delivery === "object" ? delivery?.profile.rateLimit : undefined;
    if (rateLimit === undefined) return true;
    return (await this.#pace.turn(round.origin, rateLimit, round.endsAt)) && !round.isOpen && !this.#isStopping;
  }

  async #release({ webhooks }: Call) {
    const dueAt = this.#options.clock.now();
    this.#mayWait = true;
    await this.#settle(webhooks.map(({ id }) => ({ id, outcome: "unsent", dueAt })));
  }

  /** What is to be written of the receiver; nothing where it is as it was. */
  #receiverAfter(round: Round, outcome: PushOutcome, at: number): ReceiverState | undefined {
    const { origin } = round;
    if (!countsForCircuit(outcome)) {
      const isAsBefore = round.failures === 0;
      round.failures = 0;
      round.isOpen = false;
      return isAsBefore ? undefined : { origin, failures: 0, openUntil: null };
    }
    round.failures += 1;
    const { failures } = round;
    const openMs = openMsAfter(failures, this.#options.retryBaseMs);
    if (openMs === null) return { origin, failures, openUntil: null };
    round.isOpen = true;
    const error = "the receiver took nothing for as long as a webhook is retried";
    const giveUp = { dueBefore: at - this.#spanMs, limit: GIVEN_UP_MAX, error };
    return { origin, failures, openUntil: at + openMs, giveUp };
  }

  async #settle(results: readonly WebhookResult[], receiver?: ReceiverState) {
    const { store, log } = this.#options;
    try {
      await store.settleWebhooks(results, receiver);
    } catch (error) {
      // Their lease ends by itself, and they are sent again: at least once.
      log.error(
        { event: "notify.settle_failed", count: results.length, err: error },
        "webhook results were not written",
      );
    }
  }

  /** A report that cannot be written down fails like one that was not taken: smaller buckets set the others free. */
  async #deliver({ delivery, webhooks }: Call): Promise<PushOutcome> {
    const { pusher, profilePusher } = this.#options;
    if (typeof delivery === "string") return { ok: false, error: delivery };
    try {
      if (delivery === null) return await pusher.push(webhooks[0]?.url ?? "", this.#payloadOf(webhooks));
      return await profilePusher.push(delivery, this.#payloadOf(webhooks, wantsXml(delivery.profile)));
    } catch (error) {
      return { ok: false, error: String(error) };
    }
  }

  #resultOf({ id, attempts }: DueWebhook, at: number, attempt: WebhookAttempt): WebhookResult {
    const { error } = attempt;
    if (error === null) return { id, outcome: "delivered", at, attempt };
    const delayMs = retryDelayMs(attempts + 1, this.#options);
    return delayMs === null
      ? { id, outcome: "failed", at, error, attempt }
      : { id, outcome: "retry", at, dueAt: at + delayMs, error, attempt };
  }
}
