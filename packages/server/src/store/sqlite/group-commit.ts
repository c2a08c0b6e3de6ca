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
 * So the batch grows with the load by itself and there is no delay to tune. Each operation has its own savepoint: one
 * that fails takes nobody with it; a commit that fails, fails all of them, and none of them was answered yet.
 */
export function commitTogether(
  database: DatabaseSync,
  writer: SqliteWriter,
  requests: readonly StoreRequest[],
): StoreAnswer[] {
  try {
    database.exec("begin immediate");
  } catch (error) {
    return requests.map((request) => failed(request, error));
  }
  // A statement that finds the disk full may roll the whole transaction back. Nothing may run after that: outside a
  // transaction a savepoint would commit by itself, and we would then report as failed what is on disk.
  // What ended it is the reason for all of them.
  let reason: unknown = null;
  const answers = requests.map((request) => {
    if (reason !== null) return failed(request, reason);
    try {
      return run(writer, request);
    } catch (error) {
      if (!database.isTransaction) reason = error;
      return failed(request, error);
    }
  });
  if (reason === null) {
    try {
      database.exec("commit");
      return answers;
    } catch (error) {
      reason = error;
    }
  }
  if (database.isTransaction) database.exec("rollback");
  writer.recount();
  return answers.map((answer, index) => ("fault" in answer ? answer : failed(requests[index] as StoreRequest, reason)));
}

function run(writer: SqliteWriter, request: StoreRequest): StoreAnswer {
  const operation = request.operation as WriteOperation;
  const method = writer[operation] as (...args: readonly unknown[]) => unknown;
  return { id: request.id, value: writer.runInSavepoint(() => method.apply(writer, [...request.args])) };
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
