import type { NationalTables } from "./alphabet.ts";

/** How the parts of one message are known to belong together, and which of them this one is. */
export interface PartReference {
  /** Where the reference stood: references of different widths are different ones. */
  readonly kind: "udh8" | "udh16" | "sar";
  readonly reference: number;
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

export interface UserDataHeader {
  readonly part: PartReference | null;
  readonly nationalTables: NationalTables;
}

const CONCATENATION_8 = 0x00;
const CONCATENATION_16 = 0x08;
const SINGLE_SHIFT = 0x24;
const LOCKING_SHIFT = 0x25;

/**
 * The information elements of a user data header that we understand (3GPP TS 23.040 clause 9.2.3.24); others are passed
 * over. `header` begins after the octet that tells its length. What is cut off or contradicts itself counts as absent:
 * the message is then taken as it came.
 */
export function parseUserDataHeader(header: Uint8Array): UserDataHeader {
  let part: PartReference | null = null;
  let nationalTables: NationalTables = {};
  for (let at = 0; at + 2 <= header.length; ) {
    const [id = 0, length = 0] = header.subarray(at, at + 2);
    const data = header.subarray(at + 2, at + 2 + length);
    if (data.length < length) break;
    const [first = 0, second = 0, third = 0, fourth = 0] = data;
    if (id === CONCATENATION_8 && length === 3) part = partOf("udh8", first, second, third);
    else if (id === CONCATENATION_16 && length === 4) part = partOf("udh16", first * 256 + second, third, fourth);
    else if (id === SINGLE_SHIFT && length === 1) nationalTables = { ...nationalTables, singleShift: first };
    else if (id === LOCKING_SHIFT && length === 1) nationalTables = { ...nationalTables, lockingShift: first };
    at += 2 + length;
  }
  return { part, nationalTables };
}

/** Null where the numbers make no sense, or for a message of one part (clause 9.2.3.24.1 says to ignore such). */
export function partOf(
  kind: PartReference["kind"],
  reference: number,
  count: number,
  number: number,
): PartReference | null {
  return count < 2 || number < 1 || number > count ? null : { kind, reference, number, count };
}
