/** What WhatsApp itself writes into a chat: that its user has another device, or another number. */
import type { IdentityChange } from "../carrier.ts";
import { type Json, objectIn, textIn, timeIn } from "./json.ts";

/** Its own words, which are one line. */
const DESCRIPTION_LENGTH_MAX = 1_000;
/** Both names of each: the older ones are of version 12 and before. */
const KINDS: ReadonlySet<string> = new Set([
  "user_identity_changed",
  "customer_identity_changed",
  "user_changed_number",
  "customer_changed_number",
]);

export function isFromSystem(message: Json): boolean {
  return message["type"] === "system";
}

/**
 * Null: it is another message of the system. The user is who he was before: who customers know.
 *
 * @param destination the customer's number
 */
export function identityChangeOf(message: Json, destination: string, now: number): IdentityChange | null {
  const system = objectIn(message["system"]);
  const id = textIn(message["id"]);
  const [from, userId] = [textIn(message["from"]), textIn(message["from_user_id"])];
  const sender = from ?? textIn(system["customer"]) ?? userId;
  if (id === undefined || sender === undefined || !KINDS.has(textIn(system["type"]) ?? "")) return null;
  const hash = textIn(system["identity"]) ?? textIn(objectIn(message["identity"])["hash"]);
  return {
    id,
    destination,
    sender,
    ...(userId === undefined ? {} : { userId }),
    description: (textIn(system["body"]) ?? "The user's identity has changed.").slice(0, DESCRIPTION_LENGTH_MAX),
    ...(hash === undefined ? {} : { hash }),
    changedAt: timeIn(message["timestamp"]) ?? now,
  };
}
