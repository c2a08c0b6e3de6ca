import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Channel } from "../store.ts";
import type { EventFacts } from "../subscription-documents.ts";
import { findSubscribedFacts } from "./statements/insert-webhook.ts";
import type { Subscriber, SubscriptionIndex } from "./subscription-index.ts";

type SubscribedFacts = Pick<EventFacts, "applicationId" | "entityId" | "resource">;

/** Nobody is told: a report waits to be pulled. */
export const NOBODY: readonly Subscriber[] = [];

/** The part of the writer that knows who is told what becomes of a message. */
export class ReportAudience {
  readonly #findSubscribedFacts: StatementSync;
  readonly #subscriptions: SubscriptionIndex;

  constructor(database: DatabaseSync, subscriptions: SubscriptionIndex) {
    this.#findSubscribedFacts = database.prepare(findSubscribedFacts);
    this.#subscriptions = subscriptions;
  }

  /**
   * Who is told how a message ended, or that it was read: its own URL, or else the subscriptions that it matches. Of a
   * message that is only named by its `seq` the facts are read, where somebody of the account has subscribed to any.
   */
  of(
    url: string | null,
    { accountId, channel }: { accountId: number; channel: string },
    facts: SubscribedFacts | number,
    what: "DELIVERY" | "SEEN" = "DELIVERY",
  ): readonly (string | Subscriber)[] {
    if (url !== null) return [url];
    if (this.#subscriptions.isEmpty) return NOBODY;
    const event = { accountId, channel: channel as Channel, event: what } as const;
    if (!this.#subscriptions.hasAny(event)) return NOBODY;
    const found =
      typeof facts === "number" ? (this.#findSubscribedFacts.get(facts) as SubscribedFacts | undefined) : facts;
    if (found === undefined) return NOBODY;
    const { applicationId, entityId, resource } = found;
    return this.#subscriptions.match({ ...event, applicationId, entityId, resource });
  }
}
