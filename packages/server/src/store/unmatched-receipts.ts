/** The port's words for receipts whose message is not known: they are kept, can be looked through, and tried again. */
import type { Receipt } from "./messages.ts";

/** A receipt as it is kept. */
export interface UnmatchedReceipt
  extends Omit<Receipt, "otherIds" | "destination" | "otherDestination" | "reference" | "seenAt"> {
  readonly id: number;
  readonly otherIds: readonly string[];
  /** Digits without zeros in front; null: not known. Two with a space between, the likelier last: it is one of them. */
  readonly destination: string | null;
  readonly reference: number | null;
  readonly receivedAt: number;
  /** Null: it does not say that its user has read it. */
  readonly seenAt: number | null;
}

export interface UnmatchedFilter {
  readonly limit: number;
  readonly carrier?: string;
  /** In any of the notations that came with it. */
  readonly carrierMessageId?: string;
  /** Only those with an `id` below it: the next page. */
  readonly before?: number;
}

export interface Rematch {
  readonly now: number;
  /** Most that are looked at. */
  readonly limit: number;
  readonly carrier?: string;
  /** Only those with an `id` above it: the next page. */
  readonly after?: number;
  /** Only those to whose phone a message of the carrier is in doubt, and those of which an older message has the id. */
  readonly isForDoubtOnly: boolean;
  /**
   * Without a `reference`, only receipts that came before this end a doubt: until the answers that were under way then
   * are there, one of those may be meant. Likewise an older message has to wait for what a younger one may claim.
   */
  readonly settledBefore: number;
}

export interface Rematched {
  readonly looked: number;
  readonly matched: number;
  /** The `after` of the next page; null: this was the last. */
  readonly next: number | null;
}

export interface UnmatchedReceiptStore {
  /** The newest first. */
  listUnmatchedReceipts(filter: UnmatchedFilter): Promise<readonly UnmatchedReceipt[]>;
  /**
   * Tries kept receipts again, in the order in which they came: by their ids, by other notations of them where the phone
   * is known and agrees, and by phone and reference for messages whose answer was lost. Only messages that were accepted
   * before the receipt came are meant.
   */
  rematchReceipts(rematch: Rematch): Promise<Rematched>;
}
