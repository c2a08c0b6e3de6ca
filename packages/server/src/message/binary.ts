import { BINARY_OCTETS_MAX, BINARY_PART_OCTETS, BINARY_SINGLE_OCTETS } from "./limits.ts";

/** data_coding 0x08 is UCS2; 0x18 is the same shown at once (message class 0, 3GPP TS 23.038 clause 4). */
const UCS2_DATA_CODINGS: readonly number[] = [0x08, 0x18];

const HEX_GROUPS = /^(?:[0-9a-f]{2})+(?:\s+(?:[0-9a-f]{2})+)*$/i;

/** Spaces at most between all pairs, so that a huge body is refused before it is looked through. */
const HEX_CHARACTERS_PER_OCTET_MAX = 4;

/**
 * The octets of a hex text: `0fa1`, `0f a1` or UCS2 groups `0410 0411`, in either case; white space only between whole
 * octets. `undefined` when it is not hex, empty, or holds more than `octetsMax` octets (by default what 25 parts hold).
 */
export function parseHex(hex: string, octetsMax: number = BINARY_OCTETS_MAX): Uint8Array | undefined {
  if (hex.length > octetsMax * HEX_CHARACTERS_PER_OCTET_MAX) return undefined;
  const trimmed = hex.trim();
  if (!HEX_GROUPS.test(trimmed)) return undefined;
  const octets = Buffer.from(trimmed.replaceAll(/\s+/g, ""), "hex");
  return octets.length > octetsMax ? undefined : new Uint8Array(octets);
}

const isSurrogateOctet = (octet: number | undefined, first: number): boolean =>
  octet !== undefined && (octet & 0xfc) === first;

interface Room {
  readonly single: number;
  readonly part: number;
}

const USUAL_ROOM: Room = { single: BINARY_SINGLE_OCTETS, part: BINARY_PART_OCTETS };

/** Where the part that begins at `start` ends. The one function behind counting and cutting. */
function partEnd(octets: Uint8Array, start: number, isUcs2: boolean, room = USUAL_ROOM): number {
  if (octets.length <= room.single) return octets.length;
  const end = start + (isUcs2 ? room.part - (room.part % 2) : room.part);
  if (end >= octets.length) return octets.length;
  // An even number of octets keeps whole units whole by itself; only a surrogate pair has to be looked for.
  const cutsPair = isUcs2 && isSurrogateOctet(octets[end - 2], 0xd8) && isSurrogateOctet(octets[end], 0xdc);
  return cutsPair ? end - 2 : end;
}

/**
 * The parts of a binary message in order: up to 140 octets in one, 134 in each of several. Views, not copies.
 *
 * @param room where headers leave another number of octets
 */
export function splitBinary(octets: Uint8Array, dataCoding: number, room = USUAL_ROOM): readonly Uint8Array[] {
  const isUcs2 = UCS2_DATA_CODINGS.includes(dataCoding);
  const parts: Uint8Array[] = [];
  let start = 0;
  do {
    const end = partEnd(octets, start, isUcs2, room);
    parts.push(octets.subarray(start, end));
    start = end;
  } while (start < octets.length);
  return parts;
}

/** How many parts `splitBinary` gives. Does not refuse more than `PART_COUNT_MAX`. */
export function countBinaryParts(octets: Uint8Array, dataCoding: number): number {
  const isUcs2 = UCS2_DATA_CODINGS.includes(dataCoding);
  let partCount = 1;
  let end = partEnd(octets, 0, isUcs2);
  while (end < octets.length) {
    end = partEnd(octets, end, isUcs2);
    partCount += 1;
  }
  return partCount;
}
