import metadata from "libphonenumber-js/metadata.min.json";

/**
 * Which country a number belongs to, by the digits it begins with. Made from the numbering plans of libphonenumber:
 * a calling code stands for its main country, and where countries share one, what the others' numbers begin with
 * stands for them.
 */

/** Countries that have numbers, by their ISO 3166-1 codes. */
export const COUNTRIES: ReadonlySet<string> = new Set(Object.keys(metadata.countries));

/** Digits behind the calling code; no country needs more to be told from its neighbours. */
const NATIONAL_DIGITS_MAX = 5;

const DECIMAL_DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Places in a country's row of the metadata (version 4). */
const TYPES = 11;
const LEADING_DIGITS = 10;

/** Prefixes and their countries. Where one is there twice, the first counts. */
export function countryPrefixes(): readonly (readonly [prefix: string, country: string])[] {
  const prefixes: [string, string][] = [];
  const codes = metadata.country_calling_codes as Readonly<Record<string, readonly string[]>>;
  for (const [code, [main, ...others]] of Object.entries(codes)) {
    // 001: numbers of no country, such as 800 and 870.
    if (main === undefined || main === "001") continue;
    prefixes.push([code, main]);
    // What the main country's numbers begin with, too, tells nothing: some share even their mobile ranges. Where the
    // metadata has no ranges of the main country, only fixed lines are surely the other's own.
    const isShared = others.some((country) => leadingDigits(country) === "") ? new Set(typedBeginnings(main, 2)) : null;
    for (const country of others) {
      const leading = leadingDigits(country);
      const found =
        leading === ""
          ? typedBeginnings(country, isShared?.size === 0 ? 1 : 2).filter((digits) => isShared?.has(digits) !== true)
          : beginningsOf(leading, NATIONAL_DIGITS_MAX);
      for (const digits of found) prefixes.push([code + digits, country]);
    }
  }
  return prefixes;
}

const rowOf = (country: string): readonly unknown[] =>
  (metadata.countries as unknown as Readonly<Record<string, readonly unknown[]>>)[country] ?? [];

/** The pattern of a country that is told by the first digits of its numbers; else empty. */
function leadingDigits(country: string): string {
  const pattern = rowOf(country)[LEADING_DIGITS];
  return typeof pattern === "string" ? pattern : "";
}

/** @param typeCount 1: fixed lines; 2: mobiles, too */
function typedBeginnings(country: string, typeCount: 1 | 2): readonly string[] {
  const types = (rowOf(country)[TYPES] ?? []) as readonly (readonly [pattern: string] | 0)[];
  return types.slice(0, typeCount).flatMap((type) => {
    const pattern = type === 0 ? "" : type[0];
    return pattern === "" ? [] : beginningsOf(pattern, NATIONAL_DIGITS_MAX);
  });
}

/**
 * All that a text matching the pattern can begin with, cut at `lengthMax`. Patterns of numbering plans know digits,
 * `\d`, classes, groups, alternatives and counts.
 */
export function beginningsOf(pattern: string, lengthMax: number): readonly string[] {
  let at = 0;

  function alternatives(): Set<string> {
    const found = new Set<string>();
    for (;;) {
      for (const text of sequence()) found.add(text);
      if (pattern[at] !== "|") return found;
      at += 1;
    }
  }

  function sequence(): Set<string> {
    let texts = new Set([""]);
    while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") {
      const atom = atomHere();
      const [least, most] = countHere();
      const shortest = texts;
      for (let time = 0; time < least; time += 1) texts = joined(texts, atom);
      // An optional beginning: both with and without it.
      if (least === 0 && most > 0) texts = new Set([...shortest, ...joined(shortest, atom)]);
    }
    return texts;
  }

  function joined(texts: ReadonlySet<string>, atom: readonly string[]): Set<string> {
    const longer = new Set<string>();
    for (const text of texts) {
      if (text.length >= lengthMax) longer.add(text);
      else for (const more of atom) longer.add((text + more).slice(0, lengthMax));
    }
    return longer;
  }

  function atomHere(): readonly string[] {
    const character = pattern[at] as string;
    if (character === "(") {
      at += pattern.startsWith("(?:", at) ? 3 : 1;
      const inner = [...alternatives()];
      at += 1;
      return inner;
    }
    const end = character === "[" ? pattern.indexOf("]", at) + 1 : character === "\\" ? at + 2 : at + 1;
    const one = new RegExp(`^${pattern.slice(at, end)}$`);
    at = end;
    return DECIMAL_DIGITS.filter((digit) => one.test(digit));
  }

  function countHere(): readonly [least: number, most: number] {
    if (pattern[at] === "?") {
      at += 1;
      return [0, 1];
    }
    const [whole, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(pattern.slice(at)) ?? [];
    if (whole === undefined) return [1, 1];
    at += whole.length;
    return [Number(least), comma === "" ? Number(least) : Number(most)];
  }

  return [...alternatives()].filter((text) => text !== "");
}
