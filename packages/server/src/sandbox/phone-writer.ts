import type { CarrierContactMessage, CarrierInbound } from "../carrier/carrier.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { isNumber } from "../message/destination.ts";
import type { ContactProfile } from "../store/inbound.ts";
import { ucs2Octets } from "../message/decode-text.ts";
import { type SplitText, splitText } from "../message/encoding.ts";
import { GSM7 } from "../message/gsm7.ts";

/** What somebody writes on a virtual phone. */
export interface PhoneMessage {
  readonly accountId: number;
  /** The phone. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** A text of several parts leaves part by part; otherwise whole, as some carriers hand it over. */
  readonly inParts?: boolean | undefined;
  /** The text is this one part of a longer one. */
  readonly part?: { readonly reference: number; readonly number: number; readonly count: number } | undefined;
  /** Absent: SMS. */
  readonly channel?: "SMS" | "WHATSAPP" | undefined;
  /** On WhatsApp: what is sent in place of the text. */
  readonly message?: CarrierContactMessage["message"] | undefined;
  /** On WhatsApp: who writes. Absent: a virtual phone of the number, or of the user id. */
  readonly contact?: ContactProfile | undefined;
  /** Chosen by the sandbox where it is absent. */
  readonly carrierMessageId?: string | undefined;
  readonly inReplyTo?: string | undefined;
}

const REFERENCE_8_MAX = 255;
/** As many as one octet counts. */
const PARTS_MAX = 255;

/**
 * As a carrier hands it over, in order; `reference` is for the parts of this message.
 *
 * @throws InvalidRequest for a text of more parts than can be counted
 */
export function writtenMessages(
  message: PhoneMessage,
  { id, reference, now }: { readonly id: string; readonly reference: number; readonly now: number },
): readonly CarrierInbound[] {
  const { accountId, from, to, text, inReplyTo } = message;
  const shared = {
    channel: "SMS",
    sender: from,
    destination: to,
    receivedAt: now,
    accountId,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  } as const;
  if (message.part !== undefined) {
    const { encoding } = splitText(text);
    const content = { encoding, octets: octetsOf(text, encoding) };
    return [{ ...shared, content, udh: headerOf(message.part), carrierMessageId: id }];
  }
  const { parts, encoding } = message.inParts === true ? splitText(text) : { parts: [text], encoding: null };
  if (parts.length > PARTS_MAX) throw new InvalidRequest("text", `must fit ${PARTS_MAX} parts`);
  if (parts.length === 1 || encoding === null) return [{ ...shared, content: text, carrierMessageId: id }];
  return parts.map((part, index) => ({
    ...shared,
    content: { encoding, octets: octetsOf(part, encoding) },
    udh: headerOf({ reference, number: index + 1, count: parts.length }),
    carrierMessageId: `${id}/${index + 1}`,
  }));
}

/** What a user of WhatsApp who has not said his name is called. */
const NAME = "Virtual phone";

/** The same for WhatsApp. An answer names the message that it answers, as WhatsApp does for buttons and swiped answers. */
export function writtenContactMessage(
  { accountId, from, to, text, message, contact, inReplyTo }: PhoneMessage,
  { id, now }: { readonly id: string; readonly now: number },
): CarrierContactMessage {
  const content = message ?? { type: "TEXT", text };
  const isAnswer = inReplyTo !== undefined && content["context"] === undefined && content.type !== "ORDER";
  return {
    channel: "WHATSAPP",
    sender: from,
    contact: { name: NAME, ...(isNumber(from) ? { phone: from } : { userId: from }), ...contact },
    destination: to,
    message: isAnswer ? { ...content, context: { from: to, id: inReplyTo } } : content,
    receivedAt: now,
    carrierMessageId: id,
    accountId,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  };
}

/** 3GPP TS 23.040 clauses 9.2.3.24.1 and 9.2.3.24.8: with the shorter reference where it fits. */
function headerOf({ reference, number, count }: NonNullable<PhoneMessage["part"]>): Uint8Array {
  return reference <= REFERENCE_8_MAX
    ? Uint8Array.of(0x00, 3, reference, count, number)
    : Uint8Array.of(0x08, 4, reference >> 8, reference & 0xff, count, number);
}

function octetsOf(text: string, encoding: SplitText["encoding"]): Uint8Array {
  if (encoding === "UCS2") return ucs2Octets(text);
  return Uint8Array.from(Array.from(text).flatMap((character) => [...(GSM7.octets(character) ?? [])]));
}
