/** A longer one is left as it is: no browser and no server is sure to take it. In UTF-16 units. */
export const URL_LENGTH_MAX = 2048;

/** A URL as it stands in a text. */
export interface FoundUrl {
  readonly url: string;
  /** In UTF-16 units from the text's beginning. */
  readonly start: number;
}

/**
 * Ends at what no URL has in a text: white space, controls, marks of direction, quotes, and the punctuation of scripts
 * that set no space behind it. Letters of any script belong to the URL (IDN, RFC 3987). A scheme in the middle of a word
 * (`git+https://`) is not ours.
 */
const CANDIDATE =
  /(?<![A-Za-z0-9+])https?:\/\/[^\s\p{Cc}\p{Cs}\u200B-\u200F\u202A-\u202E\u2060-\u2069<>"`\\“”„‟‘’‚‛«»‹›…、。，．；：！？（）「」『』【】《》〈〉〔〕｛｝｢｣､｡]+/giu;

/** What closes a sentence or an emphasis around a URL, rather than the URL itself. */
const TRAILING = new Set(".,;:!?'*_~");

const OPENING_OF: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Every http and https URL of a text, in order. Time grows with the text's length only, whatever is in it. */
export function findUrls(text: string): readonly FoundUrl[] {
  const found: FoundUrl[] = [];
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const url = withoutTrailing(candidate);
    if (url.length <= URL_LENGTH_MAX && isWebUrl(url)) found.push({ url, start: index });
  }
  return found;
}

/** The text with each URL replaced, and everything else as it was. `urls` are those that `findUrls` gave. */
export function replaceUrls(text: string, urls: readonly FoundUrl[], replacementOf: (url: string) => string): string {
  let end = 0;
  const pieces: string[] = [];
  for (const { url, start } of urls) {
    pieces.push(text.slice(end, start), replacementOf(url));
    end = start + url.length;
  }
  return pieces.join("") + text.slice(end);
}

/** Where a browser may be sent to. */
export function isWebUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (protocol === "http:" || protocol === "https:") && hostname !== "";
}

/** A closing bracket stays where the URL opened it: `(see https://host/a_(b))`. */
function withoutTrailing(candidate: string): string {
  const open = new Map<string, number>();
  for (const character of candidate) {
    const opening = OPENING_OF[character];
    if (opening !== undefined) open.set(opening, (open.get(opening) ?? 0) - 1);
    else if (character === "(" || character === "[" || character === "{")
      open.set(character, (open.get(character) ?? 0) + 1);
  }
  let end = candidate.length;
  for (; end > 0; end -= 1) {
    const last = candidate.charAt(end - 1);
    const opening = OPENING_OF[last];
    if (opening !== undefined) {
      const surplus = open.get(opening) ?? 0;
      if (surplus >= 0) break;
      open.set(opening, surplus + 1);
    } else if (!TRAILING.has(last)) break;
  }
  return candidate.slice(0, end);
}
