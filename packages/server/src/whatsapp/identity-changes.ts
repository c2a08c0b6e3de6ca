/** Users of WhatsApp who have another device or another number, as a carrier tells of them. */
import type { NewEvent, Store } from "../store/store.ts";
import { identityChangeEvent } from "./notices.ts";
import { KIND } from "./records.ts";

export interface ToldIdentityChange {
  /** The customer's number. */
  readonly destination: string;
  /** Whom customers know the user by: digits of the phone, or the user id. */
  readonly sender: string;
  readonly userId?: string;
  readonly description: string;
  readonly hash?: string;
  readonly changedAt: number;
}

export interface IdentityChangesOptions {
  readonly store: Pick<Store, "changeDocuments">;
  /** Whose a number is. */
  readonly ownerOf: (number: string) => Promise<number>;
  /** Webhooks were born. */
  readonly onEvents: () => void;
}

/** Whoever wants to know is told, and no confirmed identity stays confirmed. Resolves after the commit. */
export async function recordIdentityChanges(
  { store, ownerOf, onEvents }: IdentityChangesOptions,
  changes: readonly ToldIdentityChange[],
) {
  for (const change of changes) {
    const { destination: sender, sender: user, userId, description, hash, changedAt: at } = change;
    const accountId = await ownerOf(sender);
    const id = `${sender}/${user}`;
    const event: NewEvent = identityChangeEvent(
      { accountId, sender, at },
      { user, description, ...(userId === undefined ? {} : { userId }), ...(hash === undefined ? {} : { hash }) },
    );
    const confirmed = { action: "delete", accountId, kind: KIND.identity, id } as const;
    const { isDone } = await store.changeDocuments([confirmed], [event]);
    // Most were never confirmed, and then nothing of the call was done.
    if (!isDone) await store.changeDocuments([], [event]);
  }
  if (changes.length > 0) onEvents();
}
