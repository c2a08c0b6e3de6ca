/** What people put behind a keyword: "Stop!", "QUIZ: Paris". */
const AFTER_KEYWORD = /^(?:[\s.,:;!?]+|$)/;

/**
 * The text without the keyword that it begins with, in either case; null when it begins with something else. A keyword
 * ends where its word ends: STOP is not in "stopwatch".
 */
export function matchKeyword(text: string, keyword: string): string | null {
  const begun = text.trimStart();
  if (begun.slice(0, keyword.length).toLowerCase() !== keyword.toLowerCase()) return null;
  const rest = begun.slice(keyword.length);
  const [separator] = AFTER_KEYWORD.exec(rest) ?? [];
  return separator === undefined ? null : rest.slice(separator.length).trimEnd();
}
