import type { DatabaseSync } from "node:sqlite";
import type { RouteChange } from "../store.ts";
import { findCarrierOf, moveToRoute } from "./statements/move-to-route.ts";

/** The part of the writer that gives waiting messages to other routes and carriers. */
export class RouteWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #onTakenOver: (channel: string, from: string, to: string) => void;

  /** @param onTakenOver a message counts for another carrier now */
  constructor(database: DatabaseSync, onTakenOver: (channel: string, from: string, to: string) => void) {
    this.#statements = prepareAll(database);
    this.#onTakenOver = onTakenOver;
  }

  /** @returns how many were still where they were thought to be */
  move(changes: readonly RouteChange[]): number {
    let moved = 0;
    for (const { seq, from, route, carrier } of changes) {
      const before = this.#statements.findCarrierOf.get(seq) as { channel: string; carrier: string } | undefined;
      if (before === undefined || this.#statements.moveToRoute.run({ seq, from, route, carrier }).changes === 0)
        continue;
      moved += 1;
      if (before.carrier !== carrier) this.#onTakenOver(before.channel, before.carrier, carrier);
    }
    return moved;
  }
}

function prepareAll(database: DatabaseSync) {
  return { findCarrierOf: database.prepare(findCarrierOf), moveToRoute: database.prepare(moveToRoute) };
}
