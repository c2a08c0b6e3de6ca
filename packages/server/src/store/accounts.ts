/** The port's words for what accounts set up: keys, documents, blocklists, lookups. store.ts has the calls. */

/** Saved again under its id, a key keeps its account and the time of its creation; all else is replaced. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly accountId: number;
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly validUntil: number | null;
  readonly revokedAt: number | null;
  /** Absent: valid since its creation, from anywhere, for every application. */
  readonly limits?: ApiKeyLimits;
}

/** What a key is held to beyond its scopes. */
export interface ApiKeyLimits {
  readonly validFrom: number;
  /** Addresses and ranges (`10.0.0.0/8`) that it may be used from; none: from anywhere. */
  readonly allowedIps: readonly string[];
  /** The names that its scopes were made from, where it was given no scopes. */
  readonly permissions: readonly string[];
  /** What it is linked to; none: every application. */
  readonly platform: readonly KeyPlatform[];
}

/** An application, or one entity of it, that a key is linked to. */
export interface KeyPlatform {
  readonly key: string;
  readonly applicationId: string;
  readonly entityId?: string;
  /** FILL: given to requests that name none. FORCE: given to all. Absent: requests are only held to it. */
  readonly action?: "FILL" | "FORCE";
}

/** Something small that an account has set up: a subscription, an application, an inbound configuration. */
export interface DocumentRecord {
  readonly accountId: number;
  readonly kind: string;
  /** Unique within its account and kind. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Of one account and kind at most, so that all of them can be read at once. */
export const DOCUMENTS_PER_KIND_MAX = 10_000;

interface DocumentPlace {
  readonly accountId: number;
  readonly kind: string;
  readonly id: string;
}

export type DocumentChange =
  /** `create` is refused where the id is taken, `replace` where nothing has it; `put` does one or the other. */
  | (DocumentPlace & {
      readonly action: "create" | "replace" | "put";
      readonly body: string;
      readonly at: number;
    })
  | (DocumentPlace & { readonly action: "delete" });

export type DocumentsChanged =
  | { readonly isDone: true }
  /** Nothing was changed, because the change at `index` could not be made. `full`: `DOCUMENTS_PER_KIND_MAX`. */
  | { readonly isDone: false; readonly index: number; readonly refusal: "exists" | "missing" | "full" };

export type BlocklistSource = "CUSTOM" | "MO" | "URL_OPT_OUT" | "CAMPAIGN";

/** A destination that nothing is sent to. */
export interface BlocklistEntry {
  readonly accountId: number;
  readonly destination: string;
  /** Empty: every sender. */
  readonly sender: string;
  /** Empty: every channel. Also channels that we do not serve, which are kept and shown. */
  readonly channel: string;
  readonly sourceType: BlocklistSource;
  readonly campaign: string | null;
  readonly createdAt: number;
}

/** Takes away what has the same destination, sender and channel; without a source, whatever its source. */
export interface BlocklistRemoval extends Pick<BlocklistEntry, "accountId" | "destination" | "sender" | "channel"> {
  readonly sourceType: BlocklistSource | null;
}

export interface BlocklistFilter {
  readonly accountId: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly channel?: string;
  readonly sourceType?: BlocklistSource;
  readonly campaign?: string;
  readonly createdFrom?: number;
  readonly createdUntil?: number;
  readonly limit: number;
  readonly offset: number;
}

export interface BlocklistPage {
  readonly entries: readonly BlocklistEntry[];
  /** Of all that the filter lets through. */
  readonly total: number;
}

/** A message, as far as the blocklist looks at it. */
export type BlocklistTarget = Pick<BlocklistEntry, "destination" | "sender" | "channel">;

export interface BlockedTargets {
  /** Places in the list that was asked about. */
  readonly blocked: readonly number[];
  /** The account has no entry at all. */
  readonly isEmpty: boolean;
}

/** A number that was looked up, with the answer. */
export interface NumberLookup {
  readonly accountId: number;
  readonly bulkId: string;
  readonly messageId: string;
  readonly destination: string;
  /** The status group of the answer. */
  readonly statusGroup: string;
  /** JSON: the answer. */
  readonly result: string;
  readonly createdAt: number;
}

export interface LookupFilter {
  readonly accountId: number;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
  readonly destination?: string;
  readonly bulkIds?: readonly string[];
  readonly messageIds?: readonly string[];
  readonly statusGroup?: string;
}
