import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ReportTarget } from "./carried-row.ts";
import { markSeen } from "./statements/mark-seen.ts";
import type { Subscriber } from "./subscription-index.ts";
import type { WebhookWriter } from "./webhook-writer.ts";

/** Who is told that a message was read. */
export type SeenBy = (target: ReportTarget, seq: number) => readonly (string | Subscriber)[];

/** The part of the writer that notes that users have read messages, and tells it where the report is told. */
export class SeenWriter {
  readonly #markSeen: StatementSync;
  readonly #webhooks: WebhookWriter;
  readonly #toldOf: SeenBy;

  constructor(database: DatabaseSync, webhooks: WebhookWriter, toldOf: SeenBy) {
    this.#markSeen = database.prepare(markSeen);
    this.#webhooks = webhooks;
    this.#toldOf = toldOf;
  }

  /** @returns false where that was known */
  see(seq: number, target: ReportTarget, seenAt: number, at: number): boolean {
    if (this.#markSeen.run(seenAt, seq).changes === 0) return false;
    // Only WhatsApp has a webhook for it.
    if (target.wantsReport !== 1 || target.channel !== "WHATSAPP") return true;
    for (const to of this.#toldOf(target, seq)) {
      const outcome = { state: "delivered", statusId: 0, errorId: 0, doneAt: seenAt } as const;
      this.#webhooks.insert(target.accountId, seq, to, "WHATSAPP_SEEN", outcome, at);
    }
    return true;
  }
}
