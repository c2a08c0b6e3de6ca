import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NewKeyedRequest } from "../store.ts";
import { insertRequest, markRefused, purgeRequests } from "./statements/keyed-requests.ts";

/** The part of the writer that keeps requests with an `Idempotency-Key`, inside the transaction of their messages. */
export class RequestWriter {
  readonly #insertRequest: StatementSync;
  readonly #markRefused: StatementSync;
  readonly #purgeRequests: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertRequest = database.prepare(insertRequest);
    this.#markRefused = database.prepare(markRefused);
    this.#purgeRequests = database.prepare(purgeRequests);
  }

  /** @returns the row's id, or null when the key is taken */
  insert({ from: _, until: _u, ...request }: NewKeyedRequest): number | null {
    const { changes, lastInsertRowid } = this.#insertRequest.run({ ...request });
    return changes === 0 ? null : Number(lastInsertRowid);
  }

  /** Notes which of a request's messages were not stored. `inserted` is the whole call's. */
  settle(id: number, { from, until }: NewKeyedRequest, inserted: readonly boolean[]) {
    const refused = inserted.slice(from, until).flatMap((isInserted, index) => (isInserted ? [] : [index]));
    if (refused.length > 0) this.#markRefused.run(JSON.stringify(refused), id);
  }

  purge(before: number, limit: number): number {
    return Number(this.#purgeRequests.run(before, limit).changes);
  }
}
