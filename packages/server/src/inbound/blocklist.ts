import type { Channel } from "../message/destination.ts";
import type { DocumentChange, Store } from "../store/store.ts";

/** A phone that no longer wants messages. */
export interface BlocklistEntry {
  readonly accountId: number;
  readonly channel: Channel;
  /** The phone. */
  readonly destination: string;
  /** The number that it wants no messages from; null: from none. */
  readonly sender: string | null;
  /** The phone itself asked for it. */
  readonly sourceType: "MO";
  readonly createdAt: number;
}

/** Where STOP and START are written down. Both may be called again with the same entries: nothing changes then. */
export interface Blocklist {
  add(entries: readonly BlocklistEntry[]): Promise<void>;
  /** `createdAt` does not matter. Takes off what it names and nothing wider or narrower. */
  remove(entries: readonly BlocklistEntry[]): Promise<void>;
}

export const BLOCKLIST_KIND = "blocklist-mo";

/** Kept as documents, until the platform's blocklist takes its place: nothing looks at them before a message is sent. */
export class DocumentBlocklist implements Blocklist {
  readonly #store: Pick<Store, "changeDocuments">;

  constructor(store: Pick<Store, "changeDocuments">) {
    this.#store = store;
  }

  async add(entries: readonly BlocklistEntry[]) {
    await this.#change(
      entries.map((entry) => ({ ...placeOf(entry), action: "put", body: JSON.stringify(entry), at: entry.createdAt })),
    );
  }

  async remove(entries: readonly BlocklistEntry[]) {
    // One by one: an entry that is not there must not keep the others.
    for (const entry of entries) await this.#store.changeDocuments([{ ...placeOf(entry), action: "delete" }]);
  }

  async #change(changes: readonly DocumentChange[]) {
    if (changes.length === 0) return;
    const changed = await this.#store.changeDocuments(changes);
    if (!changed.isDone) throw new Error(`the blocklist took no entry: ${changed.refusal}`);
  }
}

function placeOf({ accountId, channel, destination, sender }: BlocklistEntry) {
  return { accountId, kind: BLOCKLIST_KIND, id: JSON.stringify([channel, destination, sender]) };
}
