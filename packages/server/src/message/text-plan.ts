import type { Alphabet, NationalTables } from "./alphabet.ts";
import { countParts, detectEncoding, type ForcedBy, type PartCount, type TextEncoding } from "./encoding.ts";
import { GSM7 } from "./gsm7.ts";
import { allowedAlphabets, type LanguageChoice } from "./national/alphabets.ts";
import { transliterate, type Transliteration } from "./transliteration/transliterate.ts";

export interface TextOptions {
  readonly language?: LanguageChoice;
  readonly transliteration?: Transliteration;
}

const NO_ALPHABETS: readonly Alphabet[] = [];

/** How a text will travel. */
export interface TextPlan {
  /** After transliteration. */
  readonly text: string;
  readonly encoding: TextEncoding;
  readonly partCount: number;
  /** Septets for GSM7, UTF-16 units for UCS2; of the whole text, without headers. */
  readonly units: number;
  /** What the last part could still take. */
  readonly unitsRemaining: number;
  /** Empty with plain GSM 7 and with UCS2. */
  readonly nationalTables: NationalTables;
  /** Only with UCS2: the character that no allowed alphabet has, and its place in the text, in UTF-16 units. */
  readonly forcedBy?: ForcedBy;
}

/**
 * Transliterates, and chooses the tables. Plain GSM 7 is kept unless a national table saves a part, because every phone
 * reads it; among national tables the fewest parts decide, then the room that is left, then the simpler one. UCS2 is
 * what remains when a character is in none of them.
 */
export function encodeText(text: string, { language, transliteration }: TextOptions = {}): TextPlan {
  const sent = transliteration === undefined ? text : transliterate(text, transliteration);
  const plain = countParts(sent);
  const alphabets = language === undefined ? NO_ALPHABETS : allowedAlphabets(language);
  let best = plain;
  let chosen = GSM7;
  if (plain.encoding === "UCS2" || plain.partCount > 1) {
    for (const alphabet of alphabets) {
      const count = countParts(sent, alphabet);
      if (!isBetter(count, best, chosen)) continue;
      best = count;
      chosen = alphabet;
    }
  }
  const { encoding, units, partCount, unitsRemaining } = best;
  const plan = { text: sent, encoding, partCount, units, unitsRemaining, nationalTables: chosen.national };
  return encoding === "GSM7" ? plan : { ...plan, forcedBy: obstacleOf(sent, [GSM7, ...alphabets]) };
}

function isBetter(count: PartCount, best: PartCount, chosen: Alphabet): boolean {
  if (count.encoding === "UCS2") return false;
  if (best.encoding === "UCS2") return true;
  if (count.partCount !== best.partCount) return count.partCount < best.partCount;
  return chosen !== GSM7 && count.unitsRemaining > best.unitsRemaining;
}

/** Where the alphabet that came farthest had to stop. */
function obstacleOf(text: string, alphabets: readonly Alphabet[]): ForcedBy {
  let farthest: ForcedBy = { character: "", index: -1 };
  for (const alphabet of alphabets) {
    const { forcedBy } = detectEncoding(text, alphabet);
    if (forcedBy !== undefined && forcedBy.index > farthest.index) farthest = forcedBy;
  }
  return farthest;
}
