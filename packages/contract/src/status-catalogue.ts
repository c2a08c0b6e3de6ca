import { type IdByName, idByName } from "./catalogue/row.ts";
import type { MessageGeneralStatus, MessageStatus } from "./sms/status.ts";

export interface StatusEntry {
  readonly groupId: number;
  readonly groupName: MessageGeneralStatus;
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

/** The part of Infobip's wording that clients see in every answer: it is protocol, not prose. */
const NEXT_INSTANCE = "Message sent to next instance";

const PENDING = [
  [3, "PENDING_WAITING_DELIVERY", "The carrier has the message; its receipt is awaited"],
  [7, "PENDING_ENROUTE", NEXT_INSTANCE],
  [26, "PENDING_ACCEPTED", NEXT_INSTANCE],
] as const;

const UNDELIVERABLE = [
  [4, "UNDELIVERABLE_REJECTED_OPERATOR", "The operator refused the message"],
  [9, "UNDELIVERABLE_NOT_DELIVERED", "The message could not be delivered to the phone"],
  [31, "UNDELIVERABLE_NOT_SENT", "The message was not sent"],
  [96, "NO_ANSWER", "The call rang and nobody answered"],
  [97, "BUSY", "The called line was busy"],
  [98, "CANCELLED", "The message was canceled before it was sent"],
] as const;

const DELIVERED = [
  [2, "DELIVERED_TO_OPERATOR", "The operator has the message; it sends no receipt of the phone"],
  [5, "DELIVERED_TO_HANDSET", "Message delivered to handset"],
] as const;

const EXPIRED = [
  [15, "EXPIRED_EXPIRED", "The validity period ended before the message was delivered"],
  [29, "EXPIRED_DLR_UNKNOWN", "No final receipt came within the waiting time"],
  [87, "SIGNALS_BLOCKED", "Held back as artificial traffic until it expired"],
] as const;

const REJECTED = [
  [6, "REJECTED_NETWORK", "The destination's network is not enabled for the account"],
  [8, "REJECTED_PREFIX_MISSING", "The destination begins with no known country or network prefix"],
  [10, "REJECTED_DND", "The destination is on a do-not-disturb list"],
  [11, "REJECTED_SOURCE", "The account has not registered this sender"],
  [12, "REJECTED_NOT_ENOUGH_CREDITS", "The account's balance does not cover the message"],
  [13, "REJECTED_SENDER", "The sender is blocked"],
  [14, "REJECTED_DESTINATION_BLOCKLISTED", "The destination is on the blocklist"],
  [17, "REJECTED_PREPAID_PACKAGE_EXPIRED", "The account's prepaid credit is no longer valid"],
  [18, "REJECTED_DESTINATION_NOT_REGISTERED", "A trial account may only write to registered destinations"],
  [19, "REJECTED_ROUTE_NOT_AVAILABLE", "No route leads to the destination"],
  [20, "REJECTED_FLOODING_FILTER", "Too many messages to the same destination"],
  [21, "REJECTED_SYSTEM_ERROR", "The platform failed to process the message"],
  [23, "REJECTED_DUPLICATE_MESSAGE_ID", "A message with this messageId exists already"],
  [24, "REJECTED_INVALID_UDH", "The user data header and the ESM class do not fit together"],
  [25, "REJECTED_MESSAGE_TOO_LONG", "The text is longer than the most parts allowed"],
  [51, "MISSING_TO", "The message names no destination"],
  [52, "REJECTED_DESTINATION", "The destination is no valid phone number"],
  [87, "SIGNALS_BLOCKED", "Refused as artificial traffic"],
  [99, "REJECTED", "The message was refused"],
  [100, "UNDELIVERABLE_REJECTED_PLATFORM", "The platform refused the message"],
] as const;

type Row = readonly [id: number, name: string, description: string];

function entries(groupId: number, groupName: MessageGeneralStatus, rows: readonly Row[]): readonly StatusEntry[] {
  return rows.map(([id, name, description]) => Object.freeze({ groupId, groupName, id, name, description }));
}

/** Every message status. Key on (groupId, id): id 87 is in groups 4 and 5. */
export const STATUSES: readonly StatusEntry[] = Object.freeze([
  ...entries(1, "PENDING", PENDING),
  ...entries(2, "UNDELIVERABLE", UNDELIVERABLE),
  ...entries(3, "DELIVERED", DELIVERED),
  ...entries(4, "EXPIRED", EXPIRED),
  ...entries(5, "REJECTED", REJECTED),
]);

type StatusRow = (typeof PENDING | typeof UNDELIVERABLE | typeof DELIVERED | typeof EXPIRED | typeof REJECTED)[number];

/** Name to id of every status. */
export const STATUS: IdByName<StatusRow> = idByName<StatusRow>([
  ...PENDING,
  ...UNDELIVERABLE,
  ...DELIVERED,
  ...EXPIRED,
  ...REJECTED,
]);

const BY_ID = new Map<number, readonly StatusEntry[]>();
for (const entry of STATUSES) BY_ID.set(entry.id, [...(BY_ID.get(entry.id) ?? []), entry]);

/**
 * The status as it goes on the wire. The object is shared and frozen. Without `groupId` an id of two groups gives the
 * first. An id outside the catalogue is a programmer error and throws.
 */
export function messageStatus(id: number, groupId?: number): MessageStatus {
  const entries = BY_ID.get(id);
  const found = groupId === undefined ? entries?.[0] : entryOfGroup(entries, groupId);
  if (found === undefined)
    throw new RangeError(`No status ${id}${groupId === undefined ? "" : ` in group ${groupId}`}`);
  return found;
}

function entryOfGroup(entries: readonly StatusEntry[] | undefined, groupId: number): StatusEntry | undefined {
  return entries?.find((entry) => entry.groupId === groupId);
}
