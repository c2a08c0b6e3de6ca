import { asObject } from "./answer.ts";

/** Infobip's status for a messageId that it has already accepted. */
const DUPLICATE_ID = 23;
const DUPLICATE_NAME = "REJECTED_DUPLICATE_MESSAGE_ID";

const SETTLED_DESCRIPTION = "Accepted by an earlier request with this messageId; not sent again";
const PENDING_GROUP = { groupId: 1, groupName: "PENDING" } as const;
/** What the first request was told: SMS answers 26, WhatsApp 7. */
export const SETTLED_SMS = {
  ...PENDING_GROUP,
  id: 26,
  name: "PENDING_ACCEPTED",
  description: SETTLED_DESCRIPTION,
} as const;
export const SETTLED_WHATSAPP = {
  ...PENDING_GROUP,
  id: 7,
  name: "PENDING_ENROUTE",
  description: SETTLED_DESCRIPTION,
} as const;

export type SettledStatus = typeof SETTLED_SMS | typeof SETTLED_WHATSAPP;

/**
 * On a repeat, a duplicate rejection says that the message was accepted before: the status becomes what that earlier
 * answer was or would have been. Everything else of the entry stays, and so does every other status.
 */
export function settleDuplicate<Entry extends { readonly status?: unknown }>(
  entry: Entry,
  settled: SettledStatus,
): Entry {
  return isDuplicate(entry) ? { ...entry, status: settled } : entry;
}

function isDuplicate(entry: unknown): boolean {
  const status = asObject(asObject(entry)["status"]);
  return status["id"] === DUPLICATE_ID || status["name"] === DUPLICATE_NAME;
}
