/**
 * The default alphabet and extension table of 3GPP TS 23.038 (clauses 6.2.1 and 6.2.1.1) as look-ups. A character of
 * the default alphabet costs one septet, one of the extension table two (the escape 0x1B and its own).
 *
 * 0x09 is the capital C with cedilla, as the specification prints it; the small one is not in the alphabet.
 */

export const GSM7_ESCAPE = 0x1b;

// Sixteen characters a row, in septet order. The escape's own place holds U+001B and is never looked up as a character.
const DEFAULT_ALPHABET =
  "@£$¥èéùìòÇ\nØø\rÅå" +
  "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
  " !\"#¤%&'()*+,-./" +
  "0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNO" +
  "PQRSTUVWXYZÄÖÑÜ§" +
  "¿abcdefghijklmno" +
  "pqrstuvwxyzäöñüà";

const EXTENSION_TABLE: readonly (readonly [character: string, septet: number])[] = [
  ["\f", 0x0a],
  ["^", 0x14],
  ["{", 0x28],
  ["}", 0x29],
  ["\\", 0x2f],
  ["[", 0x3c],
  ["~", 0x3d],
  ["]", 0x3e],
  ["|", 0x40],
  ["€", 0x65],
];

const ASCII_COUNT = 0x80;

const octetsOfCharacter = new Map<string, readonly number[]>();
/** Septets of each ASCII code; 0 = not in the alphabet. An array and not the map below: it serves nearly every text. */
const septetsOfAscii = new Uint8Array(ASCII_COUNT);
const septetsBeyondAscii = new Map<number, 1 | 2>();

function define(character: string, octets: readonly number[]): void {
  const code = character.charCodeAt(0);
  const septets = octets.length === 1 ? 1 : 2;
  octetsOfCharacter.set(character, octets);
  if (code < ASCII_COUNT) septetsOfAscii[code] = septets;
  else septetsBeyondAscii.set(code, septets);
}

for (let septet = 0; septet < DEFAULT_ALPHABET.length; septet += 1) {
  if (septet !== GSM7_ESCAPE) define(DEFAULT_ALPHABET.charAt(septet), [septet]);
}
for (const [character, septet] of EXTENSION_TABLE) define(character, [GSM7_ESCAPE, septet]);

/**
 * What a UTF-16 unit costs in GSM 7: 1 septet, 2 for the extension table, 0 when it is in neither. Surrogates are never
 * in either, so a unit is enough and no code point has to be put together.
 */
export function gsm7SeptetCount(unit: number): 0 | 1 | 2 {
  if (unit < ASCII_COUNT) return septetsOfAscii[unit] as 0 | 1 | 2;
  return septetsBeyondAscii.get(unit) ?? 0;
}

/** The character as it travels unpacked, one septet in an octet: one octet, or the escape and another; or undefined. */
export function gsm7Octets(character: string): readonly number[] | undefined {
  return octetsOfCharacter.get(character);
}

/** Every character that GSM 7 can carry: 127 of the default alphabet and 10 of the extension table. */
export function gsm7Characters(): readonly string[] {
  return [...octetsOfCharacter.keys()];
}
