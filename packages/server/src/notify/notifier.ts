import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { DueWebhook, Store, WebhookResult } from "../store/store.ts";
import type { ViewOptions } from "../view/view.ts";
import { isAlone, payloadOf } from "./payload.ts";
import { CONNECTIONS_PER_ORIGIN_MAX, type Pusher, type PushOutcome } from "./push.ts";
import { bucketSizeAfter, retryDelayMs } from "./retry-schedule.ts";

/** What is kept of a receiver's fault, for the operator to read. */
const ERROR_LENGTH_MAX = 500;

export interface NotifierOptions {
  readonly store: Pick<Store, "claimWebhooks" | "settleWebhooks">;
  readonly pusher: Pusher;
  readonly view: ViewOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly bucketSize: number;
  /** Receivers (scheme, host, port) that are served at the same time. */
  readonly concurrency: number;
  readonly pollIntervalMs: number;
  readonly retryBaseMs: number;
  readonly retriesMax: number;
  /** Longer than the slowest push: while it lasts nobody else sends these reports. */
  readonly leaseMs: number;
}

/**
 * Pushes reports to their receivers. Each receiver has one round of work at a time and its own failures: a dead one
 * costs the others nothing. Reports of one URL share requests. A report is sent at least once; after a 2xx that is
 * recorded, never again.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #loop: WorkLoop;
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: NotifierOptions) {
    this.#options = options;
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

  async stop() {
    await this.#loop.stop();
    await Promise.all(this.#busy.values());
    await this.#options.pusher.close();
  }

  async #round(): Promise<boolean> {
    const { store, clock, concurrency, bucketSize, leaseMs } = this.#options;
    const originsMax = concurrency - this.#busy.size;
    if (originsMax <= 0) return false;
    const now = clock.now();
    const originsBusy = [...this.#busy.keys()];
    const due = await store.claimWebhooks({ now, leaseUntil: now + leaseMs, originsBusy, originsMax, bucketSize });
    for (const [origin, webhooks] of Map.groupBy(due, (webhook) => webhook.origin)) {
      const work = this.#serve(webhooks).finally(() => {
        this.#busy.delete(origin);
        this.#loop.nudge();
      });
      this.#busy.set(origin, work);
    }
    return false;
  }

  /** Never rejects. */
  async #serve(webhooks: readonly DueWebhook[]) {
    const requests = this.#requestsOf(webhooks);
    const lanes = Array.from({ length: Math.min(CONNECTIONS_PER_ORIGIN_MAX, requests.length) }, async () => {
      for (let next = requests.shift(); next !== undefined; next = requests.shift()) await this.#push(next);
    });
    await Promise.all(lanes);
  }

  /** One request per URL and kind, in buckets; in the order in which the reports were born. */
  #requestsOf(webhooks: readonly DueWebhook[]): DueWebhook[][] {
    const requests: DueWebhook[][] = [];
    for (const group of Map.groupBy(webhooks, ({ url, kind }) => `${kind} ${url}`).values()) {
      const attempts = Math.max(...group.map((webhook) => webhook.attempts));
      const size = group.some(isAlone) ? 1 : bucketSizeAfter(attempts, this.#options.bucketSize);
      for (let start = 0; start < group.length; start += size) requests.push(group.slice(start, start + size));
    }
    return requests;
  }

  async #push(webhooks: readonly DueWebhook[]) {
    const { store, clock, log } = this.#options;
    const [first] = webhooks;
    if (first === undefined) return;
    const outcome = await this.#deliver(first.url, webhooks);
    const at = clock.now();
    const results = webhooks.map(
      (webhook): WebhookResult =>
        outcome.ok ? { id: webhook.id, outcome: "delivered", at } : this.#failure(webhook, outcome.error, at),
    );
    if (!outcome.ok) {
      const givenUp = results.filter((result) => result.outcome === "failed").length;
      const fields = { event: "notify.push_failed", origin: first.origin, count: webhooks.length, givenUp };
      log.warn({ ...fields, error: outcome.error }, "a webhook was not accepted");
    }
    try {
      await store.settleWebhooks(results);
    } catch (error) {
      // Their lease ends by itself, and they are sent again: at least once.
      log.error(
        { event: "notify.settle_failed", count: results.length, err: error },
        "webhook results were not written",
      );
    }
  }

  /** A report that cannot be written down fails like one that was not taken: smaller buckets set the others free. */
  async #deliver(url: string, webhooks: readonly DueWebhook[]): Promise<PushOutcome> {
    const { pusher, view } = this.#options;
    try {
      return await pusher.push(url, payloadOf(webhooks, view));
    } catch (error) {
      return { ok: false, error: String(error) };
    }
  }

  #failure(webhook: DueWebhook, reason: string, at: number): WebhookResult {
    const error = reason.slice(0, ERROR_LENGTH_MAX);
    const delayMs = retryDelayMs(webhook.attempts + 1, this.#options);
    return delayMs === null
      ? { id: webhook.id, outcome: "failed", at, error }
      : { id: webhook.id, outcome: "retry", at, dueAt: at + delayMs, error };
  }
}
