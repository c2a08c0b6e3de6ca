import type { DatabaseSync } from "node:sqlite";
import type { StoreAnswer, StoreRequest, WriteOperation } from "./protocol.ts";
import type { SqliteWriter } from "./writer.ts";

/** Most operations in one transaction: enough to share an fsync, few enough that nobody waits long for it. */
export const OPERATIONS_PER_COMMIT_MAX = 256;

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;
const SQLITE_IOERR = 10;

/**
 * Group commit: everything that has been asked for while the last commit was on its way to disk shares the next one.
 * So the batch grows with the load by itself and there is no delay to tune. An operation that fails takes nobody with it;
 * a commit that fails, fails all of them, and none of them was answered yet.
 */
export function commitTogether(
  database: DatabaseSync,
  writer: SqliteWriter,
  requests: readonly StoreRequest[],
): StoreAnswer[] {
  const notBegun = begin(database, requests);
  if (notBegun !== null) return notBegun;
  const answers = runPlainly(database, writer, requests);
  if (answers !== null) return commit(database, writer, requests, answers);
  return begin(database, requests) ?? runInSavepoints(database, writer, requests);
}

/** Null: it has begun. */
function begin(database: DatabaseSync, requests: readonly StoreRequest[]): StoreAnswer[] | null {
  try {
    database.exec("begin immediate");
    return null;
  } catch (error) {
    return requests.map((request) => failed(request, error));
  }
}

/**
 * Nearly always nothing fails. A savepoint would have SQLite copy each page that is changed in it, which in small batches
 * is a tenth of all the work: so there is none until it is needed.
 *
 * @returns null when an operation has failed: then nothing is left of any, and each needs its savepoint
 */
function runPlainly(database: DatabaseSync, writer: SqliteWriter, requests: readonly StoreRequest[]) {
  try {
    return requests.map((request): StoreAnswer => ({ id: request.id, value: writer.run(callOf(writer, request)) }));
  } catch {
    undo(database, writer);
    return null;
  }
}

/** One that fails leaves the others as they are. */
function runInSavepoints(database: DatabaseSync, writer: SqliteWriter, requests: readonly StoreRequest[]) {
  // A statement that finds the disk full may roll the whole transaction back. Nothing may run after that: outside a
  // transaction a savepoint would commit by itself, and we would then report as failed what is on disk.
  // What ended it is the reason for all of them.
  let reason: unknown = null;
  const answers = requests.map((request): StoreAnswer => {
    if (reason !== null) return failed(request, reason);
    try {
      return { id: request.id, value: writer.runInSavepoint(callOf(writer, request)) };
    } catch (error) {
      if (!database.isTransaction) reason = error;
      return failed(request, error);
    }
  });
  if (reason === null) return commit(database, writer, requests, answers);
  undo(database, writer);
  return allFailed(requests, answers, reason);
}

function commit(
  database: DatabaseSync,
  writer: SqliteWriter,
  requests: readonly StoreRequest[],
  answers: StoreAnswer[],
): StoreAnswer[] {
  try {
    database.exec("commit");
    return answers;
  } catch (error) {
    undo(database, writer);
    return allFailed(requests, answers, error);
  }
}

function undo(database: DatabaseSync, writer: SqliteWriter) {
  if (database.isTransaction) database.exec("rollback");
  writer.recount();
}

function callOf(writer: SqliteWriter, request: StoreRequest): () => unknown {
  const method = writer[request.operation as WriteOperation] as (...args: readonly unknown[]) => unknown;
  return () => method.apply(writer, [...request.args]);
}

/** Those that had failed before keep their own fault. */
function allFailed(requests: readonly StoreRequest[], answers: readonly StoreAnswer[], reason: unknown): StoreAnswer[] {
  return answers.map((answer, index) => ("fault" in answer ? answer : failed(requests[index] as StoreRequest, reason)));
}

function failed(request: StoreRequest, error: unknown): StoreAnswer {
  return { id: request.id, fault: faultOf(error) };
}

/** Errors do not cross threads whole: a code and a text do. */
export function faultOf(error: unknown): { code: string; detail: string } {
  const detail = error instanceof Error ? error.message : String(error);
  const errcode = (error as { errcode?: number } | null)?.errcode ?? 0;
  if (errcode % 256 === SQLITE_FULL || (errcode % 256 === SQLITE_IOERR && /ENOSPC|full/i.test(detail))) {
    return { code: "STORE_FULL", detail };
  }
  const code = (error as { code?: unknown } | null)?.code;
  return { code: code === "DATA_TOO_NEW" || code === "DATA_IN_USE" ? code : "STORE_FAILED", detail };
}
