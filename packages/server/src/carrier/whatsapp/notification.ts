/**
 * What Meta's webhook tells: statuses of our messages, and messages of users (facts: Cloud API, 4.6). One call may hold
 * many of both, for several numbers; they come in any order and more than once, which is the store's to see through.
 */
import { ERROR, STATUS } from "@posthorn/contract";
import type { CarrierContactMessage, CarrierReceipt, IdentityChange } from "../carrier.ts";
import { endOf, readError } from "./errors.ts";
import { identityChangeOf, isFromSystem } from "./identity.ts";
import { contentOf, type MediaUrlOf } from "./inbound.ts";
import { isObject, type Json, known, objectIn, objectsIn, textIn, timeIn } from "./json.ts";
import { readReference } from "./reference.ts";

export interface Notification {
  readonly receipts: readonly CarrierReceipt[];
  readonly messages: readonly CarrierContactMessage[];
  readonly identities: readonly IdentityChange[];
  /** What it told beside that, by name. */
  readonly passedOver: readonly string[];
}

export interface NotificationContext {
  /** The customer's number of a phone number id; undefined: it is none of this carrier's. */
  readonly numberOf: (phoneNumberId: string) => string | undefined;
  readonly mediaUrlOf: (number: string) => MediaUrlOf;
  /** Whether the answer to its submission has come. */
  readonly isAnswered: (wamid: string) => boolean;
  readonly now: number;
}

const TAKEN = {
  state: "submitted",
  statusId: STATUS.PENDING_WAITING_DELIVERY,
  errorId: ERROR.NO_ERROR,
} as const;

/** Null: it says nothing new, or nothing that can be read. */
function receiptOf(
  status: Json,
  { now, isAnswered }: Pick<NotificationContext, "now" | "isAnswered">,
): CarrierReceipt | null {
  const carrierMessageId = textIn(status["id"]);
  const name = textIn(status["status"]) ?? "";
  if (carrierMessageId === undefined) return null;
  const reference = readReference(textIn(status["biz_opaque_callback_data"]));
  const doneAt = timeIn(status["timestamp"]) ?? now;
  const named =
    reference === null
      ? { carrierMessageId }
      : {
          carrierMessageId,
          otherIds: [reference.text],
          // Not Meta's recipient_id: in some countries that is written in another way than the number.
          destination: reference.destination,
          reference: reference.low,
        };
  const whole = { ...named, doneAt };
  switch (name) {
    // No more than the answer to the submission said, unless that was lost: then it is the first word of the id.
    case "sent":
      return reference === null || isAnswered(carrierMessageId) ? null : { ...whole, ...TAKEN };
    case "delivered":
      return { ...whole, ...DELIVERED };
    // Whoever has read it has got it, and Meta may leave out to say so.
    case "read":
    case "played":
      return { ...whole, ...DELIVERED, seenAt: doneAt };
    case "failed": {
      const [error] = objectsIn(status["errors"]).map(readError);
      return { ...whole, ...endOf(error ?? UNEXPLAINED) };
    }
    default:
      return null;
  }
}

const DELIVERED = {
  state: "delivered",
  statusId: STATUS.DELIVERED_TO_HANDSET,
  errorId: ERROR.NO_ERROR,
} as const;

/** A failure without a reason. */
const UNEXPLAINED = { action: "undeliverable", errorId: ERROR.EC_PROVIDER_DR_ERROR } as const;

const DIGITS = /^\+?([0-9]{5,20})$/;
/** Digits; undefined where it is something else. */
const phoneIn = (value: unknown): string | undefined => DIGITS.exec(textIn(value) ?? "")?.[1];

interface Author {
  readonly sender: string;
  readonly contact: CarrierContactMessage["contact"];
}

/** Who wrote: by the phone, or by the user id where WhatsApp keeps the phone to itself. */
function authorOf(message: Json, contacts: readonly Json[]): Author | null {
  const [phone, userId] = [phoneIn(message["from"]), textIn(message["from_user_id"])];
  const sender = phone ?? userId ?? textIn(message["from"]);
  if (sender === undefined) return null;
  const contact =
    contacts.find((each) => textIn(each["wa_id"]) === phone && phone !== undefined) ??
    contacts.find((each) => textIn(each["user_id"]) === userId && userId !== undefined) ??
    (contacts.length === 1 ? (contacts[0] as Json) : {});
  const profile = objectIn(contact["profile"]);
  return {
    sender,
    contact: known({
      name: textIn(profile["name"]),
      phone: phone ?? phoneIn(contact["wa_id"]),
      userId: userId ?? textIn(contact["user_id"]),
      parentUserId: textIn(contact["parent_user_id"]),
      username: textIn(profile["username"]),
    }) as CarrierContactMessage["contact"],
  };
}

function messageOf(
  message: Json,
  { contacts, destination, mediaUrlOf, now }: Place & { readonly now: number },
): CarrierContactMessage | null {
  const author = authorOf(message, contacts);
  const content = contentOf(message, mediaUrlOf);
  const carrierMessageId = textIn(message["id"]);
  if (author === null || content === null || carrierMessageId === undefined) return null;
  const receivedAt = timeIn(message["timestamp"]) ?? now;
  return { channel: "WHATSAPP", ...author, destination, message: content, receivedAt, carrierMessageId };
}

interface Place {
  readonly contacts: readonly Json[];
  readonly destination: string;
  readonly mediaUrlOf: MediaUrlOf;
}

/** Null: it is no notification of WhatsApp's. */
export function readNotification(payload: unknown, context: NotificationContext): Notification | null {
  if (!isObject(payload) || payload["object"] !== "whatsapp_business_account") return null;
  const receipts: CarrierReceipt[] = [];
  const messages: CarrierContactMessage[] = [];
  const identities: IdentityChange[] = [];
  const passedOver: string[] = [];
  const take = <Item>(items: readonly Json[], read: (item: Json) => Item | null, kept: Item[], name: string) => {
    for (const item of items) {
      const taken = read(item);
      if (taken === null) passedOver.push(`${name} ${textIn(item["status"]) ?? textIn(item["type"]) ?? "unknown"}`);
      else kept.push(taken);
    }
  };
  for (const change of objectsIn(payload["entry"]).flatMap(({ changes }) => objectsIn(changes))) {
    const field = textIn(change["field"]) ?? "unknown";
    const value = objectIn(change["value"]);
    const phoneNumberId = textIn(objectIn(value["metadata"])["phone_number_id"]) ?? "";
    const destination = context.numberOf(phoneNumberId);
    if (field !== "messages" || destination === undefined) {
      passedOver.push(field === "messages" ? `messages of another number` : field);
      continue;
    }
    const contacts = objectsIn(value["contacts"]);
    const place = { contacts, destination, mediaUrlOf: context.mediaUrlOf(destination), now: context.now };
    take(objectsIn(value["statuses"]), (status) => receiptOf(status, context), receipts, "status");
    const [notices, written] = parted(objectsIn(value["messages"]), isFromSystem);
    take(notices, (notice) => identityChangeOf(notice, destination, context.now), identities, "message");
    take(written, (message) => messageOf(message, place), messages, "message");
  }
  return { receipts, messages, identities, passedOver };
}

function parted<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
