import type { ExtensionTable } from "../alphabet.ts";

/** National language identifier of Spanish (3GPP TS 23.038 clause 6.2.1.2.4). */
export const SPANISH_ID = 2;

/** Single shift table of Spanish (annex A.2): takes the place of the extension table. It has no locking shift table. */
export const SPANISH_SINGLE: ExtensionTable = [
  ["ç", 0x09],
  ["\f", 0x0a],
  ["^", 0x14],
  ["{", 0x28],
  ["}", 0x29],
  ["\\", 0x2f],
  ["[", 0x3c],
  ["~", 0x3d],
  ["]", 0x3e],
  ["|", 0x40],
  ["Á", 0x41],
  ["Í", 0x49],
  ["Ó", 0x4f],
  ["Ú", 0x55],
  ["á", 0x61],
  ["€", 0x65],
  ["í", 0x69],
  ["ó", 0x6f],
  ["ú", 0x75],
];
