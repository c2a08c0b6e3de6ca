import { createHmac } from "node:crypto";
import type { Activity } from "../activity.ts";
import { asciiJson, type JsonObject } from "../json.ts";
import { WEBHOOK_BACKOFF_MS_MAX, WEBHOOK_BACKOFF_MS_MIN, WEBHOOK_RETRY_MS_MAX } from "../limits.ts";
import { BoundedMap } from "../memory.ts";
import type { EmulatorCounters, SentWebhook } from "../options.ts";
import type { Settings } from "../settings.ts";
import type { Poster } from "./post.ts";

/** First attempts of one lane go out one after another, so what concerns one user comes in its order. */
const LANES = 16;

export interface WebhookEnvelope {
  readonly wabaId: string;
  /** Null where it concerns the account. */
  readonly phoneNumberId: string | null;
  readonly field: string;
  readonly value: JsonObject;
  /** Whom it concerns. */
  readonly lane: string;
}

interface Job {
  readonly url: string;
  readonly text: string;
  readonly body: JsonObject;
  readonly lane: number;
  readonly bornAtMs: number;
  attempts: number;
  isTaken: boolean;
  lastStatus: number | null;
  readonly onAttempted: () => void;
}

/** `X-Hub-Signature-256` of the very bytes. */
export function signatureOf(appSecret: string, text: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(text).digest("hex")}`;
}

function laneOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (hash * 31 + text.charCodeAt(index)) >>> 0;
  return hash % LANES;
}

export interface WebhookQueueParts {
  readonly settings: Settings;
  readonly counters: EmulatorCounters;
  readonly activity: Activity;
  readonly poster: Poster;
  readonly targetOf: (wabaId: string, phoneNumberId: string | null) => string | null;
}

/**
 * Webhooks on their way: signed, in lanes, and tried again with a growing delay where they were not answered with 200.
 * A later webhook does not wait for the retries of an earlier one, so they come in another order then, as Meta's do.
 */
export class WebhookQueue {
  readonly #parts: WebhookQueueParts;
  readonly #lanes: Job[][] = Array.from({ length: LANES }, () => []);
  readonly #busy = new Set<number>();
  readonly #log: BoundedMap<Job, Job>;
  #pending = 0;
  #isClosed = false;

  constructor(parts: WebhookQueueParts) {
    this.#parts = parts;
    this.#log = new BoundedMap(parts.settings.webhooksMax);
  }

  get isFull(): boolean {
    return this.#pending >= this.#parts.settings.pendingMax;
  }

  log(): readonly SentWebhook[] {
    return this.#log.values().map(({ url, body, text, attempts, isTaken, lastStatus }) => {
      return { url, body, text, attempts, isTaken, lastStatus };
    });
  }

  clear(): void {
    this.#log.clear();
  }

  /** Resolves when it was attempted once, or is to go nowhere. */
  add({ wabaId, phoneNumberId, field, value, lane }: WebhookEnvelope): Promise<void> {
    const { settings, counters, targetOf } = this.#parts;
    const url = targetOf(wabaId, phoneNumberId);
    if (url === null || this.#isClosed) return Promise.resolve();
    if (this.isFull) {
      counters.webhooksLost += 1;
      return Promise.resolve();
    }
    const body = { object: "whatsapp_business_account", entry: [{ id: wabaId, changes: [{ value, field }] }] };
    return new Promise((resolve) => {
      const job = {
        url,
        text: asciiJson(body),
        body,
        lane: laneOf(lane),
        bornAtMs: settings.clock.now(),
        attempts: 0,
        isTaken: false,
        lastStatus: null,
        onAttempted: resolve,
      };
      this.#log.set(job, job);
      this.#pending += 1;
      this.#push(job);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const lane of this.#lanes) {
      for (const job of lane.splice(0)) {
        this.#parts.activity.end();
        job.onAttempted();
      }
    }
  }

  #push(job: Job): void {
    if (this.#isClosed) return;
    this.#parts.activity.begin();
    this.#lanes[job.lane]?.push(job);
    this.#pump(job.lane);
  }

  #pump(lane: number): void {
    if (this.#busy.has(lane)) return;
    const job = this.#lanes[lane]?.shift();
    if (job === undefined) return;
    this.#busy.add(lane);
    void this.#attempt(job).then(() => {
      this.#busy.delete(lane);
      this.#parts.activity.end();
      this.#pump(lane);
    });
  }

  async #attempt(job: Job): Promise<void> {
    const { settings, counters, poster } = this.#parts;
    const { url, text } = job;
    const headers = {
      "content-type": "application/json",
      "content-length": String(text.length),
      "user-agent": "facebookexternalua",
      "x-hub-signature-256": signatureOf(settings.appSecret, text),
    };
    job.attempts += 1;
    counters.webhookAttempts += 1;
    const answer = await poster.send("POST", url, headers, text);
    job.lastStatus = answer?.status ?? null;
    job.isTaken = job.lastStatus === 200;
    settings.onEvent?.({ type: "webhook", url, attempt: job.attempts, status: job.lastStatus });
    if (job.isTaken) {
      counters.webhooksTaken += 1;
      this.#pending -= 1;
    } else this.#retry(job);
    job.onAttempted();
  }

  #retry(job: Job): void {
    const { clock, random } = this.#parts.settings;
    const { attempts } = job;
    const backoffMs = Math.min(WEBHOOK_BACKOFF_MS_MIN * 2 ** (attempts - 1), WEBHOOK_BACKOFF_MS_MAX);
    const delayMs = Math.round(backoffMs * (1 + random() / 4));
    if (this.#isClosed || clock.now() + delayMs - job.bornAtMs > WEBHOOK_RETRY_MS_MAX) {
      this.#parts.counters.webhooksLost += 1;
      this.#pending -= 1;
      return;
    }
    clock.after(delayMs, () => this.#push(job));
  }
}
