import type { SqliteReader } from "./reader.ts";
import type { SqliteWriter } from "./writer.ts";

/** What the threads say to each other. Requests are numbered; answers of one transaction come in one message. */
export type ReadOperation = keyof Pick<
  SqliteReader,
  | "dueChecks"
  | "findLogs"
  | "findMessage"
  | "findByCarrierId"
  | "findInDoubt"
  | "findLastInbound"
  | "findWindows"
  | "findBulk"
  | "findRequest"
  | "findShortLink"
  | "findDocument"
  | "listDocuments"
  | "findBlocked"
  | "listBlocklist"
  | "findLookups"
  | "listWebhooks"
  | "waitingRoutes"
  | "findWaiting"
  | "ledger"
  | "listApiKeys"
  | "findApiKeyByHash"
  | "dueInboundGroups"
  | "listUnmatchedReceipts"
  | "dueFailovers"
  | "findFailover"
>;

export type WriteOperation = keyof Pick<
  SqliteWriter,
  | "insertMessages"
  | "claimDue"
  | "moveMessages"
  | "moveToRoutes"
  | "applyReceipts"
  | "rematchReceipts"
  | "expireLeases"
  | "takeReports"
  | "claimWebhooks"
  | "settleWebhooks"
  | "replayWebhooks"
  | "claimSmppDeliveries"
  | "settleSmppDeliveries"
  | "saveApiKey"
  | "insertEvents"
  | "recordClicks"
  | "changeDocuments"
  | "changeBulkStatus"
  | "rescheduleBulk"
  | "confirmConversion"
  | "storeInbound"
  | "takeInbox"
  | "keepInboundParts"
  | "addToBlocklist"
  | "removeFromBlocklist"
  | "insertLookups"
  | "makeFailovers"
  | "purge"
>;

export interface StoreRequest {
  readonly id: number;
  /** "close" is answered when everything before it is on disk and the file is closed. */
  readonly operation: ReadOperation | WriteOperation | "close";
  readonly args: readonly unknown[];
}

export type StoreAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: { readonly code: string; readonly detail: string } };

export interface ThreadOptions {
  readonly file: string;
  readonly role: "write" | "read";
}

/** First message of a thread: ready, or why it could not open the file. */
export type ThreadGreeting =
  | { readonly ready: true }
  | { readonly fault: { readonly code: string; readonly detail: string } };
