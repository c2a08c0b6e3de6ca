/** The rows that receipts are matched with, and what is compared. */
import { isSamePhone, phoneDigitsOf } from "../../message/same-phone.ts";
import type { MessageState } from "../../message/state.ts";
import type { Move, Receipt, ReportRecord } from "../store.ts";
import type { UnmatchedReceipt } from "../unmatched-receipts.ts";

/** Where the end of a message is counted and told. */
export interface ReportTarget {
  readonly accountId: number;
  readonly channel: string;
  readonly carrier: string;
  readonly webhookUrl: string | null;
  readonly webhookKind: string;
  readonly wantsReport: number;
  /** Where it was read with the rest. */
  readonly reported?: Reported;
}

/** What a report says of its message beside how it ended. */
export type ReportedFacts = Omit<ReportRecord, "state" | "statusId" | "errorId" | "doneAt">;

/** A message as a report that is born of it now would tell it. */
export interface Reported {
  readonly facts: ReportedFacts;
  /** Something else is still to be told of the message. */
  readonly hasEarlierWord: boolean;
}

/** `reportedColumns`, and whatever comes behind them. */
export type ReportedRow = readonly [...ReportedColumns, ...others: unknown[]];

type ReportedColumns = readonly [
  messageId: string,
  bulkId: string,
  sender: string,
  destination: string,
  partCount: number,
  doubt: ReportRecord["doubt"],
  sentAt: number,
  callbackData: string | null,
  applicationId: string | null,
  entityId: string | null,
  campaignReferenceId: string | null,
  hasEarlierWord: number,
];

export function reportedOf(row: ReportedRow): Reported {
  const facts = {
    messageId: row[0],
    bulkId: row[1],
    sender: row[2],
    destination: row[3],
    partCount: row[4],
    doubt: row[5],
    sentAt: row[6],
    callbackData: row[7],
    applicationId: row[8],
    entityId: row[9],
    campaignReferenceId: row[10],
  };
  return { facts, hasEarlierWord: row[11] === 1 };
}

export interface CarriedRow extends ReportTarget {
  readonly seq: number;
  readonly state: MessageState;
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly submittedAt: number | null;
  readonly destination: string;
  /** Null: the id is the whole message's. */
  readonly partNumber: number | null;
}

/** What `findLastByCarrierId` and `findAnswered` give, in their order. */
export type FoundRow = readonly [
  ...ReportedColumns,
  seq: number,
  state: MessageState,
  attempts: number,
  acceptedAt: number,
  submittedAt: number | null,
  accountId: number,
  channel: string,
  carrier: string,
  webhookUrl: string | null,
  webhookKind: string,
  wantsReport: number,
  hasOthers: number,
];

export const SEQ = 12;
export const HAS_OTHERS = 23;

export function carriedOf(row: FoundRow): CarriedRow {
  return {
    seq: row[12],
    state: row[13],
    attempts: row[14],
    acceptedAt: row[15],
    submittedAt: row[16],
    destination: row[3],
    partNumber: null,
    accountId: row[17],
    channel: row[18],
    carrier: row[19],
    webhookUrl: row[20],
    webhookKind: row[21],
    wantsReport: row[22],
    reported: reportedOf(row),
  };
}

/**
 * Ids of WhatsApp's are not written in several ways: another one beside them is the name that we gave the message while
 * its own was not known, and its user's answers name it by its own.
 */
export function hasOneNotation({ channel }: { readonly channel: string }): boolean {
  return channel === "WHATSAPP";
}

export const isRenamed = (found: CarriedRow): boolean => found.partNumber === null && hasOneNotation(found);

/** As a receipt's phone is kept: its digits. Two with a space between, the likelier last, where it may be either. */
export function phonesOf({ destination, otherDestination }: Receipt): string | null {
  const phone = destination === undefined ? null : phoneDigitsOf(destination);
  const other = otherDestination === undefined ? null : phoneDigitsOf(otherDestination);
  return phone === null || other === null ? (phone ?? other) : `${other} ${phone}`;
}

/** True also where one of the two is no number: then the ids alone count. */
export function isTo({ destination }: { readonly destination: string }, phones: string | null): boolean {
  if (phones === null || destination === phones) return true;
  const digits = phoneDigitsOf(destination);
  return digits === null || phones.split(" ").some((phone) => isSamePhone(digits, phone));
}

export function spelledOf({
  partIds = [],
  spelledIds,
}: Pick<Move, "partIds" | "spelledIds">): ReadonlyMap<string, string> | undefined {
  return spelledIds === undefined ? undefined : new Map(partIds.map((id, index) => [id, spelledIds[index] ?? id]));
}

/** Submitted after the other; of those submitted at the same moment, accepted after it. */
export function isAfter(one: CarriedRow, other: CarriedRow): boolean {
  const difference = (one.submittedAt ?? 0) - (other.submittedAt ?? 0);
  return difference > 0 || (difference === 0 && one.seq > other.seq);
}

export function receiptOf({
  id: _,
  receivedAt: _r,
  destination,
  reference,
  seenAt,
  ...rest
}: UnmatchedReceipt): Receipt {
  return {
    ...rest,
    ...(destination === null ? {} : { destination }),
    ...(reference === null ? {} : { reference }),
    ...(seenAt === null ? {} : { seenAt }),
  };
}
