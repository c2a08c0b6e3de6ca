import type { DatabaseSync } from "node:sqlite";
import type { DocumentChange } from "../store.ts";
import {
  type EventFacts,
  PROFILE_KIND,
  receiverOfProfile,
  type StoredProfileTarget,
  type StoredSubscription,
  SUBSCRIPTION_KIND,
} from "../subscription-documents.ts";
import { listAllDocuments } from "./statements/documents.ts";

/** What stands for a message that names no application (Infobip's implicit one). */
const APPLICATION_DEFAULT = "default";

interface Subscribed {
  readonly id: string;
  readonly profileId: string;
  readonly criteria: NonNullable<StoredSubscription["criteria"]>;
  /** Null: whatever the sender is. */
  readonly resources: ReadonlySet<string> | null;
}

interface Account {
  /** By channel and event, then by the document's id. */
  readonly byEvent: Map<string, Map<string, Subscribed>>;
  /** URLs by profile. One without a URL is not there. */
  readonly urls: Map<string, string>;
}

export interface Subscriber {
  /** The document's id of the subscription. */
  readonly subscription: string;
  readonly url: string;
  readonly origin: string;
}

const NOBODY: readonly Subscriber[] = [];

/**
 * Who is to be told of what, in memory: the writer sees every change of a subscription, so the end of a message asks no
 * table. Holds at most `DOCUMENTS_PER_KIND_MAX` subscriptions and as many profiles of each account.
 */
export class SubscriptionIndex {
  readonly #database: DatabaseSync;
  readonly #accounts = new Map<number, Account>();
  /** Counts what it was told; whoever undoes a change sees by it that there is something to undo. */
  changes = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.reload();
  }

  get isEmpty(): boolean {
    return this.#accounts.size === 0;
  }

  /** From the tables: at the start, and when what it was told did not come to pass. */
  reload() {
    this.#accounts.clear();
    const statement = this.#database.prepare(listAllDocuments);
    for (const kind of [PROFILE_KIND, SUBSCRIPTION_KIND]) {
      for (const row of statement.all(kind)) {
        const { accountId, id, body } = row as { accountId: number; id: string; body: string };
        this.#put(kind, accountId, id, body);
      }
    }
  }

  apply(changes: readonly DocumentChange[]) {
    for (const change of changes) {
      const { kind, accountId, id } = change;
      if (kind !== SUBSCRIPTION_KIND && kind !== PROFILE_KIND) continue;
      this.changes += 1;
      this.#remove(kind, accountId, id);
      if (change.action !== "delete") this.#put(kind, accountId, id, change.body);
    }
  }

  /** Whether anybody of the account wants to know of such an event, whatever its application and resource. */
  hasAny({ accountId, channel, event }: Pick<EventFacts, "accountId" | "channel" | "event">): boolean {
    return (this.#accounts.get(accountId)?.byEvent.get(keyOf(channel, event))?.size ?? 0) > 0;
  }

  match(facts: EventFacts): readonly Subscriber[] {
    const account = this.#accounts.get(facts.accountId);
    const candidates = account?.byEvent.get(keyOf(facts.channel, facts.event));
    if (account === undefined || candidates === undefined) return NOBODY;
    const subscribers: Subscriber[] = [];
    for (const candidate of candidates.values()) {
      const url = account.urls.get(candidate.profileId);
      if (url === undefined || !isMeant(candidate, facts)) continue;
      const origin = receiverOfProfile(facts.accountId, candidate.profileId);
      subscribers.push({ subscription: candidate.id, url, origin });
    }
    return subscribers;
  }

  #remove(kind: string, accountId: number, id: string) {
    const account = this.#accounts.get(accountId);
    if (account === undefined) return;
    if (kind === PROFILE_KIND) account.urls.delete(id);
    else {
      for (const [key, subscribed] of account.byEvent) {
        if (subscribed.delete(id) && subscribed.size === 0) account.byEvent.delete(key);
      }
    }
    if (account.urls.size === 0 && account.byEvent.size === 0) this.#accounts.delete(accountId);
  }

  #put(kind: string, accountId: number, id: string, body: string) {
    if (kind === PROFILE_KIND) {
      const { webhook } = JSON.parse(body) as StoredProfileTarget;
      if (webhook !== undefined) this.#account(accountId).urls.set(id, webhook.notifyUrl);
      return;
    }
    const { channel, events, criteria = [], resources = [], profileId } = JSON.parse(body) as StoredSubscription;
    const subscribed = { id, profileId, criteria, resources: resources.length === 0 ? null : new Set(resources) };
    for (const event of events) {
      const key = keyOf(channel, typeof event === "string" ? event : event.event);
      const { byEvent } = this.#account(accountId);
      const others = byEvent.get(key);
      if (others === undefined) byEvent.set(key, new Map([[id, subscribed]]));
      else others.set(id, subscribed);
    }
  }

  #account(accountId: number): Account {
    let account = this.#accounts.get(accountId);
    if (account === undefined) {
      account = { byEvent: new Map(), urls: new Map() };
      this.#accounts.set(accountId, account);
    }
    return account;
  }
}

function keyOf(channel: string, event: string): string {
  return `${channel} ${event}`;
}

/** One of the pairs fits, where there are any, and the resource is one of them, where there are any. */
function isMeant({ criteria, resources }: Subscribed, facts: EventFacts): boolean {
  if (resources !== null && !resources.has(facts.resource)) return false;
  if (criteria.length === 0) return true;
  const application = facts.applicationId ?? APPLICATION_DEFAULT;
  return criteria.some(({ applicationId = "", entityId = "", callsConfigurationId = "" }) => {
    // A pair that says nothing of messages means none of them.
    if (applicationId === "" && entityId === "") return callsConfigurationId === "";
    return (applicationId === "" || applicationId === application) && (entityId === "" || entityId === facts.entityId);
  });
}
