import type { DatabaseSync } from "node:sqlite";
import { type DocumentChange, DOCUMENTS_PER_KIND_MAX, type DocumentsChanged } from "../store.ts";
import { countDocuments, createDocument, deleteDocument, replaceDocument } from "./statements/documents.ts";

/** The part of the writer that keeps what accounts have set up. */
export class DocumentWriter {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database);
  }

  /** All of them or none. */
  change(changes: readonly DocumentChange[]): DocumentsChanged {
    this.#database.exec("savepoint documents");
    for (const [index, change] of changes.entries()) {
      const refusal = this.#apply(change);
      if (refusal === null) continue;
      this.#database.exec("rollback to documents; release documents");
      return { isDone: false, index, refusal };
    }
    this.#database.exec("release documents");
    return { isDone: true };
  }

  #apply(change: DocumentChange): "exists" | "missing" | "full" | null {
    const { accountId, kind, id } = change;
    if (change.action === "delete") {
      return this.#statements.delete.run({ accountId, kind, id }).changes === 0 ? "missing" : null;
    }
    const values = { accountId, kind, id, body: change.body, at: change.at };
    if (change.action !== "create" && this.#statements.replace.run(values).changes === 1) return null;
    if (change.action === "replace") return "missing";
    const count = Number(this.#statements.count.get(kind, accountId)?.["count"] ?? 0);
    if (count >= DOCUMENTS_PER_KIND_MAX) return "full";
    return this.#statements.create.run(values).changes === 0 ? "exists" : null;
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    create: database.prepare(createDocument),
    replace: database.prepare(replaceDocument),
    delete: database.prepare(deleteDocument),
    count: database.prepare(countDocuments),
  };
}
