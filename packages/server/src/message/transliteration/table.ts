/** Characters and what is written for each. Letters of the GSM alphabet are not in it: they stay. */
export type ReplacementTable = ReadonlyMap<string, string>;

/** Rows of `characters replacement`: every character of the first word is written as the second, or as nothing. */
export function replacementTable(rows: readonly string[]): ReplacementTable {
  return new Map(
    rows.flatMap((row) => {
      const [characters = "", replacement = ""] = row.split(" ");
      return Array.from(characters, (character): [string, string] => [character, replacement]);
    }),
  );
}

/** Rows of small letters, with their capitals: `Ж` beside `ж`, and `Zh` for it. */
export function letterTable(rows: readonly string[]): ReplacementTable {
  const small = replacementTable(rows);
  const table = new Map(small);
  for (const [letter, replacement] of small) {
    const capital = letter.toUpperCase();
    if (capital === letter || capital.length > 1 || small.has(capital)) continue;
    table.set(capital, replacement.charAt(0).toUpperCase() + replacement.slice(1));
  }
  return table;
}
