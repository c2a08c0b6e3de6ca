import { GSM7 } from "../gsm7.ts";
import { BALTIC } from "./baltic.ts";
import { BULGARIAN_CYRILLIC } from "./bulgarian-cyrillic.ts";
import { CENTRAL_EUROPEAN } from "./central-european.ts";
import { COLOMBIAN } from "./colombian.ts";
import { CYRILLIC } from "./cyrillic.ts";
import { GREEK } from "./greek.ts";
import { REPLACEMENT, SIGNS } from "./non-unicode.ts";
import { PORTUGUESE } from "./portuguese.ts";
import { SERBIAN_CYRILLIC } from "./serbian-cyrillic.ts";
import type { ReplacementTable } from "./table.ts";
import { TURKISH } from "./turkish.ts";

const SCRIPTS = {
  TURKISH,
  GREEK,
  CYRILLIC,
  SERBIAN_CYRILLIC,
  BULGARIAN_CYRILLIC,
  CENTRAL_EUROPEAN,
  BALTIC,
  PORTUGUESE,
  COLOMBIAN,
} as const satisfies Record<string, ReplacementTable>;

export type Transliteration = keyof typeof SCRIPTS | "NONE" | "NON_UNICODE" | "ALL";

/** What one transliteration does. */
interface Rules {
  /** The first that has the character decides. */
  readonly tables: readonly ReplacementTable[];
  /** True: what no table has is decomposed, and replaced where that does not help. */
  readonly isTotal: boolean;
}

/** A Cyrillic text does not say its language, so in ALL the general table decides. */
const ALL: Rules = {
  tables: [SIGNS, TURKISH, GREEK, CYRILLIC, CENTRAL_EUROPEAN, BALTIC, PORTUGUESE, COLOMBIAN],
  isTotal: true,
};

/**
 * Writes a text in characters of the GSM alphabet. Its own characters always stay. A letter of a script's table is
 * replaced; what the table does not have stays, and sends the message as UCS2, but with NON_UNICODE and ALL it is
 * folded: signs by a table, accents and widths by decomposition (Unicode NFKD), invisible marks away, and anything else
 * to a question mark. So their result is always GSM 7. A text of which nothing would be left is not emptied.
 */
export function transliterate(text: string, transliteration: Transliteration): string {
  if (transliteration === "NONE" || GSM7.measure(text) >= 0) return text;
  const rules = rulesOf(transliteration);
  const characters = Array.from(composed(text));
  let result = "";
  for (const [index, character] of characters.entries()) {
    const written = write(character, rules);
    const isShouted = written.length > 1 && isCapital(character) && isAmongCapitals(characters, index);
    result += isShouted ? written.toUpperCase() : written;
  }
  if (result !== "") return result;
  return rules.isTotal ? REPLACEMENT : text;
}

function rulesOf(transliteration: Exclude<Transliteration, "NONE">): Rules {
  if (transliteration === "ALL") return ALL;
  if (transliteration === "NON_UNICODE") return { tables: [SIGNS], isTotal: true };
  return { tables: [SCRIPTS[transliteration]], isTotal: false };
}

/** Letters with their accents beside them become the letters that the tables know; all else is left as it is. */
function composed(text: string): string {
  return text.replaceAll(/\P{M}\p{M}+/gu, (letters) => letters.normalize("NFC"));
}

const INVISIBLE = /^[\p{M}\p{Cf}\p{Emoji_Modifier}]$/u;

function write(character: string, rules: Rules): string {
  if (GSM7.octets(character) !== undefined) return character;
  const replacement = replacementOf(character, rules.tables);
  if (replacement !== undefined) return replacement;
  if (!rules.isTotal) return character;
  if (INVISIBLE.test(character)) return "";
  const decomposed = Array.from(character.normalize("NFKD"));
  // What does not decompose would come back for ever.
  if (decomposed.length === 1 && decomposed[0] === character) return REPLACEMENT;
  return decomposed.map((piece) => write(piece, rules)).join("");
}

function replacementOf(character: string, tables: readonly ReplacementTable[]): string | undefined {
  for (const table of tables) {
    const replacement = table.get(character);
    if (replacement !== undefined) return replacement;
  }
  return undefined;
}

const CAPITAL = /^\p{Lu}$/u;
const SMALL = /^\p{Ll}$/u;

const isCapital = (character: string | undefined): boolean => character !== undefined && CAPITAL.test(character);

/** `Щ` is Shch at the head of a word and SHCH in a word of capitals: the next letter tells, at the end the one before. */
function isAmongCapitals(characters: readonly string[], index: number): boolean {
  const next = characters[index + 1];
  if (isCapital(next)) return true;
  return (next === undefined || !SMALL.test(next)) && isCapital(characters[index - 1]);
}
