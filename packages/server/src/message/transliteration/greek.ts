import { replacementTable } from "./table.ts";

/**
 * Greek in capitals: the ten that the GSM alphabet has (Γ Δ Θ Λ Ξ Π Σ Φ Ψ Ω), and for the others the Latin letter that
 * looks the same. The text keeps its length. Accents fall away; those of old Greek by decomposition.
 */
const BASIC: readonly string[] = [
  "ΑαάΆ A",
  "Ββϐ B",
  "γ Γ",
  "δ Δ",
  "ΕεέΈϵ E",
  "Ζζ Z",
  "ΗηήΉ H",
  "θϑ Θ",
  "ΙιίΊϊΐΪ I",
  "Κκϰ K",
  "λ Λ",
  "Μμ M",
  "Νν N",
  "ξ Ξ",
  "ΟοόΌ O",
  "πϖ Π",
  "Ρρϱ P",
  "σς Σ",
  "Ττ T",
  "ΥυύΎϋΰΫ Y",
  "φϕ Φ",
  "Χχ X",
  "ψ Ψ",
  "ωώΏ Ω",
  // The Greek question mark is drawn as a semicolon.
  "\u037e ;",
];

const EXTENDED_FIRST = 0x1f00;
const EXTENDED_LAST = 0x1fff;

/** U+1F00 to U+1FFF: letters of the table with breathings and accents. */
function withOldAccents(basic: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const table = new Map(basic);
  for (let code = EXTENDED_FIRST; code <= EXTENDED_LAST; code += 1) {
    const character = String.fromCodePoint(code);
    const [letter = ""] = character.normalize("NFD");
    const replacement = /\p{L}/u.test(letter) ? (basic.get(letter) ?? letter) : undefined;
    if (replacement !== undefined && letter !== character) table.set(character, replacement);
  }
  return table;
}

export const GREEK = withOldAccents(replacementTable(BASIC));
