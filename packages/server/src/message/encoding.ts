import type { Alphabet } from "./alphabet.ts";
import { GSM7 } from "./gsm7.ts";
import {
  GSM7_PART_SEPTETS,
  GSM7_SINGLE_SEPTETS,
  ONE_TABLE_PART_SEPTETS,
  ONE_TABLE_SINGLE_SEPTETS,
  REFERENCE_16_UNITS,
  TWO_TABLES_PART_SEPTETS,
  TWO_TABLES_SINGLE_SEPTETS,
  UCS2_PART_UNITS,
  UCS2_SINGLE_UNITS,
} from "./limits.ts";

/**
 * Which encoding a text travels in, and where it is cut into parts.
 *
 * One character outside the alphabet turns the whole message to UCS2. A text that fits one part carries no
 * concatenation header and has 160 septets or 70 units; otherwise every part gives 7 septets (3 units) to that header
 * (3GPP TS 23.040 clause 9.2.3.24.1) and holds 153 or 67. An alphabet of national tables names them in the header of
 * every part, a single one too, and has less: 155/149 with one table, 152/146 with two.
 *
 * Counting and cutting both walk `partEnd`, so a price, a preview and what is sent cannot disagree.
 */
export type Encoding = "GSM7" | "UCS2" | "BINARY";
export type TextEncoding = Exclude<Encoding, "BINARY">;

export interface DetectedEncoding {
  encoding: TextEncoding;
  /** Septets for GSM7, UTF-16 units for UCS2. */
  units: number;
  /** Only with UCS2: the first character that is not in the alphabet, and its place in UTF-16 units. */
  forcedBy?: ForcedBy;
}

export interface ForcedBy {
  readonly character: string;
  readonly index: number;
}

export interface PartCount {
  encoding: TextEncoding;
  /** Septets for GSM7, UTF-16 units for UCS2; of the whole text, without headers. */
  units: number;
  partCount: number;
  /** What the last part could still take. */
  unitsRemaining: number;
}

export interface SplitText {
  encoding: TextEncoding;
  /** Joined they are the text again. Never empty: an empty text is one empty part. */
  parts: readonly string[];
}

interface Capacity {
  readonly single: number;
  readonly part: number;
}

const CAPACITY_UCS2: Capacity = { single: UCS2_SINGLE_UNITS, part: UCS2_PART_UNITS };
/** By the number of national tables that the header names. */
const CAPACITIES_GSM7: readonly [Capacity, Capacity, Capacity] = [
  { single: GSM7_SINGLE_SEPTETS, part: GSM7_PART_SEPTETS },
  { single: ONE_TABLE_SINGLE_SEPTETS, part: ONE_TABLE_PART_SEPTETS },
  { single: TWO_TABLES_SINGLE_SEPTETS, part: TWO_TABLES_PART_SEPTETS },
];

/** How a text is cut where that is not as everybody does it. */
export interface SplitForm {
  /** Bits of the reference that the parts have in common: with 16, each part has less room. 8 unless given. */
  readonly referenceBits?: 8 | 16;
  /** Given where it may not be GSM 7, although it could. */
  readonly encoding?: "UCS2";
}

function capacityOf({ national }: Alphabet): Capacity {
  const [none, one, two] = CAPACITIES_GSM7;
  if (national.singleShift === undefined) return national.lockingShift === undefined ? none : one;
  return national.lockingShift === undefined ? one : two;
}

export function detectEncoding(text: string, alphabet: Alphabet = GSM7): DetectedEncoding {
  const measure = alphabet.measure(text);
  if (measure >= 0) return { encoding: "GSM7", units: measure };
  const index = -1 - measure;
  const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
  return { encoding: "UCS2", units: text.length, forcedBy: { character, index } };
}

/** How a text is to be walked. */
interface Walk {
  readonly encoding: TextEncoding;
  readonly alphabet: Alphabet;
  /** The whole text's: it tells whether one part holds everything. */
  readonly units: number;
  readonly capacity: Capacity;
}

function walkOf(text: string, alphabet: Alphabet, { encoding, referenceBits = 8 }: SplitForm = {}): Walk {
  const measure = encoding === "UCS2" ? -1 : alphabet.measure(text);
  const usual = measure >= 0 ? capacityOf(alphabet) : CAPACITY_UCS2;
  const { single, part } = usual;
  const capacity = referenceBits === 16 ? { single, part: part - REFERENCE_16_UNITS } : usual;
  return measure >= 0
    ? { encoding: "GSM7", alphabet, units: measure, capacity }
    : { encoding: "UCS2", alphabet, units: text.length, capacity };
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Where the UCS2 part that begins at `start` ends. One unit short rather than through a surrogate pair. */
function ucs2PartEnd(text: string, start: number, { capacity }: Walk): number {
  const end = start + capacity.part;
  if (end >= text.length) return text.length;
  const cutsPair = isHighSurrogate(text.charCodeAt(end - 1)) && isLowSurrogate(text.charCodeAt(end));
  return cutsPair ? end - 1 : end;
}

/** Likewise for GSM 7: one septet short rather than between an escape and its character. */
function gsm7PartEnd(text: string, start: number, { alphabet, capacity }: Walk): number {
  let septets = 0;
  for (let index = start; index < text.length; index += 1) {
    septets += alphabet.septetCount(text.charCodeAt(index));
    if (septets > capacity.part) return index;
  }
  return text.length;
}

/**
 * Where the part that begins at `start` ends, in UTF-16 units. When a text has as many septets as units, no extension
 * character needs to be looked for.
 */
function partEnd(text: string, start: number, walk: Walk): number {
  if (walk.units <= walk.capacity.single) return text.length;
  if (walk.encoding === "UCS2") return ucs2PartEnd(text, start, walk);
  if (walk.units === text.length) return Math.min(start + walk.capacity.part, text.length);
  return gsm7PartEnd(text, start, walk);
}

/** Encoding, size and number of parts of a text. An empty text is one part. Does not refuse a text of too many parts. */
export function countParts(text: string, alphabet: Alphabet = GSM7): PartCount {
  const walk = walkOf(text, alphabet);
  const { encoding, units, capacity } = walk;
  let partCount = 1;
  let start = 0;
  let end = partEnd(text, 0, walk);
  while (end < text.length) {
    start = end;
    end = partEnd(text, start, walk);
    partCount += 1;
  }
  const unitsRemaining = partCount === 1 ? capacity.single - units : capacity.part - unitsFrom(text, start, walk);
  return { encoding, units, partCount, unitsRemaining };
}

function unitsFrom(text: string, start: number, { encoding, alphabet, units }: Walk): number {
  if (encoding === "UCS2" || units === text.length) return text.length - start;
  return alphabet.measure(text.slice(start));
}

/** The parts of a text in order. No part cuts an extension character or a surrogate pair. */
export function splitText(text: string, alphabet: Alphabet = GSM7, form: SplitForm = {}): SplitText {
  const walk = walkOf(text, alphabet, form);
  if (walk.units <= walk.capacity.single) return { encoding: walk.encoding, parts: [text] };
  const parts: string[] = [];
  let start = 0;
  do {
    const end = partEnd(text, start, walk);
    parts.push(text.slice(start, end));
    start = end;
  } while (start < text.length);
  return { encoding: walk.encoding, parts };
}
