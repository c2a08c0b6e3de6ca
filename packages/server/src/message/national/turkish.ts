import type { ExtensionTable } from "../alphabet.ts";

/** National language identifier of Turkish (3GPP TS 23.038 clause 6.2.1.2.4). */
export const TURKISH_ID = 1;

/** Locking shift table of Turkish (annex A.3): takes the place of the default alphabet. */
export const TURKISH_LOCKING =
  "@£$¥€éùıòÇ\nĞğ\rÅå" +
  "Δ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ" +
  " !\"#¤%&'()*+,-./" +
  "0123456789:;<=>?" +
  "İABCDEFGHIJKLMNO" +
  "PQRSTUVWXYZÄÖÑÜ§" +
  "çabcdefghijklmno" +
  "pqrstuvwxyzäöñüà";

/** Single shift table of Turkish (annex A.2): takes the place of the extension table. */
export const TURKISH_SINGLE: ExtensionTable = [
  ["\f", 0x0a],
  ["^", 0x14],
  ["{", 0x28],
  ["}", 0x29],
  ["\\", 0x2f],
  ["[", 0x3c],
  ["~", 0x3d],
  ["]", 0x3e],
  ["|", 0x40],
  ["Ğ", 0x47],
  ["İ", 0x49],
  ["Ş", 0x53],
  ["ç", 0x63],
  ["€", 0x65],
  ["ğ", 0x67],
  ["ı", 0x69],
  ["ş", 0x73],
];
