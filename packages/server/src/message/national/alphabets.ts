/**
 * The alphabets that the national tables make, by language. A single shift table adds letters at two septets each and
 * leaves the rest of the message as it is; a locking shift table has them at one, and loses others. Each table costs
 * every part a header of its own (limits.ts).
 */
import { Alphabet, type NationalTables } from "../alphabet.ts";
import { DEFAULT_ALPHABET, DEFAULT_EXTENSION } from "../gsm7.ts";
import { PORTUGUESE_ID, PORTUGUESE_LOCKING, PORTUGUESE_SINGLE } from "./portuguese.ts";
import { SPANISH_ID, SPANISH_SINGLE } from "./spanish.ts";
import { TURKISH_ID, TURKISH_LOCKING, TURKISH_SINGLE } from "./turkish.ts";

export type NationalLanguage = "TR" | "ES" | "PT";

interface LanguageTables {
  readonly id: number;
  readonly single: typeof TURKISH_SINGLE;
  readonly locking?: string;
}

function alphabetsOf({ id, single, locking }: LanguageTables): readonly Alphabet[] {
  const singleOnly = new Alphabet({ basic: DEFAULT_ALPHABET, extension: single, national: { singleShift: id } });
  if (locking === undefined) return [singleOnly];
  return [
    singleOnly,
    new Alphabet({ basic: locking, extension: DEFAULT_EXTENSION, national: { lockingShift: id } }),
    new Alphabet({ basic: locking, extension: single, national: { singleShift: id, lockingShift: id } }),
  ];
}

/** The single shift table first, then the locking one, then both: in the order of how much of a message they change. */
export const NATIONAL_ALPHABETS: Readonly<Record<NationalLanguage, readonly Alphabet[]>> = {
  TR: alphabetsOf({ id: TURKISH_ID, single: TURKISH_SINGLE, locking: TURKISH_LOCKING }),
  ES: alphabetsOf({ id: SPANISH_ID, single: SPANISH_SINGLE }),
  PT: alphabetsOf({ id: PORTUGUESE_ID, single: PORTUGUESE_SINGLE, locking: PORTUGUESE_LOCKING }),
};

export interface LanguageChoice {
  /** AUTODETECT: any of the three. Absent or NONE: no national table. */
  readonly languageCode?: NationalLanguage | "AUTODETECT" | "NONE";
  readonly singleShift?: boolean;
  readonly lockingShift?: boolean;
}

const ALL_ALPHABETS: readonly Alphabet[] = Object.values(NATIONAL_ALPHABETS).flat();

/** The alphabets a request allows. With a flag only tables of that kind; without any flag, or with both, all of them. */
export function allowedAlphabets({ languageCode, singleShift, lockingShift }: LanguageChoice): readonly Alphabet[] {
  if (languageCode === undefined || languageCode === "NONE") return [];
  const alphabets = languageCode === "AUTODETECT" ? ALL_ALPHABETS : NATIONAL_ALPHABETS[languageCode];
  if ((singleShift === true) === (lockingShift === true)) return alphabets;
  const unwanted = singleShift === true ? "lockingShift" : "singleShift";
  return alphabets.filter(({ national }) => national[unwanted] === undefined);
}

/** The alphabet that these tables make; undefined for tables that no text of ours is encoded with. */
export function alphabetOfTables({ singleShift, lockingShift }: NationalTables): Alphabet | undefined {
  return ALL_ALPHABETS.find(
    ({ national }) => national.singleShift === singleShift && national.lockingShift === lockingShift,
  );
}
