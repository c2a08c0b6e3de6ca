/**
 * The text of octets as phones send them. Parts of one message are decoded together wherever they are alike, so that a
 * surrogate pair or an escape and its character may lie on both sides of a cut.
 */
import { type ExtensionTable, GSM7_ESCAPE, type NationalTables } from "./alphabet.ts";
import type { Encoding } from "./encoding.ts";
import { DEFAULT_ALPHABET, DEFAULT_EXTENSION } from "./gsm7.ts";
import { PORTUGUESE_ID, PORTUGUESE_LOCKING, PORTUGUESE_SINGLE } from "./national/portuguese.ts";
import { SPANISH_ID, SPANISH_SINGLE } from "./national/spanish.ts";
import { TURKISH_ID, TURKISH_LOCKING, TURKISH_SINGLE } from "./national/turkish.ts";

/** GSM7: one septet an octet. UCS2: UTF-16, big-endian. LATIN1: what data coding 3 means. */
export type ReceivedEncoding = Encoding | "LATIN1";

export interface ReceivedContent {
  readonly encoding: ReceivedEncoding;
  readonly octets: Uint8Array;
  readonly nationalTables: NationalTables;
}

/** What stands in a text for parts that never came. */
export const GAP_MARK = "[…]";

const LOCKING: Readonly<Record<number, string>> = {
  [TURKISH_ID]: TURKISH_LOCKING,
  [PORTUGUESE_ID]: PORTUGUESE_LOCKING,
};

const SINGLE: ReadonlyMap<number, ReadonlyMap<number, string>> = new Map(
  [
    [0, DEFAULT_EXTENSION],
    [TURKISH_ID, TURKISH_SINGLE],
    [SPANISH_ID, SPANISH_SINGLE],
    [PORTUGUESE_ID, PORTUGUESE_SINGLE],
  ].map(([id, table]) => [id as number, new Map((table as ExtensionTable).map(([character, at]) => [at, character]))]),
);

/** A table that we do not have is read as the default one: phones do the same (3GPP TS 23.038 clause 6.2.1.2.2). */
function decodeGsm7(octets: Uint8Array, { lockingShift = 0, singleShift = 0 }: NationalTables): string {
  const basic = LOCKING[lockingShift] ?? DEFAULT_ALPHABET;
  const extension = SINGLE.get(singleShift) ?? SINGLE.get(0);
  let text = "";
  for (let at = 0; at < octets.length; at += 1) {
    const septet = (octets[at] ?? 0) & 0x7f;
    if (septet !== GSM7_ESCAPE) {
      text += basic.charAt(septet);
      continue;
    }
    at += 1;
    if (at >= octets.length) break;
    const escaped = (octets[at] ?? 0) & 0x7f;
    // An unknown escape shows the character of the basic table (clause 6.2.1.1, note 3).
    text += extension?.get(escaped) ?? (escaped === GSM7_ESCAPE ? " " : basic.charAt(escaped));
  }
  return text;
}

function decodeOctets({ encoding, octets, nationalTables }: ReceivedContent): string {
  switch (encoding) {
    case "GSM7":
      return decodeGsm7(octets, nationalTables);
    case "UCS2":
      return Buffer.from(octets).swap16().toString("utf16le").toWellFormed();
    case "LATIN1":
      return Buffer.from(octets).toString("latin1");
    case "BINARY":
      return Buffer.from(octets).toString("hex");
  }
}

function isAlike(a: ReceivedContent, b: ReceivedContent): boolean {
  return (
    a.encoding === b.encoding &&
    a.nationalTables.singleShift === b.nationalTables.singleShift &&
    a.nationalTables.lockingShift === b.nationalTables.lockingShift
  );
}

/** Half a UTF-16 unit at the end of a part would shift all that follows: it is dropped. */
function whole(content: ReceivedContent): ReceivedContent {
  if (content.encoding !== "UCS2" || content.octets.length % 2 === 0) return content;
  return { ...content, octets: content.octets.subarray(0, -1) };
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
}

/**
 * The text of a message from its parts in order; null is a part that never came. Of a message that is binary throughout
 * the octets, hexadecimal; in a text a binary part stands as such.
 */
export function decodeParts(parts: readonly (ReceivedContent | null)[]): DecodedText {
  const runs: (ReceivedContent | null)[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (part === null) {
      if (last !== null || runs.length === 0) runs.push(null);
    } else if (last !== null && last !== undefined && isAlike(last, part)) {
      runs[runs.length - 1] = { ...last, octets: Buffer.concat([last.octets, whole(part).octets]) };
    } else runs.push(whole(part));
  }
  const text = runs.map((run) => (run === null ? GAP_MARK : decodeOctets(run))).join("");
  const encodings = new Set(parts.flatMap((part) => (part === null ? [] : [part.encoding])));
  return { text, encoding: encodingOf(encodings) };
}

function encodingOf(encodings: ReadonlySet<ReceivedEncoding>): Encoding {
  if (encodings.size === 1 && encodings.has("BINARY")) return "BINARY";
  return encodings.has("UCS2") || encodings.has("LATIN1") ? "UCS2" : "GSM7";
}

/** A text as octets that `decodeParts` reads, for carriers that hand over text: no half of a surrogate pair is lost. */
export function ucs2Octets(text: string): Uint8Array {
  return Buffer.from(text, "utf16le").swap16();
}
