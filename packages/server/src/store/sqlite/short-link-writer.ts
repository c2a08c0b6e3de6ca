import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ShortLink, ShortLinkClick } from "../store.ts";
import { countClick, insertShortLink } from "./statements/short-links.ts";

/** The part of the writer that keeps short links, inside the transaction of their messages. */
export class ShortLinkWriter {
  readonly #insert: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(insertShortLink);
    this.#count = database.prepare(countClick);
  }

  /** A code that is there already fails the whole call: to lead somebody to another's page would be worse. */
  insert({ code, target }: ShortLink, messageSeq: number) {
    this.#insert.run(code, messageSeq, target.url, target.trackingUrl, target.tracksClicks ? 1 : 0);
  }

  /** @returns false where the link is gone */
  countClick({ code }: ShortLinkClick): boolean {
    return this.#count.run(code).changes === 1;
  }
}
