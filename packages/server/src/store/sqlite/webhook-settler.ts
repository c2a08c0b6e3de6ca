import type { DatabaseSync } from "node:sqlite";
import type { ReceiverState, WebhookAttempt, WebhookResult } from "../store.ts";
import type { BirthLeases } from "./birth-leases.ts";
import type { Receivers } from "./receivers.ts";
import {
  deliverNewborns,
  deliverWebhook,
  failWebhook,
  releaseWebhook,
  retryWebhook,
} from "./statements/settle-webhook.ts";

/** Reports that were leased at their birth, of one id after the other, and delivered by the same attempt. */
interface NewbornSpan {
  readonly first: number;
  last: number;
  readonly at: number;
  readonly attempt: string | null;
}

function isNextOf(span: NewbornSpan, { id, at }: { id: number; at: number }, attempt: string | null): boolean {
  return id === span.last + 1 && at === span.at && attempt === span.attempt;
}

/** The part of the writer that writes down what came of webhooks that were claimed, or leased at their birth. */
export class WebhookSettler {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #receivers: Receivers;
  readonly #births: BirthLeases;

  constructor(database: DatabaseSync, receivers: Receivers, births: BirthLeases) {
    this.#statements = prepareAll(database);
    this.#receivers = receivers;
    this.#births = births;
  }

  settle(results: readonly WebhookResult[], receiver?: ReceiverState) {
    let now = 0;
    // The webhooks of one call share its attempt.
    let told: WebhookAttempt | undefined;
    let attempt: string | null = null;
    let span: NewbornSpan | null = null;
    for (const result of results) {
      const isNewborn = this.#births.remove(result.id);
      if (result.outcome === "unsent") {
        this.#wakeAgain(this.#statements.release.get({ id: result.id, dueAt: result.dueAt }), result.dueAt);
        continue;
      }
      now = Math.max(now, result.at);
      if (result.attempt !== told) {
        told = result.attempt;
        attempt = told === undefined ? null : JSON.stringify(told);
      }
      switch (result.outcome) {
        case "delivered":
          if (!isNewborn) this.#statements.deliver.run(result.at, attempt, result.id);
          else if (span !== null && isNextOf(span, result, attempt)) span.last = result.id;
          else {
            this.#deliverSpan(span);
            span = { first: result.id, last: result.id, at: result.at, attempt };
          }
          break;
        case "retry": {
          const { dueAt, error, id } = result;
          this.#wakeAgain(this.#statements.retry.get({ dueAt, error, attempt, id }), dueAt);
          break;
        }
        case "failed":
          this.#statements.fail.run({ error: result.error, attempt, id: result.id });
          break;
      }
    }
    this.#deliverSpan(span);
    if (receiver === undefined) return;
    const isWell = receiver.failures === 0 && receiver.openUntil === null;
    this.#receivers.setState(receiver, now, isWell ? undefined : this.#births.endOf(receiver.origin));
  }

  #deliverSpan(span: NewbornSpan | null) {
    if (span === null) return;
    const { first, last, at, attempt } = span;
    if (this.#statements.deliverNewborns.run(at, attempt, first, last).changes === last - first + 1) return;
    // Somebody wanted one sent again meanwhile.
    for (let id = first; id <= last; id += 1) this.#statements.deliver.run(at, attempt, id);
  }

  #wakeAgain(row: Record<string, unknown> | undefined, dueAt: number) {
    if (row !== undefined) this.#receivers.wake(row["origin"] as string, dueAt);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    deliver: database.prepare(deliverWebhook),
    deliverNewborns: database.prepare(deliverNewborns),
    retry: database.prepare(retryWebhook),
    fail: database.prepare(failWebhook),
    release: database.prepare(releaseWebhook),
  };
}
