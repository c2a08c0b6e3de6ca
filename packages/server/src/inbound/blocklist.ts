import type { BlocklistEntry, BlocklistRemoval } from "../store/store.ts";

/** Where STOP and START are written down. Both may be called again with the same: nothing changes then. */
export interface Blocklist {
  add(entries: readonly Omit<BlocklistEntry, "createdAt">[]): Promise<void>;
  /** Takes off what it names and nothing wider or narrower. */
  remove(removals: readonly BlocklistRemoval[]): Promise<void>;
}

/** What a phone itself asked for: it no longer wants messages, from one number or (empty) from any. */
export type AskedByPhone = Pick<BlocklistEntry, "accountId" | "channel" | "destination" | "sender"> & {
  readonly sourceType: "MO";
};
