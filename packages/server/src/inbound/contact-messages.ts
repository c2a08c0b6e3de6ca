/** What users of WhatsApp send: read, and made into what is stored of it. */
import type { CarrierContactMessage } from "../carrier/carrier.ts";
import { inboundAddress } from "../message/inbound-address.ts";
import type { ContactContent, ContactProfile, NewInboundMessage, OpenedWindow } from "../store/inbound.ts";
import { CONVERSATION_WINDOW_MS } from "./limits.ts";
import type { WholeInbound } from "./plan.ts";

type InboundContent = CarrierContactMessage["message"];

/** As channels that know no encoding have it. */
const ENCODING = "UTF8";

/** Where the different types have their words: what the user wrote, or what stands on what he chose. */
const WORDS = ["text", "title", "caption"] as const;

export function wholeOfContact(carrier: string, received: CarrierContactMessage, accountId: number): WholeInbound {
  const { channel, message, contact, carrierMessageId, receivedAt, inReplyTo = null } = received;
  const sender = inboundAddress(received.sender, channel);
  const destination = inboundAddress(received.destination, channel);
  const facts = { channel, carrier, carrierMessageId, receivedAt, inReplyTo, accountId, sender, destination };
  const contactMessage = { message, contact };
  return { ...facts, text: wordsOf(message), encoding: ENCODING, partCount: 1, groupId: null, contactMessage };
}

function wordsOf(message: InboundContent): string {
  for (const name of WORDS) {
    const words = message[name];
    if (typeof words === "string") return words;
  }
  return "";
}

/** The message that the user answers to, as MO_OTT_CONTACT has it. */
export function contextOf({ context }: InboundContent): Readonly<Record<string, unknown>> | null {
  return typeof context === "object" && context !== null ? (context as Record<string, unknown>) : null;
}

/** @param answeredId the messageId that it answers: customers know that one, and not the carrier's */
export function contentOf(
  { message, contact }: Pick<CarrierContactMessage, "message" | "contact">,
  answeredId: string | undefined,
): string {
  const content: ContactContent = { message, contact };
  if (answeredId === undefined) return JSON.stringify(content);
  const context = contextOf(message);
  const named = context === null ? message : { ...message, context: { ...context, id: answeredId } };
  return JSON.stringify({ ...content, message: named, pairedMessageId: answeredId });
}

/** Counted on our clock where the carrier's is ahead. One window for each way in which the user can be written to. */
export function openedWindow(
  { sender, receivedAt, storedAt }: Pick<NewInboundMessage, "sender" | "receivedAt" | "storedAt">,
  { phone, userId }: ContactProfile,
): OpenedWindow {
  const openedAt = Math.min(receivedAt, storedAt);
  const contacts = [sender, phone, userId].filter((contact) => contact !== undefined && contact !== "");
  return { contacts: [...new Set(contacts)] as string[], openedAt, closesAt: openedAt + CONVERSATION_WINDOW_MS };
}
