import { DESTINATION_DIGITS_MAX, DESTINATION_DIGITS_MIN } from "./limits.ts";

export type Channel = "SMS" | "WHATSAPP";

/** The names are Infobip's statuses of group REJECTED, so that a refusal can be answered as it is. */
export type DestinationRefusal = "MISSING_TO" | "REJECTED_DESTINATION" | "REJECTED_PREFIX_MISSING";

export type ParsedDestination = { address: string } | { refusal: DestinationRefusal };

/** Longest `to` of any endpoint (WhatsApp; SMS has 64). A longer one cannot be a destination and is not looked through. */
const TO_CHARACTERS_MAX = 150;

/** Nearly every request has its numbers in this form already. */
const CANONICAL_NUMBER = /^[1-9][0-9]{4,14}$/;

/** Digits with what people put between them: white space, dashes, dots, parentheses; a plus only in front. */
const WRITTEN_NUMBER = /^\(?\+?\(?[0-9][0-9\s().-]*$/;

/** A WhatsApp user without a number: the country, a dot, and an id whose case matters. */
const BUSINESS_SCOPED_USER_ID = /^[A-Z]{2}\.[0-9A-Za-z]+$/;

/** False for a WhatsApp user id. */
export function isNumber(address: string): boolean {
  return CANONICAL_NUMBER.test(address);
}

/**
 * A destination in the one form that we store and compare: E.164 digits without plus. One leading `+` or `00` is
 * dropped; a 0 that still leads is a national number, to which nobody but its writer knows the country. On WHATSAPP a
 * business-scoped user id is an address too and stays as written.
 */
export function parseDestination(channel: Channel, to: string): ParsedDestination {
  if (CANONICAL_NUMBER.test(to)) return { address: to };
  const written = to.trim();
  if (written === "") return { refusal: "MISSING_TO" };
  if (written.length > TO_CHARACTERS_MAX) return { refusal: "REJECTED_DESTINATION" };
  if (channel === "WHATSAPP" && BUSINESS_SCOPED_USER_ID.test(written)) return { address: written };
  if (!WRITTEN_NUMBER.test(written)) return { refusal: "REJECTED_DESTINATION" };
  const digits = written.replaceAll(/[^0-9]/g, "");
  const address = !written.includes("+") && digits.startsWith("00") ? digits.slice(2) : digits;
  if (address.length < DESTINATION_DIGITS_MIN || address.length > DESTINATION_DIGITS_MAX) {
    return { refusal: "REJECTED_DESTINATION" };
  }
  return address.startsWith("0") ? { refusal: "REJECTED_PREFIX_MISSING" } : { address };
}
