import type { ExtensionTable } from "../alphabet.ts";

/** National language identifier of Portuguese (3GPP TS 23.038 clause 6.2.1.2.4). */
export const PORTUGUESE_ID = 3;

/** Locking shift table of Portuguese (annex A.3): takes the place of the default alphabet. */
export const PORTUGUESE_LOCKING =
  "@£$¥êéúíóç\nÔô\rÁá" +
  "Δ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ" +
  " !\"#º%&'()*+,-./" +
  "0123456789:;<=>?" +
  "ÍABCDEFGHIJKLMNO" +
  "PQRSTUVWXYZÃÕÚÜ§" +
  "~abcdefghijklmno" +
  "pqrstuvwxyzãõ`üà";

/** Single shift table of Portuguese (annex A.2): takes the place of the extension table. */
export const PORTUGUESE_SINGLE: ExtensionTable = [
  ["ê", 0x05],
  ["ç", 0x09],
  ["\f", 0x0a],
  ["Ô", 0x0b],
  ["ô", 0x0c],
  ["Á", 0x0e],
  ["á", 0x0f],
  ["Φ", 0x12],
  ["Γ", 0x13],
  ["^", 0x14],
  ["Ω", 0x15],
  ["Π", 0x16],
  ["Ψ", 0x17],
  ["Σ", 0x18],
  ["Θ", 0x19],
  ["Ê", 0x1f],
  ["{", 0x28],
  ["}", 0x29],
  ["\\", 0x2f],
  ["[", 0x3c],
  ["~", 0x3d],
  ["]", 0x3e],
  ["|", 0x40],
  ["À", 0x41],
  ["Í", 0x49],
  ["Ó", 0x4f],
  ["Ú", 0x55],
  ["Ã", 0x5b],
  ["Õ", 0x5c],
  ["Â", 0x61],
  ["€", 0x65],
  ["í", 0x69],
  ["ó", 0x6f],
  ["ú", 0x75],
  ["ã", 0x7b],
  ["õ", 0x7c],
  ["â", 0x7f],
];
