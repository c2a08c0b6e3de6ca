import { parseDestination } from "./destination.ts";

const SHORT_CODE = /^[0-9]{3,4}$/;

/**
 * A number that messages are sent to, in the form that is stored and compared: as a destination where it can be one;
 * short codes and names as they are.
 */
export function inboundAddress(written: string): string {
  const parsed = parseDestination("SMS", written);
  return "address" in parsed ? parsed.address : written.trim();
}

/** Whether a phone can write to it: names can only be shown. */
export function canBeAnswered(address: string): boolean {
  return SHORT_CODE.test(address) || "address" in parseDestination("SMS", address);
}
