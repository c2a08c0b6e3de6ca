import type { DatabaseSync } from "node:sqlite";
import type { MessageState } from "../../message/state.ts";
import type {
  DueEvent,
  DueReport,
  DueWebhook,
  MessageRecord,
  NewEvent,
  WebhookClaim,
  WebhookResult,
} from "../store.ts";
import { dueWebhooks } from "./statements/due-webhooks.ts";
import { expireWebhookLeases } from "./statements/expire-leases.ts";
import { insertEvent, insertWebhook } from "./statements/insert-webhook.ts";
import { leaseWebhook } from "./statements/lease-webhook.ts";
import { nextWebhookOrigin } from "./statements/next-webhook-origin.ts";
import { deliverWebhook, failWebhook, retryWebhook } from "./statements/settle-webhook.ts";

/** The part of the writer that keeps webhooks: born with their event, claimed by receiver, settled by their answer. */
export class WebhookWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  #lastOrigin = "";

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
  }

  insert(
    accountId: number,
    seq: number,
    url: string,
    kind: string,
    outcome: { state: MessageState; statusId: number; errorId: number; doneAt: number },
    createdAt: number,
  ) {
    this.#statements.insert.run(
      accountId,
      seq,
      url,
      originOf(url),
      kind,
      outcome.state,
      outcome.statusId,
      outcome.errorId,
      outcome.doneAt,
      createdAt,
      createdAt,
    );
  }

  insertEvent(event: NewEvent) {
    this.#statements.insertEvent.run({ ...event, origin: originOf(event.url) });
  }

  claim(claim: WebhookClaim): readonly DueWebhook[] {
    const busy = new Set(claim.originsBusy);
    const claimed: DueWebhook[] = [];
    let originsTaken = 0;
    for (const origin of this.#originsWithWork()) {
      if (originsTaken === claim.originsMax) break;
      if (busy.has(origin)) continue;
      const rows = this.#statements.due.all({ origin, now: claim.now, limit: claim.bucketSize });
      if (rows.length === 0) continue;
      originsTaken += 1;
      this.#lastOrigin = origin;
      for (const row of rows) {
        const webhook = toDueWebhook(row);
        this.#statements.lease.run(claim.leaseUntil, webhook.id);
        claimed.push(webhook);
      }
    }
    return claimed;
  }

  /** Every receiver with waiting webhooks once, beginning after the one served last, so that all get their turn. */
  *#originsWithWork(): Generator<string> {
    const first = this.#lastOrigin;
    for (let origin = this.#nextOrigin(first); origin !== undefined; origin = this.#nextOrigin(origin)) yield origin;
    for (
      let origin = this.#nextOrigin("");
      origin !== undefined && origin <= first;
      origin = this.#nextOrigin(origin)
    ) {
      yield origin;
    }
  }

  #nextOrigin(after: string): string | undefined {
    return this.#statements.nextOrigin.get(after)?.["origin"] as string | undefined;
  }

  settle(results: readonly WebhookResult[]) {
    for (const result of results) {
      switch (result.outcome) {
        case "delivered":
          this.#statements.deliver.run(result.at, result.id);
          break;
        case "retry":
          this.#statements.retry.run(result.dueAt, result.error, result.id);
          break;
        case "failed":
          this.#statements.fail.run(result.error, result.id);
          break;
      }
    }
  }

  expireLeases(now: number) {
    this.#statements.expireLeases.run({ now });
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    insert: database.prepare(insertWebhook),
    insertEvent: database.prepare(insertEvent),
    nextOrigin: database.prepare(nextWebhookOrigin),
    due: database.prepare(dueWebhooks),
    lease: database.prepare(leaseWebhook),
    deliver: database.prepare(deliverWebhook),
    retry: database.prepare(retryWebhook),
    fail: database.prepare(failWebhook),
    expireLeases: database.prepare(expireWebhookLeases),
  };
}

function toDueWebhook(row: Record<string, unknown>): DueWebhook {
  const { webhookId, webhookUrl, webhookOrigin, webhookKind, webhookAttempts, ...rest } = row;
  const { webhookAccountId, webhookBody, ...told } = rest;
  const { webhookState, webhookStatusId, webhookErrorId, webhookDoneAt, ...message } = told;
  const facts = {
    id: webhookId as number,
    accountId: webhookAccountId as number,
    url: webhookUrl as string,
    origin: webhookOrigin as string,
    attempts: webhookAttempts as number,
  };
  if (webhookBody !== null) return { ...facts, kind: webhookKind as DueEvent["kind"], body: webhookBody as string };
  const outcome = { state: webhookState, statusId: webhookStatusId, errorId: webhookErrorId, doneAt: webhookDoneAt };
  return {
    ...facts,
    kind: webhookKind as DueReport["kind"],
    message: { ...message, ...outcome } as unknown as MessageRecord,
  };
}

/** Receivers are kept apart by scheme, host and port. The URL was checked when the request was accepted. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
