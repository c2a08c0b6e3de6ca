import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ConversationWindow, DueInboundGroup, WindowFilter } from "../inbound.ts";
import { findWindows } from "./statements/conversation-windows.ts";
import { dueInboundGroups, inboundPartsOf } from "./statements/inbound-groups.ts";

type PartRow = DueInboundGroup["parts"][number] & { singleShift: number | null; lockingShift: number | null };

/** The part of the reader that finds parts that are to be put together. */
export class InboundReader {
  readonly #dueGroups: StatementSync;
  readonly #partsOf: StatementSync;
  readonly #windows: StatementSync;

  constructor(database: DatabaseSync) {
    this.#dueGroups = database.prepare(dueInboundGroups);
    this.#partsOf = database.prepare(inboundPartsOf);
    this.#windows = database.prepare(findWindows);
  }

  windows({ accountId, limit, sender, contact, openAt = 0 }: WindowFilter): readonly ConversationWindow[] {
    const asked = { accountId, limit, sender: sender ?? null, contact: contact ?? null, openAt };
    return this.#windows.all(asked) as unknown as ConversationWindow[];
  }

  due(now: number, limit: number): readonly DueInboundGroup[] {
    const rows = this.#dueGroups.all({ now, limit }) as unknown as Omit<DueInboundGroup, "parts">[];
    return rows.map((row) => {
      const parts = this.#partsOf.all(row.groupId) as unknown as PartRow[];
      return { ...row, parts: parts.map(toPart) };
    });
  }
}

function toPart({ singleShift, lockingShift, ...part }: PartRow): DueInboundGroup["parts"][number] {
  const nationalTables = {
    ...(singleShift === null ? {} : { singleShift }),
    ...(lockingShift === null ? {} : { lockingShift }),
  };
  return { ...part, nationalTables };
}
