import { GSM7_PART_SEPTETS, GSM7_SINGLE_SEPTETS, UCS2_PART_UNITS, UCS2_SINGLE_UNITS } from "./limits.ts";
import { gsm7SeptetCount } from "./gsm7.ts";

/**
 * Which encoding a text travels in, and where it is cut into parts.
 *
 * One character outside GSM 7 turns the whole message to UCS2. A text that fits one part carries no header and has
 * 160 septets or 70 units; otherwise every part gives 7 septets (3 units) to the concatenation header (3GPP TS 23.040
 * clause 9.2.3.24.1) and holds 153 or 67.
 *
 * Counting and cutting both walk `partEnd`, so a price, a preview and what is sent cannot disagree.
 */
export type Encoding = "GSM7" | "UCS2" | "BINARY";
export type TextEncoding = Exclude<Encoding, "BINARY">;

export interface DetectedEncoding {
  encoding: TextEncoding;
  /** Septets for GSM7, UTF-16 units for UCS2. */
  units: number;
  /** Only with UCS2: the first character that is not in GSM 7, and its place in UTF-16 units. */
  forcedBy?: { character: string; index: number };
}

export interface PartCount {
  encoding: TextEncoding;
  /** Septets for GSM7, UTF-16 units for UCS2; of the whole text, without headers. */
  units: number;
  partCount: number;
}

export interface SplitText {
  encoding: TextEncoding;
  /** Joined they are the text again. Never empty: an empty text is one empty part. */
  parts: readonly string[];
}

/** The septets of a text, or -1 - (place of the first unit that is not in GSM 7). Allocates nothing: the hot path. */
function measureGsm7(text: string): number {
  let septets = 0;
  for (let index = 0; index < text.length; index += 1) {
    const cost = gsm7SeptetCount(text.charCodeAt(index));
    if (cost === 0) return -1 - index;
    septets += cost;
  }
  return septets;
}

export function detectEncoding(text: string): DetectedEncoding {
  const measure = measureGsm7(text);
  if (measure >= 0) return { encoding: "GSM7", units: measure };
  const index = -1 - measure;
  const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
  return { encoding: "UCS2", units: text.length, forcedBy: { character, index } };
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Where the UCS2 part that begins at `start` ends. One unit short rather than through a surrogate pair. */
function ucs2PartEnd(text: string, start: number): number {
  const end = start + UCS2_PART_UNITS;
  if (end >= text.length) return text.length;
  const cutsPair = isHighSurrogate(text.charCodeAt(end - 1)) && isLowSurrogate(text.charCodeAt(end));
  return cutsPair ? end - 1 : end;
}

/** Likewise for GSM 7: one septet short rather than between an escape and its character. */
function gsm7PartEnd(text: string, start: number): number {
  let septets = 0;
  for (let index = start; index < text.length; index += 1) {
    septets += gsm7SeptetCount(text.charCodeAt(index));
    if (septets > GSM7_PART_SEPTETS) return index;
  }
  return text.length;
}

/**
 * Where the part that begins at `start` ends, in UTF-16 units. `units` is the whole text's measure: it tells whether
 * one part holds everything, and, when it equals the length, that no extension character needs to be looked for.
 */
function partEnd(text: string, start: number, encoding: TextEncoding, units: number): number {
  if (units <= (encoding === "GSM7" ? GSM7_SINGLE_SEPTETS : UCS2_SINGLE_UNITS)) return text.length;
  if (encoding === "UCS2") return ucs2PartEnd(text, start);
  if (units === text.length) return Math.min(start + GSM7_PART_SEPTETS, text.length);
  return gsm7PartEnd(text, start);
}

/** Encoding, size and number of parts of a text. An empty text is one part. Does not refuse a text of too many parts. */
export function countParts(text: string): PartCount {
  const measure = measureGsm7(text);
  const encoding: TextEncoding = measure >= 0 ? "GSM7" : "UCS2";
  const units = measure >= 0 ? measure : text.length;
  let partCount = 1;
  let end = partEnd(text, 0, encoding, units);
  while (end < text.length) {
    end = partEnd(text, end, encoding, units);
    partCount += 1;
  }
  return { encoding, units, partCount };
}

/** The parts of a text in order. No part cuts an extension character or a surrogate pair. */
export function splitText(text: string): SplitText {
  const measure = measureGsm7(text);
  const encoding: TextEncoding = measure >= 0 ? "GSM7" : "UCS2";
  const units = measure >= 0 ? measure : text.length;
  const parts: string[] = [];
  let start = 0;
  do {
    const end = partEnd(text, start, encoding, units);
    parts.push(text.slice(start, end));
    start = end;
  } while (start < text.length);
  return { encoding, parts };
}
