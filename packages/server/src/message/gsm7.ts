import { Alphabet, type ExtensionTable } from "./alphabet.ts";

/**
 * The default alphabet of 3GPP TS 23.038 (clause 6.2.1), sixteen characters a row.
 *
 * 0x09 is the capital C with cedilla, as the specification prints it; the small one is not in the alphabet.
 */
export const DEFAULT_ALPHABET =
  "@£$¥èéùìòÇ\nØø\rÅå" +
  "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
  " !\"#¤%&'()*+,-./" +
  "0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNO" +
  "PQRSTUVWXYZÄÖÑÜ§" +
  "¿abcdefghijklmno" +
  "pqrstuvwxyzäöñüà";

/** Its extension table (clause 6.2.1.1). */
export const DEFAULT_EXTENSION: ExtensionTable = [
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

/** GSM 7 as every phone reads it: 127 characters of the default alphabet and 10 of the extension table. */
export const GSM7 = new Alphabet({ basic: DEFAULT_ALPHABET, extension: DEFAULT_EXTENSION });
