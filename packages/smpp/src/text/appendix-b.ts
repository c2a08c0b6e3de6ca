/**
 * The text of a receipt as appendix B of SMPP 3.4 has it to the letter, which is what most platforms write, read from its
 * octets. One receipt is like the one before it in all but its id, so most of its strings need not be made anew.
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

/** What stands before each value, in small letters: whole words for whoever reads them, octets for the loop. */
const KEYS = ["id:", " sub:", " dlvrd:", " submit date:", " done date:", " stat:", " err:", " text:"].map((key) =>
  Buffer.from(key),
);
const [ID, SUB, DLVRD, SUBMIT_DATE, DONE_DATE, STAT, ERR, TEXT] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

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

/** Longer values differ from one receipt to the next, and are not worth keeping. */
const KEPT_CHARACTERS_MAX = 32;
/** The values that were read last, by their place. */
const lastValues = KEYS.map(() => "");

/** Where values begin and end; used again for each text. */
const starts = new Uint32Array(KEYS.length);
const ends = new Uint32Array(KEYS.length);

function findValues(octets: Uint8Array): boolean {
  let offset = 0;
  for (let field = 0; field < KEYS.length; field += 1) {
    offset = afterKey(octets, offset, KEYS[field] as Uint8Array);
    if (offset === -1) return false;
    starts[field] = offset;
    const isPartOf = field === ID ? IS_ID : IS_WORD;
    // The message's own words may hold anything.
    if (field === TEXT) offset = octets.length;
    else while (offset < octets.length && isPartOf[octets[offset] as number] === 1) offset += 1;
    ends[field] = offset;
  }
  return true;
}

function valueOf(octets: Uint8Array, field: number, likely = lastValues[field] as string): string {
  const [start, end] = [starts[field] as number, ends[field] as number];
  if (isLatin1At(octets, start, end, likely)) return likely;
  const value = latin1(octets, start, end);
  if (value.length <= KEPT_CHARACTERS_MAX) lastValues[field] = value;
  return value;
}

/**
 * Null for a text that is not to the letter, or of which a value may hold a key.
 *
 * @param likelyId what the text's id most probably is
 */
export function parseAppendixB(octets: Uint8Array, likelyId: string | undefined): ReceiptText | null {
  if (!findValues(octets)) return null;
  return {
    id: valueOf(octets, ID, likelyId),
    sub: valueOf(octets, SUB),
    dlvrd: valueOf(octets, DLVRD),
    submitDate: valueOf(octets, SUBMIT_DATE),
    doneDate: valueOf(octets, DONE_DATE),
    stat: valueOf(octets, STAT),
    err: valueOf(octets, ERR),
    text: valueOf(octets, TEXT),
  };
}
