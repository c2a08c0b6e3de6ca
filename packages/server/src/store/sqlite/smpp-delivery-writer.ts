import type { DatabaseSync } from "node:sqlite";
import type { MessageState } from "../../message/state.ts";
import type { NewInboundMessage } from "../inbound.ts";
import {
  type InboundBody,
  readReceiptTarget,
  type ReceiptBody,
  type ReceiptTarget,
  type SmppDelivery,
  type SmppDeliveryClaim,
  type SmppDeliveryResult,
} from "../smpp-deliveries.ts";
import type { Move } from "../store.ts";
import type { ReportTarget } from "./carried-row.ts";
import {
  deleteSmppDelivery,
  dueSmppDeliveries,
  expireSmppLeases,
  findReceiptFacts,
  insertSmppDelivery,
  leaseSmppDelivery,
  purgeSmppDeliveries,
  retrySmppDelivery,
} from "./statements/smpp-deliveries.ts";

/** What stands for "any receiver of the account" in the table. */
const ANYBODY = "";

type ReceiptFacts = Pick<ReceiptBody, "messageId" | "sender" | "destination" | "text" | "sentAt">;

/** The part of the writer that keeps what waits for customers' SMPP sessions. */
export class SmppDeliveryWriter {
  readonly #statements: ReturnType<typeof prepareAll>;

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
  }

  /** Nothing, where the customer did not wish for a receipt of such an outcome. */
  insertReceipt({ accountId, webhookUrl }: ReportTarget, { seq, to: state, errorId, at }: Move, doneAt: number) {
    const target = readReceiptTarget(webhookUrl);
    if (target === null || !isWished(target, state)) return;
    const facts = this.#statements.findFacts.get(seq) as unknown as ReceiptFacts | undefined;
    if (facts === undefined) return;
    const { messageId, sender, destination, text, sentAt } = facts;
    const body: ReceiptBody = {
      kind: "receipt",
      messageId: target.receiptId ?? messageId,
      state,
      errorId,
      sender,
      destination,
      text,
      sentAt,
      doneAt,
      addresses: { source: target.source, destination: target.destination },
    };
    this.#insert(accountId, target.systemId, seq, body, at);
  }

  insertInbound({ accountId, messageId, sender, destination, text, encoding, storedAt }: NewInboundMessage) {
    const body: InboundBody = { kind: "inbound", messageId, sender, destination, text, encoding };
    this.#insert(accountId, ANYBODY, null, body, storedAt);
  }

  #insert(
    accountId: number,
    systemId: string,
    messageSeq: number | null,
    body: ReceiptBody | InboundBody,
    createdAt: number,
  ) {
    this.#statements.insert.run({ accountId, systemId, messageSeq, body: JSON.stringify(body), createdAt });
  }

  claim({ now, leaseUntil, receivers }: SmppDeliveryClaim): readonly SmppDelivery[] {
    return receivers.flatMap(({ accountId, systemId, limit }) => {
      const rows = this.#statements.due.all({ accountId, systemId: systemId ?? ANYBODY, now, limit });
      return rows.map((row): SmppDelivery => {
        const id = row["id"] as number;
        this.#statements.lease.run(leaseUntil, id);
        const body = JSON.parse(row["body"] as string) as SmppDelivery["body"];
        return { id, accountId, systemId, attempts: row["attempts"] as number, body };
      });
    });
  }

  settle(results: readonly SmppDeliveryResult[]) {
    for (const result of results) {
      const { id, outcome } = result;
      if (outcome === "done") this.#statements.remove.run(id);
      else this.#statements.retry.run({ id, dueAt: result.dueAt, attempts: outcome === "retry" ? 1 : 0 });
    }
  }

  expireLeases(now: number) {
    this.#statements.expireLeases.run({ now });
  }

  purge(before: number, limit: number): number {
    return Number(this.#statements.purge.run(before, limit).changes);
  }
}

/** A message that is still under way is no failure and no success. */
function isWished({ wish }: ReceiptTarget, state: MessageState): boolean {
  switch (wish) {
    case "all":
      return true;
    case "successes":
      return state === "delivered";
    case "failures":
      return state === "undeliverable" || state === "expired" || state === "rejected" || state === "canceled";
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    insert: database.prepare(insertSmppDelivery),
    findFacts: database.prepare(findReceiptFacts),
    due: database.prepare(dueSmppDeliveries),
    lease: database.prepare(leaseSmppDelivery),
    remove: database.prepare(deleteSmppDelivery),
    retry: database.prepare(retrySmppDelivery),
    expireLeases: database.prepare(expireSmppLeases),
    purge: database.prepare(purgeSmppDeliveries),
  };
}
