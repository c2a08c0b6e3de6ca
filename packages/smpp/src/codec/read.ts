/** What compiled decoders call: everything that is not one field after another. */
import { COMMAND_STATUS } from "../command-status.ts";
import { SmppError } from "../errors.ts";
import { readHeader, readUint32 } from "./header.ts";
import { latin1 } from "./latin1.ts";
import type { DestAddress, UnsuccessSme } from "./pdu.ts";
import { type Tlv, tlvLayoutOfTag } from "./tlv.ts";

/** A place in the octets, for readers that need to say how far they came. */
export interface Cursor {
  offset: number;
}

const DEST_ADDRESS_OCTETS_MAX = 21;
const TLV_HEADER_OCTETS = 4;

export { latin1 };

export const NO_TLVS: readonly Tlv[] = Object.freeze([]);

export function fail(octets: Buffer, start: number, commandStatus: number, message: string): never {
  const header = readHeader(octets, start);
  throw new SmppError("SMPP_PDU_INVALID", `${header.command ?? "PDU"}: ${message}`, { commandStatus, header });
}

function readTlv(octets: Buffer, start: number, cursor: Cursor, end: number): Tlv {
  const { offset } = cursor;
  if (offset + TLV_HEADER_OCTETS > end) {
    fail(octets, start, COMMAND_STATUS.RINVOPTPARSTREAM, "ends inside the header of an optional parameter");
  }
  const tag = ((octets[offset] as number) << 8) | (octets[offset + 1] as number);
  const length = ((octets[offset + 2] as number) << 8) | (octets[offset + 3] as number);
  const valueStart = offset + TLV_HEADER_OCTETS;
  if (valueStart + length > end) {
    fail(octets, start, COMMAND_STATUS.RINVOPTPARSTREAM, `optional parameter ${tag} is longer than the PDU`);
  }
  const layout = tlvLayoutOfTag(tag);
  if (layout !== undefined && (length < layout.octetsMin || length > layout.octetsMax)) {
    fail(octets, start, COMMAND_STATUS.RINVPARLEN, `optional parameter ${tag} has ${length} octets`);
  }
  cursor.offset = valueStart + length;
  return { tag, value: octets.subarray(valueStart, valueStart + length) };
}

export function readTlvs(octets: Buffer, start: number, offset: number, end: number): readonly Tlv[] {
  if (offset === end) return NO_TLVS;
  const cursor = { offset };
  const tlvs: Tlv[] = [];
  while (cursor.offset < end) tlvs.push(readTlv(octets, start, cursor, end));
  return tlvs;
}

/**
 * The optional parameters of a response, as far as they can be read. Whoever refused a whole answer for its last octets
 * would not know what became of the request; and php-smpp's enquire_link_resp has one NUL too many.
 */
export function readResponseTlvs(octets: Buffer, start: number, offset: number, end: number): readonly Tlv[] {
  if (offset === end) return NO_TLVS;
  const cursor = { offset };
  const tlvs: Tlv[] = [];
  try {
    while (cursor.offset < end) tlvs.push(readTlv(octets, start, cursor, end));
  } catch (error) {
    if (!(error instanceof SmppError)) throw error;
  }
  return tlvs.length === 0 ? NO_TLVS : tlvs;
}

interface Place {
  readonly octets: Buffer;
  readonly start: number;
  readonly end: number;
  readonly cursor: Cursor;
}

function octet({ octets, start, end, cursor }: Place): number {
  if (cursor.offset >= end) fail(octets, start, COMMAND_STATUS.RINVCMDLEN, "ends inside a list");
  const value = octets[cursor.offset] as number;
  cursor.offset += 1;
  return value;
}

function text({ octets, start, end, cursor }: Place, name: string, status: number): string {
  const from = cursor.offset;
  let to = from;
  while (to < end && octets[to] !== 0) to += 1;
  if (to >= end) fail(octets, start, COMMAND_STATUS.RINVCMDLEN, `${name} has no end`);
  if (to - from >= DEST_ADDRESS_OCTETS_MAX) fail(octets, start, status, `${name} is too long`);
  cursor.offset = to + 1;
  return latin1(octets, from, to);
}

function readDestAddress(place: Place): DestAddress {
  const destFlag = octet(place);
  if (destFlag === 2) return { destFlag, dlName: text(place, "dl_name", COMMAND_STATUS.RINVDLNAME) };
  if (destFlag !== 1) fail(place.octets, place.start, COMMAND_STATUS.RINVDESTFLAG, `dest_flag is ${destFlag}`);
  return {
    destFlag: 1,
    destAddrTon: octet(place),
    destAddrNpi: octet(place),
    destinationAddr: text(place, "destination_addr", COMMAND_STATUS.RINVDSTADR),
  };
}

function readUnsuccessSme(place: Place): UnsuccessSme {
  const destAddrTon = octet(place);
  const destAddrNpi = octet(place);
  const destinationAddr = text(place, "destination_addr", COMMAND_STATUS.RINVDSTADR);
  const { octets, start, end, cursor } = place;
  if (cursor.offset + 4 > end) fail(octets, start, COMMAND_STATUS.RINVCMDLEN, "ends inside error_status_code");
  const errorStatusCode = readUint32(octets, cursor.offset);
  cursor.offset += 4;
  return { destAddrTon, destAddrNpi, destinationAddr, errorStatusCode };
}

/** number_of_dests and its addresses. A request without any is wrong (§5.2.24), and the list costs memory only as it is read. */
export function readDestAddresses(octets: Buffer, start: number, cursor: Cursor, end: number): readonly DestAddress[] {
  const place = { octets, start, end, cursor };
  const count = octet(place);
  if (count === 0 || count === 255) fail(octets, start, COMMAND_STATUS.RINVNUMDESTS, `number_of_dests is ${count}`);
  return Array.from({ length: count }, () => readDestAddress(place));
}

export function readUnsuccessSmes(octets: Buffer, start: number, cursor: Cursor, end: number): readonly UnsuccessSme[] {
  const place = { octets, start, end, cursor };
  return Array.from({ length: octet(place) }, () => readUnsuccessSme(place));
}
