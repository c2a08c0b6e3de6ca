/** What of the calls crosses between the threads otherwise than it is: the rows that every message passes, packed. */
import type { AppliedReceipts, MessageCommon, NewMessage } from "../store.ts";
import { type PackedRows, packRows, type RowShape, unpackRows } from "./packed-rows.ts";
import type { StoreRequest } from "./protocol.ts";
import { COMMON, messageShape, MOVE, OUTBOUND, RECEIPT, REPORT, WEBHOOK_RESULT } from "./row-shapes.ts";

/** How a value is written for the other thread, and read there. */
interface Crossing {
  pack(this: void, value: unknown): unknown;
  unpack(this: void, packed: unknown): unknown;
}

type Operation = StoreRequest["operation"];
type Crossings = Partial<Record<Operation, Crossing>>;

const rowsOf = <Row>(shape: RowShape<Row>) => ({
  pack: (rows: readonly Row[]) => packRows(rows, shape),
  unpack: (packed: PackedRows) => unpackRows(packed, shape),
});

interface CrossingMessages {
  readonly commons: PackedRows;
  readonly messages: PackedRows;
}

const MESSAGES = {
  pack(messages: readonly NewMessage[]): CrossingMessages {
    const commons: MessageCommon[] = [];
    const rows = packRows(messages, messageShape(commons));
    return { commons: packRows(commons, COMMON), messages: rows };
  },
  unpack({ commons, messages }: CrossingMessages): NewMessage[] {
    return unpackRows(messages, messageShape(unpackRows(commons, COMMON)));
  },
};

interface CrossingReceipts extends Omit<AppliedReceipts, "born"> {
  readonly born?: { readonly leased: PackedRows; readonly waiting: number };
}

const APPLIED = {
  pack({ outcomes, matchedIds, born }: AppliedReceipts): CrossingReceipts {
    if (born === undefined) return { outcomes, matchedIds };
    return { outcomes, matchedIds, born: { leased: packRows(born.leased, REPORT), waiting: born.waiting } };
  },
  unpack({ outcomes, matchedIds, born }: CrossingReceipts): AppliedReceipts {
    if (born === undefined) return { outcomes, matchedIds };
    return { outcomes, matchedIds, born: { leased: unpackRows(born.leased, REPORT), waiting: born.waiting } };
  },
};

/** Of a call's first argument. */
const FIRST_ARG: Crossings = {
  insertMessages: MESSAGES,
  moveMessages: rowsOf(MOVE),
  applyReceipts: rowsOf(RECEIPT),
  settleWebhooks: rowsOf(WEBHOOK_RESULT),
};

/** Of an answer's value. */
const VALUE: Crossings = { claimDue: rowsOf(OUTBOUND), applyReceipts: APPLIED };

export function packArgs(operation: Operation, args: readonly unknown[]): readonly unknown[] {
  return withFirst(args, FIRST_ARG[operation]?.pack);
}

export function unpackArgs(operation: Operation, args: readonly unknown[]): readonly unknown[] {
  return withFirst(args, FIRST_ARG[operation]?.unpack);
}

export function packValue(operation: Operation, value: unknown): unknown {
  return VALUE[operation]?.pack(value) ?? value;
}

export function unpackValue(operation: Operation, value: unknown): unknown {
  return VALUE[operation]?.unpack(value) ?? value;
}

function withFirst(args: readonly unknown[], change: ((value: unknown) => unknown) | undefined): readonly unknown[] {
  return change === undefined ? args : [change(args[0]), ...args.slice(1)];
}
