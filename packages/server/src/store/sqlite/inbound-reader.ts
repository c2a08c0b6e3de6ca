import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isSamePhone, phoneDigitsOf, phoneTailOf } from "../../message/same-phone.ts";
import {
  type ConversationWindow,
  type DoubtFilter,
  type DueInboundGroup,
  LAST_INBOUND_LOOKED_MAX,
  type LastInboundFilter,
  type WindowFilter,
} from "../inbound.ts";
import { findWindows } from "./statements/conversation-windows.ts";
import { findMessagesInDoubt } from "./statements/find-message.ts";
import { findLastInbound } from "./statements/last-inbound.ts";
import { dueInboundGroups, inboundPartsOf } from "./statements/inbound-groups.ts";

type PartRow = DueInboundGroup["parts"][number] & { singleShift: number | null; lockingShift: number | null };

/** Messages in doubt that are looked at for one user; with more of them nobody can know which is meant. */
const IN_DOUBT_MAX = 16;

/** The part of the reader that finds what phones write belongs to: windows, messages in doubt, parts of one message. */
export class InboundReader {
  readonly #dueGroups: StatementSync;
  readonly #partsOf: StatementSync;
  readonly #windows: StatementSync;
  readonly #inDoubt: StatementSync;
  readonly #last: StatementSync;

  constructor(database: DatabaseSync) {
    this.#dueGroups = database.prepare(dueInboundGroups);
    this.#partsOf = database.prepare(inboundPartsOf);
    this.#windows = database.prepare(findWindows);
    this.#inDoubt = database.prepare(findMessagesInDoubt);
    this.#last = database.prepare(findLastInbound);
  }

  windows({ accountId, limit, sender, contact, openAt = 0 }: WindowFilter): readonly ConversationWindow[] {
    const asked = { accountId, limit, sender: sender ?? null, contact: contact ?? null, openAt };
    return this.#windows.all(asked) as unknown as ConversationWindow[];
  }

  /** The only row; undefined where there is none, or there may be several. */
  inDoubt({ destinations, ...filter }: DoubtFilter): Record<string, unknown> | undefined {
    const found = new Map<unknown, Record<string, unknown>>();
    for (const destination of destinations) {
      const rows = this.#inDoubt.all({ ...filter, tail: phoneTailOf(destination), limit: IN_DOUBT_MAX });
      if (rows.length === IN_DOUBT_MAX) return undefined;
      for (const row of rows) if (isSameUser(String(row["destination"]), destination)) found.set(row["seq"], row);
    }
    const [only, ...others] = found.values();
    return others.length === 0 ? only : undefined;
  }

  last(filter: LastInboundFilter): string | null {
    const row = this.#last.get({ ...filter, limit: LAST_INBOUND_LOOKED_MAX });
    return (row?.["carrierMessageId"] as string | undefined) ?? null;
  }

  due(now: number, limit: number): readonly DueInboundGroup[] {
    const rows = this.#dueGroups.all({ now, limit }) as unknown as Omit<DueInboundGroup, "parts">[];
    return rows.map((row) => {
      const parts = this.#partsOf.all(row.groupId) as unknown as PartRow[];
      return { ...row, parts: parts.map(toPart) };
    });
  }
}

/** By phone, or by a user id as it is. */
function isSameUser(one: string, other: string): boolean {
  const [phone, otherPhone] = [phoneDigitsOf(one), phoneDigitsOf(other)];
  return one === other || (phone !== null && otherPhone !== null && isSamePhone(phone, otherPhone));
}

function toPart({ singleShift, lockingShift, ...part }: PartRow): DueInboundGroup["parts"][number] {
  const nationalTables = {
    ...(singleShift === null ? {} : { singleShift }),
    ...(lockingShift === null ? {} : { lockingShift }),
  };
  return { ...part, nationalTables };
}
