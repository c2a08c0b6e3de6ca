/**
 * The text of a receipt as appendix B of SMPP 3.4 has it to the letter, which is what most platforms write, read from its
 * octets. One receipt is like the one before it in all but its id and its words, so that the rest is read once for many.
 */
import { isLatin1At, latin1 } from "../codec/latin1.ts";

/** The fields of a receipt's text as they stand there; what is missing is undefined, what is empty is "". */
export interface ReceiptText {
  readonly id?: string;
  readonly sub?: string;
  readonly dlvrd?: string;
  readonly submitDate?: string;
  readonly doneDate?: string;
  readonly stat?: string;
  readonly err?: string;
  readonly text?: string;
}

type MiddleField = Exclude<keyof ReceiptText, "id" | "text">;

/** What stands before a value, in small letters. */
const ID_KEY = Buffer.from("id:");
const MIDDLE_KEYS: readonly (readonly [MiddleField, Uint8Array])[] = [
  ["sub", Buffer.from(" sub:")],
  ["dlvrd", Buffer.from(" dlvrd:")],
  ["submitDate", Buffer.from(" submit date:")],
  ["doneDate", Buffer.from(" done date:")],
  ["stat", Buffer.from(" stat:")],
  ["err", Buffer.from(" err:")],
];
const TEXT_KEY = Buffer.from(" text:");

const octetsWhere = (pattern: RegExp): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, octet) => (pattern.test(String.fromCharCode(octet)) ? 1 : 0));
/** What a value may have in which no key can begin; an id may have dashes, too. */
const IS_WORD = octetsWhere(/\w/);
const IS_ID = octetsWhere(/[\w-]/);
const SMALL_LETTER = 0x20;
const FIRST_LETTER = 0x61;

/** Where the value begins that stands behind `key`, in whichever letter case; -1 where the key is not at `offset`. */
function afterKey(octets: Uint8Array, offset: number, key: Uint8Array): number {
  if (offset + key.length > octets.length) return -1;
  for (let index = 0; index < key.length; index += 1) {
    const wanted = key[index] as number;
    const octet = octets[offset + index];
    if (octet !== wanted && (wanted < FIRST_LETTER || octet !== wanted - SMALL_LETTER)) return -1;
  }
  return offset + key.length;
}

function endOfValue(octets: Uint8Array, start: number, isPartOf: Uint8Array): number {
  let end = start;
  while (end < octets.length && isPartOf[octets[end] as number] === 1) end += 1;
  return end;
}

/** Dates and states are shorter; what is longer is not worth keeping. */
const KEPT_OCTETS_MAX = 128;

/** From behind the id to the words, as it was read last: its octets and the fields in them. */
interface Middle {
  readonly octets: string;
  readonly fields: Readonly<Record<MiddleField, string>>;
}
const NO_FIELDS = { sub: "", dlvrd: "", submitDate: "", doneDate: "", stat: "", err: "" };
let lastMiddle: Middle = { octets: "", fields: NO_FIELDS };

function readMiddle(octets: Uint8Array, start: number): Middle | null {
  const last = lastMiddle;
  const { length } = last.octets;
  if (length > 0 && start + length <= octets.length && isLatin1At(octets, start, start + length, last.octets))
    return last;
  const fields = { ...NO_FIELDS };
  let offset = start;
  for (const [name, key] of MIDDLE_KEYS) {
    const valueStart = afterKey(octets, offset, key);
    if (valueStart === -1) return null;
    offset = endOfValue(octets, valueStart, IS_WORD);
    const likely = last.fields[name];
    fields[name] = isLatin1At(octets, valueStart, offset, likely) ? likely : latin1(octets, valueStart, offset);
  }
  const end = afterKey(octets, offset, TEXT_KEY);
  if (end === -1) return null;
  const middle = { octets: latin1(octets, start, end), fields };
  if (end - start <= KEPT_OCTETS_MAX) lastMiddle = middle;
  return middle;
}

/**
 * Null for a text that is not to the letter, or of which a value may hold a key.
 *
 * @param likelyId what the text's id most probably is
 */
export function parseAppendixB(octets: Uint8Array, likelyId = ""): ReceiptText | null {
  const idStart = afterKey(octets, 0, ID_KEY);
  if (idStart === -1) return null;
  const idEnd = endOfValue(octets, idStart, IS_ID);
  const middle = readMiddle(octets, idEnd);
  if (middle === null) return null;
  const id = isLatin1At(octets, idStart, idEnd, likelyId) ? likelyId : latin1(octets, idStart, idEnd);
  const { sub, dlvrd, submitDate, doneDate, stat, err } = middle.fields;
  // The message's own words may hold anything.
  const text = latin1(octets, idEnd + middle.octets.length, octets.length);
  return { id, sub, dlvrd, submitDate, doneDate, stat, err, text };
}
