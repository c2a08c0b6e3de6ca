/**
 * GSM 7-bit text (3GPP TS 23.038), one septet to an octet as SMPP carries it. The extension table is the single shift
 * table of language 0; national tables take the place of either.
 */
import { fieldError } from "../errors.ts";
import { GSM_TABLES } from "./gsm-tables.ts";

/** Which national tables a text uses, by national language identifier; absent is the default one. */
export interface NationalShifts {
  readonly lockingShift?: number;
  readonly singleShift?: number;
}

const ESCAPE = 0x1b;
const UNDEFINED = "\ufffd";
const SEPTET_END = 128;

interface Alphabet {
  /** By septet, of the locking table and after an escape; "" where there is none. */
  readonly locking: readonly string[];
  readonly single: readonly string[];
  /** By UTF-16 unit: the septet, or the septet after an escape with `ESCAPED` added. */
  readonly septets: ReadonlyMap<number, number>;
  /** The same of ASCII, which nearly every text is made of; `NONE` where there is none. */
  readonly septetsOfAscii: Uint16Array;
}
const ESCAPED = 0x100;
const NONE = 0xffff;
const ASCII_END = 128;

const tablesOf = (id: number) => {
  const tables = GSM_TABLES[id];
  if (tables === undefined) throw fieldError("national language identifier", `${id} has no tables`);
  return tables;
};

function singleOf(id: number): string[] {
  const { single } = tablesOf(id);
  const table = Array.from({ length: SEPTET_END }, () => "");
  for (let index = 0; index < single.length; index += 3) {
    table[Number.parseInt(single.slice(index, index + 2), 16)] = single.charAt(index + 2);
  }
  return table;
}

function buildAlphabet(lockingShift: number, singleShift: number): Alphabet {
  // Spanish has a single shift table only; its identifier as a locking one leaves the default alphabet.
  const locking = (tablesOf(lockingShift).locking ?? tablesOf(0).locking ?? "").split("");
  const single = singleOf(singleShift);
  const septets = new Map<number, number>();
  // The lowest septet of the shortest form wins, so the longer forms go in first.
  for (let septet = SEPTET_END - 1; septet >= 0; septet -= 1) {
    const character = single[septet] ?? "";
    if (character !== "") septets.set(character.charCodeAt(0), ESCAPED + septet);
  }
  for (let septet = SEPTET_END - 1; septet >= 0; septet -= 1) {
    const character = locking[septet] ?? UNDEFINED;
    if (septet !== ESCAPE && character !== UNDEFINED) septets.set(character.charCodeAt(0), septet);
  }
  const septetsOfAscii = Uint16Array.from({ length: ASCII_END }, (_, unit) => septets.get(unit) ?? NONE);
  return { locking, single, septets, septetsOfAscii };
}

const DEFAULT_ALPHABET = buildAlphabet(0, 0);

/** One entry for each pair that was asked for; there are 14 times 14 at most. */
const alphabets = new Map<string, Alphabet>();

function alphabetOf({ lockingShift = 0, singleShift = 0 }: NationalShifts): Alphabet {
  if (lockingShift === 0 && singleShift === 0) return DEFAULT_ALPHABET;
  const key = `${lockingShift} ${singleShift}`;
  const known = alphabets.get(key);
  if (known !== undefined) return known;
  const built = buildAlphabet(lockingShift, singleShift);
  alphabets.set(key, built);
  return built;
}

export interface EncodeGsm7Options extends NationalShifts {
  /** Stands in for what the alphabet does not have, such as "?"; without it such a text is refused. */
  readonly substitute?: string;
}

/**
 * Septets of a text, one to an octet, an escape before each character of the extension table.
 *
 * @throws SmppError `SMPP_FIELD_INVALID` on a character that the alphabet does not have.
 */
export function encodeGsm7(text: string, options: EncodeGsm7Options = {}): Buffer {
  const { septets, septetsOfAscii } = alphabetOf(options);
  const substitute = options.substitute === undefined ? NONE : (septets.get(options.substitute.charCodeAt(0)) ?? NONE);
  // Most texts have no escape, and then need no slice either.
  let octets = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const own = unit < ASCII_END ? (septetsOfAscii[unit] as number) : (septets.get(unit) ?? NONE);
    const septet = own === NONE ? substitute : own;
    if (septet === NONE)
      throw fieldError("text", `has no GSM 7 at ${index}: ${String.fromCodePoint(text.codePointAt(index) ?? 0)}`);
    // The two units of a surrogate pair are one character to whoever reads the substitute.
    if (own === NONE && text.codePointAt(index) !== unit) index += 1;
    if (septet >= ESCAPED) {
      if (octets.length === text.length) octets = Buffer.concat([octets], text.length * 2);
      octets[length++] = ESCAPE;
    }
    octets[length++] = septet & 0x7f;
  }
  return length === octets.length ? octets : octets.subarray(0, length);
}

/**
 * Text of unpacked septets. Nothing is dropped: an escaped septet without an entry shows the locking table's character
 * (TS 23.038 clause 6.2.1.1), an escape of an escape or at the end a space, and what is no septet U+FFFD.
 */
export function decodeGsm7(octets: Uint8Array, shifts: NationalShifts = {}): string {
  const { locking, single } = alphabetOf(shifts);
  let text = "";
  for (let index = 0; index < octets.length; index += 1) {
    const septet = octets[index] as number;
    if (septet !== ESCAPE) {
      text += locking[septet] ?? UNDEFINED;
      continue;
    }
    index += 1;
    const escaped = octets[index] ?? ESCAPE;
    text += escaped === ESCAPE ? " " : single[escaped] || (locking[escaped] ?? UNDEFINED);
  }
  return text;
}
