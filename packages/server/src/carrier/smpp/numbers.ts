/** Numbers as carriers write them in deliver_sm, by their type (SMPP 3.4 §5.2.5). */
import type { MessageForm } from "./form.ts";
import { TON } from "./senders.ts";

/** A number of fewer digits whose type is not given is a short code. */
const UNKNOWN_TON_DIGITS_MIN = 8;

/**
 * E.164 digits where the type or the carrier's rule says how to get them; otherwise as it is: names and short codes.
 */
export function numberOf(address: string, ton: number, { inboundNumbers }: MessageForm): string {
  const written = address.trim();
  const [, prefix, digits] = /^(\+|00)?([0-9]+)$/.exec(written) ?? [];
  if (digits === undefined || ton === TON.alphanumeric) return written;
  if (prefix !== undefined || ton === TON.international) return digits;
  const isNational =
    ton === TON.national ||
    (ton === TON.unknown && inboundNumbers.unknownTon === "national" && digits.length >= UNKNOWN_TON_DIGITS_MIN);
  if (!isNational || inboundNumbers.countryCode === null) return written;
  // The 0 in front is for callers in the country.
  return inboundNumbers.countryCode + digits.replace(/^0/, "");
}

/** As most are written: then nothing has to be cut off. */
const BARE_DIGITS = /^[1-9][0-9]*$/;

/** The digits of a phone, for comparing: without what stands before the number in or between countries. */
export function phoneDigitsOf(address: string): string | undefined {
  if (BARE_DIGITS.test(address)) return address;
  const digits = /^\+?([0-9]+)$/.exec(address.trim())?.[1]?.replace(/^0+/, "");
  return digits === undefined || digits === "" ? undefined : digits;
}
