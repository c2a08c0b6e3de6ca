import { type Channel, parseDestination } from "./destination.ts";

const SHORT_CODE = /^[0-9]{3,4}$/;

/**
 * A number that messages are sent to, in the form that is stored and compared: as a destination where it can be one;
 * short codes, names and user ids as they are.
 */
export function inboundAddress(written: string, channel: Channel = "SMS"): string {
  const parsed = parseDestination(channel, written);
  return "address" in parsed ? parsed.address : written.trim();
}

/** Whether a phone can write to it, or it can be written to: names can only be shown. WhatsApp has no short codes. */
export function canBeAnswered(address: string, channel: Channel = "SMS"): boolean {
  return (channel === "SMS" && SHORT_CODE.test(address)) || "address" in parseDestination(channel, address);
}
