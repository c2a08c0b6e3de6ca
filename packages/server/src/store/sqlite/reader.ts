import type { DatabaseSync, StatementSync } from "node:sqlite";
import type {
  ApiKeyLimits,
  ApiKeyRecord,
  BulkRecord,
  BlockedTargets,
  BlocklistFilter,
  BlocklistPage,
  BlocklistTarget,
  CheckRow,
  DueFailover,
  DocumentRecord,
  FailoverRecord,
  FoundMessage,
  KeptRequest,
  LedgerRow,
  LogFilter,
  LookupFilter,
  MessageRecord,
  PartRecord,
  ShortLinkRecord,
  NumberLookup,
  UnmatchedFilter,
  UnmatchedReceipt,
  WebhookFilter,
  WebhookRecord,
  WaitingMessage,
  WaitingPage,
} from "../store.ts";
import { BlocklistReader } from "./blocklist-reader.ts";
import { BulkReader } from "./bulk-reader.ts";
import type { ConversationWindow, DoubtFilter, DueInboundGroup, LastInboundFilter, WindowFilter } from "../inbound.ts";
import { unmatchedReceiptOf } from "./parked-receipts.ts";
import { InboundReader } from "./inbound-reader.ts";
import { findApiKeyByHash, listApiKeys } from "./statements/api-keys.ts";
import { findLookups } from "./statements/number-lookups.ts";
import { findDocument, listAllDocuments, listDocuments } from "./statements/documents.ts";
import { dueChecks } from "./statements/due-checks.ts";
import { findLogs } from "./statements/find-logs.ts";
import { dueFailovers, findFailover } from "./statements/failovers.ts";
import { findMessage, findMessageByCarrierId } from "./statements/find-message.ts";
import { findWaiting } from "./statements/find-waiting.ts";
import { findRequest } from "./statements/keyed-requests.ts";
import {
  findWebhook,
  listDeliveredWebhooks,
  listFailedWebhooks,
  listWaitingWebhooks,
  listWebhooks,
} from "./statements/list-webhooks.ts";
import { countOpen, ledgerCounters } from "./statements/ledger.ts";
import { findShortLink } from "./statements/short-links.ts";
import { listUnmatchedReceipts, listUnmatchedReceiptsOfId } from "./statements/unmatched-receipts.ts";
import { nextWaitingRoute } from "./statements/waiting-routes.ts";

/**
 * The operations that only read, on a connection and a thread of their own: in WAL mode they see what was committed
 * last and never hold up a write, however much a log query has to look through.
 */
export class SqliteReader {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #bulks: BulkReader;
  readonly #inbound: InboundReader;
  readonly #blocklist: BlocklistReader;
  /** Log queries by their text: there are only as many as there are combinations of filters in use. */
  readonly #logStatements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
    this.#bulks = new BulkReader(database);
    this.#inbound = new InboundReader(database);
    this.#blocklist = new BlocklistReader(database);
  }

  dueChecks(now: number, limit: number): readonly CheckRow[] {
    return this.#statements.dueChecks.all(now, limit).map((row) => {
      const openPartIds = readList(row["openPartIds"]);
      return { ...row, openPartIds, spelledIds: readList(row["spelledIds"]) } as unknown as CheckRow;
    });
  }

  findLogs(filter: LogFilter): readonly MessageRecord[] {
    const { text, values } = findLogs(filter);
    let statement = this.#logStatements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#logStatements.set(text, statement);
    }
    return statement.all(values) as unknown as MessageRecord[];
  }

  findMessage(accountId: number, messageId: string): FoundMessage | null {
    return toFound(this.#statements.findMessage.get(accountId, messageId));
  }

  findByCarrierId(accountId: number, carrier: string, carrierMessageId: string): FoundMessage | null {
    return toFound(this.#statements.findMessageByCarrierId.get(carrierMessageId, carrier, accountId));
  }

  findInDoubt(filter: DoubtFilter): FoundMessage | null {
    return toFound(this.#inbound.inDoubt(filter));
  }

  findLastInbound(filter: LastInboundFilter): string | null {
    return this.#inbound.last(filter);
  }

  findWindows(filter: WindowFilter): readonly ConversationWindow[] {
    return this.#inbound.windows(filter);
  }

  findBulk(accountId: number, bulkId: string, now: number): BulkRecord | null {
    // One snapshot of the messages and of the wish for them.
    this.#database.exec("begin");
    try {
      const found = this.#bulks.find(accountId, bulkId, now);
      return found === null ? null : { bulkId, status: found.status, sendAt: found.sendAt };
    } finally {
      this.#database.exec("commit");
    }
  }

  dueFailovers(limit: number): readonly DueFailover[] {
    const rows = this.#statements.dueFailovers.all(limit) as unknown as (Omit<DueFailover, "wantsReport"> & {
      wantsReport: number;
    })[];
    return rows.map((row) => ({ ...row, wantsReport: row.wantsReport === 1 }));
  }

  findFailover(seq: number): FailoverRecord | null {
    return (this.#statements.findFailover.get(seq) as FailoverRecord | undefined) ?? null;
  }

  waitingRoutes(): readonly string[] {
    const routes: string[] = [];
    for (let route = ""; ; ) {
      const row = this.#statements.nextWaitingRoute.get(route);
      if (row === undefined) return routes;
      route = String(row["route"]);
      routes.push(route);
    }
  }

  findWaiting(page: WaitingPage): readonly WaitingMessage[] {
    const { route, limit, after = { dueAt: 0, seq: 0 } } = page;
    return this.#statements.findWaiting.all({ route, limit, ...after }) as unknown as WaitingMessage[];
  }

  findRequest(accountId: number, key: string): KeptRequest | null {
    const row = this.#statements.findRequest.get(accountId, key) as
      | (Omit<KeptRequest, "refused"> & { refused: string | null })
      | undefined;
    if (row === undefined) return null;
    return { ...row, refused: row.refused === null ? [] : (JSON.parse(row.refused) as number[]) };
  }

  findShortLink(code: string): ShortLinkRecord | null {
    const row = this.#statements.findShortLink.get(code);
    return row === undefined
      ? null
      : ({ ...row, tracksClicks: row["tracksClicks"] === 1 } as unknown as ShortLinkRecord);
  }

  findDocument(accountId: number, kind: string, id: string): DocumentRecord | null {
    return (this.#statements.findDocument.get(kind, accountId, id) as DocumentRecord | undefined) ?? null;
  }

  listDocuments(accountId: number | null, kind: string): readonly DocumentRecord[] {
    const rows =
      accountId === null
        ? this.#statements.listAllDocuments.all(kind)
        : this.#statements.listDocuments.all(kind, accountId);
    return rows as unknown as DocumentRecord[];
  }

  findBlocked(accountId: number, targets: readonly BlocklistTarget[]): BlockedTargets {
    return this.#blocklist.findBlocked(accountId, targets);
  }

  listBlocklist(filter: BlocklistFilter): BlocklistPage {
    return this.#blocklist.list(filter);
  }

  findLookups(filter: LookupFilter): readonly NumberLookup[] {
    const { bulkIds, messageIds } = filter;
    return this.#statements.findLookups.all({
      accountId: filter.accountId,
      since: filter.since,
      until: filter.until,
      limit: filter.limit,
      destination: filter.destination ?? null,
      statusGroup: filter.statusGroup ?? null,
      bulkIds: bulkIds === undefined ? null : JSON.stringify(bulkIds),
      messageIds: messageIds === undefined ? null : JSON.stringify(messageIds),
    }) as unknown as NumberLookup[];
  }

  listUnmatchedReceipts({ limit, carrier, carrierMessageId, before }: UnmatchedFilter): readonly UnmatchedReceipt[] {
    const common = { limit, carrier: carrier ?? null, before: before ?? Number.MAX_SAFE_INTEGER };
    const rows =
      carrierMessageId === undefined
        ? this.#statements.listUnmatchedReceipts.all(common)
        : this.#statements.listUnmatchedReceiptsOfId.all({ ...common, carrierMessageId });
    return rows.map(unmatchedReceiptOf);
  }

  listWebhooks({ accountId, id, state, origin, limit, before, ...range }: WebhookFilter): readonly WebhookRecord[] {
    const { webhook, webhooks } = this.#statements;
    const rows =
      id !== undefined
        ? webhook.all({ id, accountId })
        : webhooks[state ?? "any"].all({
            accountId,
            limit,
            origin: origin ?? null,
            before: before ?? Number.MAX_SAFE_INTEGER,
            createdSince: range.createdSince ?? 0,
            createdUntil: range.createdUntil ?? Number.MAX_SAFE_INTEGER,
          });
    return rows.map(toWebhook);
  }

  ledger(): readonly LedgerRow[] {
    // One snapshot for both questions, or a message that ends in between would be counted twice or not at all.
    this.#database.exec("begin");
    try {
      const open = new Map(this.#statements.countOpen.all().map((row) => [ledgerKey(row), Number(row["open"])]));
      return this.#statements.ledgerCounters.all().map((row) => ({
        ...(row as unknown as Omit<LedgerRow, "open">),
        open: open.get(ledgerKey(row)) ?? 0,
      }));
    } finally {
      this.#database.exec("commit");
    }
  }

  dueInboundGroups(now: number, limit: number): readonly DueInboundGroup[] {
    return this.#inbound.due(now, limit);
  }

  listApiKeys(): readonly ApiKeyRecord[] {
    return this.#statements.listApiKeys.all().map(toApiKey);
  }

  findApiKeyByHash(secretHash: string): ApiKeyRecord | null {
    const row = this.#statements.findApiKeyByHash.get(secretHash);
    return row === undefined ? null : toApiKey(row);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    dueChecks: database.prepare(dueChecks),
    dueFailovers: database.prepare(dueFailovers),
    findFailover: database.prepare(findFailover),
    findMessage: database.prepare(findMessage),
    findMessageByCarrierId: database.prepare(findMessageByCarrierId),
    findRequest: database.prepare(findRequest),
    findShortLink: database.prepare(findShortLink),
    findWaiting: database.prepare(findWaiting),
    nextWaitingRoute: database.prepare(nextWaitingRoute),
    findDocument: database.prepare(findDocument),
    findLookups: database.prepare(findLookups),
    listDocuments: database.prepare(listDocuments),
    listAllDocuments: database.prepare(listAllDocuments),
    webhook: database.prepare(findWebhook),
    webhooks: {
      any: database.prepare(listWebhooks),
      waiting: database.prepare(listWaitingWebhooks),
      delivered: database.prepare(listDeliveredWebhooks),
      failed: database.prepare(listFailedWebhooks),
    },
    listUnmatchedReceipts: database.prepare(listUnmatchedReceipts),
    listUnmatchedReceiptsOfId: database.prepare(listUnmatchedReceiptsOfId),
    ledgerCounters: database.prepare(ledgerCounters),
    countOpen: database.prepare(countOpen),
    listApiKeys: database.prepare(listApiKeys),
    findApiKeyByHash: database.prepare(findApiKeyByHash),
  };
}

function toFound(row: Record<string, unknown> | undefined): FoundMessage | null {
  if (row === undefined) return null;
  const { parts, ...rest } = row;
  const found = { ...rest, isPaused: row["isPaused"] === 1 } as unknown as FoundMessage;
  return parts === null ? found : { ...found, parts: JSON.parse(parts as string) as PartRecord[] };
}

function readList<Item>(json: unknown): readonly Item[] | null {
  return typeof json === "string" ? (JSON.parse(json) as Item[]) : null;
}

function ledgerKey({ channel, carrier }: Record<string, unknown>): string {
  return JSON.stringify([channel, carrier]);
}

function toWebhook(row: Record<string, unknown>): WebhookRecord {
  const { history, ...rest } = row;
  const lines = history === null ? [] : (history as string).split("\n");
  return { ...rest, history: lines.map((line) => JSON.parse(line) as unknown) } as unknown as WebhookRecord;
}

function toApiKey(row: Record<string, unknown>): ApiKeyRecord {
  const { limits, ...rest } = row;
  const record = { ...rest, scopes: JSON.parse(row["scopes"] as string) as string[] } as unknown as ApiKeyRecord;
  return limits === null ? record : { ...record, limits: JSON.parse(limits as string) as ApiKeyLimits };
}
