/** User data headers (3GPP TS 23.040 clause 9.2.3.24): elements before the text of a message whose esm_class has UDHI. */
import { fieldError } from "../errors.ts";
import type { NationalShifts } from "./gsm7.ts";
import { GSM_TABLES } from "./gsm-tables.ts";

export const UDH_ELEMENT = {
  concatenation8: 0x00,
  ports16: 0x05,
  concatenation16: 0x08,
  nationalSingleShift: 0x24,
  nationalLockingShift: 0x25,
} as const;

export interface UdhElement {
  readonly id: number;
  readonly data: Uint8Array;
}

export interface Udh {
  readonly elements: readonly UdhElement[];
  /** Octets of the header with its length octet; the text begins here. */
  readonly headerOctets: number;
}

const UDH_DATA_OCTETS_MAX = 139;

/** Null when the header is longer than the message, or an element longer than the header. */
export function parseUdh(octets: Uint8Array): Udh | null {
  const end = (octets[0] ?? octets.length) + 1;
  if (end > octets.length) return null;
  const elements: UdhElement[] = [];
  let offset = 1;
  while (offset < end) {
    const [id, length] = [octets[offset], octets[offset + 1]];
    if (id === undefined || length === undefined || offset + 2 + length > end) return null;
    elements.push({ id, data: octets.subarray(offset + 2, offset + 2 + length) });
    offset += 2 + length;
  }
  return { elements, headerOctets: end };
}

export function buildUdh(elements: readonly UdhElement[]): Buffer {
  const parts = elements.map(({ id, data }) => Buffer.concat([Buffer.from([id, data.length]), data]));
  const data = Buffer.concat(parts);
  if (data.length > UDH_DATA_OCTETS_MAX)
    throw fieldError("user data header", `has at most ${UDH_DATA_OCTETS_MAX} octets`);
  return Buffer.concat([Buffer.from([data.length]), data]);
}

/** One part of a longer message. */
export interface Concatenation {
  /** The same in all parts; of 8 or 16 bits. */
  readonly reference: number;
  /** 1 to 255. */
  readonly partCount: number;
  /** 1 to `partCount`. */
  readonly partNumber: number;
}

export function checkConcatenation({ reference, partCount, partNumber }: Concatenation, bits: 8 | 16): void {
  const isWhole = [reference, partCount, partNumber].every(Number.isInteger);
  const isRight = isWhole && reference >= 0 && reference < 2 ** bits && partCount <= 255;
  if (!isRight || partNumber < 1 || partNumber > partCount) {
    throw fieldError("concatenation", `has a reference of ${bits} bits, and a part from 1 to at most 255`);
  }
}

/** The element of a part with a reference of 8 bits (clause 9.2.3.24.1) or 16 (clause 9.2.3.24.8). */
export function concatenationElement(concatenation: Concatenation, bits: 8 | 16): UdhElement {
  checkConcatenation(concatenation, bits);
  const { reference, partCount, partNumber } = concatenation;
  if (bits === 8) {
    return { id: UDH_ELEMENT.concatenation8, data: Buffer.from([reference, partCount, partNumber]) };
  }
  return {
    id: UDH_ELEMENT.concatenation16,
    data: Buffer.from([reference >> 8, reference & 0xff, partCount, partNumber]),
  };
}

/** Null for what makes no sense as a part: the phone shows such a message alone, and so do we. */
export function saneConcatenation(concatenation: Concatenation): Concatenation | null {
  const { partCount, partNumber } = concatenation;
  return partCount >= 1 && partNumber >= 1 && partNumber <= partCount ? concatenation : null;
}

/** The last element counts where there are several (clause 9.2.3.24). */
export function concatenationOfUdh({ elements }: Udh): (Concatenation & { readonly bits: 8 | 16 }) | null {
  for (const { id, data } of elements.toReversed()) {
    const octets = Buffer.from(data);
    const bits = id === UDH_ELEMENT.concatenation8 ? 8 : id === UDH_ELEMENT.concatenation16 ? 16 : null;
    if (bits === null || octets.length !== (bits === 8 ? 3 : 4)) continue;
    const reference = octets.readUIntBE(0, bits / 8);
    const [partCount, partNumber] = octets.subarray(bits / 8) as unknown as [number, number];
    const sane = saneConcatenation({ reference, partCount, partNumber });
    if (sane !== null) return { ...sane, bits };
  }
  return null;
}

/** The elements that name national tables, single shift first. */
export function nationalElements({ lockingShift, singleShift }: NationalShifts): readonly UdhElement[] {
  const elements: UdhElement[] = [];
  if (singleShift !== undefined)
    elements.push({ id: UDH_ELEMENT.nationalSingleShift, data: Buffer.from([singleShift]) });
  if (lockingShift !== undefined) {
    elements.push({ id: UDH_ELEMENT.nationalLockingShift, data: Buffer.from([lockingShift]) });
  }
  return elements;
}

/** A language that nobody knows leaves the default table, as the standard says (clause 9.2.3.24.15). */
export function nationalShiftsOf({ elements }: Udh): NationalShifts {
  const idOf = (element: number): number => {
    const id = elements.findLast((candidate) => candidate.id === element && candidate.data.length === 1)?.data[0] ?? 0;
    return Object.hasOwn(GSM_TABLES, id) ? id : 0;
  };
  return { lockingShift: idOf(UDH_ELEMENT.nationalLockingShift), singleShift: idOf(UDH_ELEMENT.nationalSingleShift) };
}
