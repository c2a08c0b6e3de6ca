/**
 * Optional parameters (SMPP 3.4 §5.3): tag, length and value. A PDU keeps them as a list in the order of the wire, so
 * that unknown, vendor's and repeated ones survive; values of known ones are read when somebody asks.
 */
import { fieldError } from "../errors.ts";
import { latin1 } from "./latin1.ts";

export interface Tlv {
  readonly tag: number;
  /** A view of the octets that were read; copy it to keep it. */
  readonly value: Uint8Array;
}

interface Kinds {
  readonly uint8: number;
  readonly uint16: number;
  readonly uint32: number;
  /** Text with a final NUL, Latin-1. Peers leave the NUL out, so a reader does without. */
  readonly cString: string;
  readonly octets: Uint8Array;
}

interface TlvLayout {
  readonly tag: number;
  readonly kind: keyof Kinds;
  readonly octetsMin: number;
  readonly octetsMax: number;
}

const integer = <const Kind extends "uint8" | "uint16" | "uint32">(tag: number, kind: Kind) => {
  const octets = { uint8: 1, uint16: 2, uint32: 4 }[kind as string] ?? 0;
  return { tag, kind, octetsMin: octets, octetsMax: octets } as const;
};
const cString = (tag: number, octetsMax: number) => ({ tag, kind: "cString", octetsMin: 0, octetsMax }) as const;
const octets = (tag: number, octetsMin: number, octetsMax = octetsMin) =>
  ({ tag, kind: "octets", octetsMin, octetsMax }) as const;

export const TLV_OCTETS_MAX = 0xffff;

export const TLVS = {
  destAddrSubunit: integer(0x0005, "uint8"),
  destNetworkType: integer(0x0006, "uint8"),
  destBearerType: integer(0x0007, "uint8"),
  destTelematicsId: integer(0x0008, "uint16"),
  sourceAddrSubunit: integer(0x000d, "uint8"),
  sourceNetworkType: integer(0x000e, "uint8"),
  sourceBearerType: integer(0x000f, "uint8"),
  sourceTelematicsId: integer(0x0010, "uint8"),
  qosTimeToLive: integer(0x0017, "uint32"),
  payloadType: integer(0x0019, "uint8"),
  additionalStatusInfoText: cString(0x001d, 256),
  receiptedMessageId: cString(0x001e, 65),
  msMsgWaitFacilities: integer(0x0030, "uint8"),
  privacyIndicator: integer(0x0201, "uint8"),
  sourceSubaddress: octets(0x0202, 2, 23),
  destSubaddress: octets(0x0203, 2, 23),
  userMessageReference: integer(0x0204, "uint16"),
  userResponseCode: integer(0x0205, "uint8"),
  sourcePort: integer(0x020a, "uint16"),
  destinationPort: integer(0x020b, "uint16"),
  sarMsgRefNum: integer(0x020c, "uint16"),
  languageIndicator: integer(0x020d, "uint8"),
  sarTotalSegments: integer(0x020e, "uint8"),
  sarSegmentSeqnum: integer(0x020f, "uint8"),
  scInterfaceVersion: integer(0x0210, "uint8"),
  callbackNumPresInd: integer(0x0302, "uint8"),
  callbackNumAtag: octets(0x0303, 0, 65),
  numberOfMessages: integer(0x0304, "uint8"),
  callbackNum: octets(0x0381, 4, 19),
  dpfResult: integer(0x0420, "uint8"),
  setDpf: integer(0x0421, "uint8"),
  msAvailabilityStatus: integer(0x0422, "uint8"),
  /** One octet of network type, two of the error (§5.3.2.31). */
  networkErrorCode: octets(0x0423, 3),
  messagePayload: octets(0x0424, 0, TLV_OCTETS_MAX),
  deliveryFailureReason: integer(0x0425, "uint8"),
  moreMessagesToSend: integer(0x0426, "uint8"),
  messageState: integer(0x0427, "uint8"),
  /** SMPP 5.0 §4.8.4.18; stands in any response. */
  congestionState: integer(0x0428, "uint8"),
  ussdServiceOp: octets(0x0501, 1),
  displayTime: integer(0x1201, "uint8"),
  smsSignal: integer(0x1203, "uint16"),
  msValidity: integer(0x1204, "uint8"),
  /** Its presence is what it says; some peers add an octet. */
  alertOnMessageDelivery: octets(0x130c, 0, 1),
  itsReplyType: integer(0x1380, "uint8"),
  itsSessionInfo: octets(0x1383, 2),
} as const satisfies Record<string, TlvLayout>;

export type TlvName = keyof typeof TLVS;
export type TlvValue<Name extends TlvName> = Kinds[(typeof TLVS)[Name]["kind"]];

const BY_TAG = new Map<number, TlvLayout>(Object.values(TLVS).map((layout) => [layout.tag, layout]));

/** What a known tag allows; undefined for any other, whose value may be anything. */
export const tlvLayoutOfTag = (tag: number): TlvLayout | undefined => BY_TAG.get(tag);

function integerOf(value: Uint8Array): number {
  let integer = 0;
  for (let index = 0; index < value.length; index += 1) integer = integer * 256 + (value[index] as number);
  return integer;
}

function textOf(value: Uint8Array): string {
  let end = 0;
  while (end < value.length && value[end] !== 0) end += 1;
  return latin1(value, 0, end);
}

function valueOf<Name extends TlvName>(name: Name, { value }: Tlv): TlvValue<Name> {
  const { kind } = TLVS[name] as TlvLayout;
  const read = kind === "octets" ? value : kind === "cString" ? textOf(value) : integerOf(value);
  return read as TlvValue<Name>;
}

/** The value of the first TLV with this name, or undefined. */
export function tlvValue<Name extends TlvName>(tlvs: readonly Tlv[], name: Name): TlvValue<Name> | undefined {
  const { tag } = TLVS[name];
  for (const candidate of tlvs) if (candidate.tag === tag) return valueOf(name, candidate);
  return undefined;
}

/** All values with this name in their order; callback_num and its companions may be repeated. */
export function tlvValues<Name extends TlvName>(tlvs: readonly Tlv[], name: Name): readonly TlvValue<Name>[] {
  return tlvs.filter(({ tag }) => tag === TLVS[name].tag).map((found) => valueOf(name, found));
}

function isLatin1(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0xff) return false;
  return true;
}

function octetsOf(name: TlvName, kind: keyof Kinds, value: number | string | Uint8Array): Uint8Array {
  if (kind === "octets") {
    if (!(value instanceof Uint8Array)) throw fieldError(name, "is octets");
    return value;
  }
  if (kind === "cString") {
    const isText = typeof value === "string" && !value.includes("\0") && isLatin1(value);
    if (!isText) throw fieldError(name, "is Latin-1 without NUL");
    return Buffer.from(`${value}\0`, "latin1");
  }
  const { octetsMin } = TLVS[name];
  const isInRange = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 256 ** octetsMin;
  if (!isInRange) throw fieldError(name, `is an integer of ${octetsMin} octets`);
  const written = Buffer.allocUnsafe(octetsMin);
  written.writeUIntBE(value, 0, octetsMin);
  return written;
}

/** Makes a TLV of a known name. Any other tag is written as it is: `{ tag: 0x1401, value }`. */
export function tlv<Name extends TlvName>(name: Name, value: TlvValue<Name>): Tlv {
  const { tag, kind, octetsMin, octetsMax } = TLVS[name] as TlvLayout;
  const written = octetsOf(name, kind, value);
  if (written.length < octetsMin || written.length > octetsMax) {
    throw fieldError(name, `has ${octetsMin} to ${octetsMax} octets, not ${written.length}`);
  }
  return { tag, value: written };
}
