import type { DatabaseSync, StatementSync } from "node:sqlite";
import type {
  ApiKeyRecord,
  CheckRow,
  DocumentRecord,
  KeptRequest,
  LedgerRow,
  LogFilter,
  MessageRecord,
  WaitingMessage,
  WaitingPage,
} from "../store.ts";
import { findApiKeyByHash, listApiKeys } from "./statements/api-keys.ts";
import { findDocument, listAllDocuments, listDocuments } from "./statements/documents.ts";
import { dueChecks } from "./statements/due-checks.ts";
import { findLogs } from "./statements/find-logs.ts";
import { findMessage } from "./statements/find-message.ts";
import { findWaiting } from "./statements/find-waiting.ts";
import { findRequest } from "./statements/keyed-requests.ts";
import { countOpen, ledgerCounters } from "./statements/ledger.ts";
import { nextWaitingRoute } from "./statements/waiting-routes.ts";

/**
 * The operations that only read, on a connection and a thread of their own: in WAL mode they see what was committed
 * last and never hold up a write, however much a log query has to look through.
 */
export class SqliteReader {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  /** Log queries by their text: there are only as many as there are combinations of filters in use. */
  readonly #logStatements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
  }

  dueChecks(now: number, limit: number): readonly CheckRow[] {
    return this.#statements.dueChecks.all(now, limit) as unknown as CheckRow[];
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

  findMessage(accountId: number, messageId: string): MessageRecord | null {
    return (this.#statements.findMessage.get(accountId, messageId) as unknown as MessageRecord | undefined) ?? null;
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
    findMessage: database.prepare(findMessage),
    findRequest: database.prepare(findRequest),
    findWaiting: database.prepare(findWaiting),
    nextWaitingRoute: database.prepare(nextWaitingRoute),
    findDocument: database.prepare(findDocument),
    listDocuments: database.prepare(listDocuments),
    listAllDocuments: database.prepare(listAllDocuments),
    ledgerCounters: database.prepare(ledgerCounters),
    countOpen: database.prepare(countOpen),
    listApiKeys: database.prepare(listApiKeys),
    findApiKeyByHash: database.prepare(findApiKeyByHash),
  };
}

function ledgerKey({ channel, carrier }: Record<string, unknown>): string {
  return JSON.stringify([channel, carrier]);
}

function toApiKey(row: Record<string, unknown>): ApiKeyRecord {
  return { ...row, scopes: JSON.parse(row["scopes"] as string) } as ApiKeyRecord;
}
