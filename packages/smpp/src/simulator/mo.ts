/** Messages from phones: one deliver_sm, or as many as its text needs. */
import type { PduInputOf } from "../codec/pdu.ts";
import { type Tlv, tlv } from "../codec/tlv.ts";
import { fieldError, isSmppError } from "../errors.ts";
import { encodeGsm7 } from "../text/gsm7.ts";
import { ESM_CLASS, sarTlvs } from "../text/message.ts";
import { encodeText } from "../text/text.ts";
import { buildUdh, type Concatenation, concatenationElement } from "../text/udh.ts";

/** How a text that is too long for one part travels: a user data header, sar_ parameters, or message_payload whole. */
export type MoMethod = "udh8" | "udh16" | "sar" | "payload";

export interface MoMessage {
  /** The phone. */
  readonly source: string;
  /** The number that it writes to. */
  readonly destination: string;
  /** GSM 7 where it fits, else UCS-2. */
  readonly text?: string;
  /** Instead of `text`: octets as they are, in one deliver_sm. */
  readonly octets?: Uint8Array;
  /** For `octets`. */
  readonly dataCoding?: number;
  readonly esmClass?: number;
  /** `udh8` unless given; `payload` also for what would fit into one part. */
  readonly method?: MoMethod;
  /** 0 to 255 for udh8, to 65535 otherwise; the next of a counter unless given. */
  readonly reference?: number;
  readonly tlvs?: readonly Tlv[];
}

const UCS2 = 0x08;
const PARTS_MAX = 255;
const PAYLOAD_OCTETS_MAX = 65_535;

/** Octets of one part as it travels, a septet to an octet: 3GPP TS 23.040's 140 octets without the header's. */
const CAPACITY: Readonly<Record<"gsm7" | "ucs2", Readonly<Record<MoMethod, number>>>> = {
  gsm7: { udh8: 153, udh16: 152, sar: 152, payload: PAYLOAD_OCTETS_MAX },
  ucs2: { udh8: 134, udh16: 132, sar: 132, payload: PAYLOAD_OCTETS_MAX },
};
const WHOLE_CAPACITY = { gsm7: 160, ucs2: 140 } as const;

const GSM7_ESCAPE = 0x1b;

function encode(text: string): { readonly encoding: "gsm7" | "ucs2"; readonly octets: Buffer } {
  try {
    return { encoding: "gsm7", octets: encodeGsm7(text) };
  } catch (error) {
    if (!isSmppError(error)) throw error;
    return { encoding: "ucs2", octets: encodeText(text, "ucs2") };
  }
}

/** Cuts, but not behind an escape and not between the halves of a surrogate pair. */
function split(octets: Buffer, encoding: "gsm7" | "ucs2", capacity: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < octets.length; ) {
    let end = Math.min(start + capacity, octets.length);
    if (end < octets.length) {
      if (encoding === "gsm7" && octets[end - 1] === GSM7_ESCAPE) end -= 1;
      if (encoding === "ucs2" && ((octets[end - 2] ?? 0) & 0xfc) === 0xd8) end -= 2;
    }
    parts.push(octets.subarray(start, end));
    start = end;
  }
  return parts;
}

interface Part {
  readonly esmClass: number;
  readonly shortMessage: Buffer;
  readonly tlvs: readonly Tlv[];
}

function partOf(octets: Buffer, concatenation: Concatenation, method: MoMethod): Part {
  if (method === "sar") return { esmClass: 0, shortMessage: octets, tlvs: sarTlvs(concatenation) };
  const udh = buildUdh([concatenationElement(concatenation, method === "udh8" ? 8 : 16)]);
  return { esmClass: ESM_CLASS.udhi, shortMessage: Buffer.concat([udh, octets]), tlvs: [] };
}

function partsOf(message: MoMessage, reference: number): { readonly dataCoding: number; readonly parts: Part[] } {
  const { text = "", method = "udh8" } = message;
  if (message.octets !== undefined) {
    const shortMessage = Buffer.from(message.octets);
    return { dataCoding: message.dataCoding ?? 0, parts: [{ esmClass: 0, shortMessage, tlvs: [] }] };
  }
  const { encoding, octets } = encode(text);
  const dataCoding = encoding === "ucs2" ? UCS2 : 0;
  if (method === "payload") {
    if (octets.length > PAYLOAD_OCTETS_MAX) throw fieldError("text", `has ${PAYLOAD_OCTETS_MAX} octets at most`);
    const tlvs = [tlv("messagePayload", octets)];
    return { dataCoding, parts: [{ esmClass: 0, shortMessage: Buffer.alloc(0), tlvs }] };
  }
  if (octets.length <= WHOLE_CAPACITY[encoding]) {
    return { dataCoding, parts: [{ esmClass: 0, shortMessage: octets, tlvs: [] }] };
  }
  const pieces = split(octets, encoding, CAPACITY[encoding][method]);
  if (pieces.length > PARTS_MAX) throw fieldError("text", `needs more than ${PARTS_MAX} parts`);
  const partCount = pieces.length;
  const parts = pieces.map((piece, index) => partOf(piece, { reference, partCount, partNumber: index + 1 }, method));
  return { dataCoding, parts };
}

const isDigits = (address: string): boolean => /^\d+$/.test(address);

/** @throws SmppError `SMPP_FIELD_INVALID` */
export function moPdus(message: MoMessage, nextReference: number): readonly PduInputOf<"deliver_sm">[] {
  const reference = message.reference ?? nextReference % (message.method === "udh16" ? 0x10000 : 0x100);
  const { dataCoding, parts } = partsOf(message, reference);
  return parts.map(({ esmClass, shortMessage, tlvs }) => ({
    command: "deliver_sm",
    sourceAddrTon: isDigits(message.source) ? 1 : 5,
    sourceAddrNpi: isDigits(message.source) ? 1 : 0,
    sourceAddr: message.source,
    destAddrTon: isDigits(message.destination) ? 1 : 5,
    destAddrNpi: isDigits(message.destination) ? 1 : 0,
    destinationAddr: message.destination,
    esmClass: esmClass | (message.esmClass ?? 0),
    dataCoding,
    shortMessage,
    tlvs: [...tlvs, ...(message.tlvs ?? [])],
  }));
}
