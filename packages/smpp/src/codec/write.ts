/** What compiled encoders call: everything that is not one field after another. */
import { fieldError } from "../errors.ts";
import { writeUint32 } from "./header.ts";
import type { DestAddress, UnsuccessSme } from "./pdu.ts";
import { type Tlv, TLV_OCTETS_MAX } from "./tlv.ts";

const ADDRESS_OCTETS_MAX = 21;
const DEST_ADDRESSES_MAX = 254;
const UNSUCCESS_SMES_MAX = 255;

export function failTooLong(name: string, octetsMax: number): never {
  throw fieldError(name, `has at most ${octetsMax - 1} characters`);
}

export function failOctet(name: string): never {
  throw fieldError(name, "is an integer from 0 to 255");
}

export function failShortMessage(octetsMax: number): never {
  throw fieldError("shortMessage", `has at most ${octetsMax} octets; more goes into message_payload`);
}

export function failHeader(name: string): never {
  throw fieldError(name, "is an integer from 0 to 0xFFFFFFFF");
}

function failCharacter(name: string): never {
  throw fieldError(name, "is Latin-1 without NUL");
}

/** A loop, because these are a few characters long: a call into Buffer costs more than all of them. */
export function putCString(target: Uint8Array, offset: number, text: string, name: string): number {
  const { length } = text;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0 || code > 0xff) failCharacter(name);
    target[offset + index] = code;
  }
  target[offset + length] = 0;
  return offset + length + 1;
}

/** Under this, copying octet by octet is quicker than TypedArray's set. */
const LOOP_OCTETS_MAX = 32;

export function putOctets(target: Uint8Array, offset: number, octets: Uint8Array): number {
  const { length } = octets;
  if (length > LOOP_OCTETS_MAX) target.set(octets, offset);
  else for (let index = 0; index < length; index += 1) target[offset + index] = octets[index] as number;
  return offset + length;
}

export function sizeOfTlvs(tlvs: readonly Tlv[]): number {
  let size = 0;
  for (const { tag, value } of tlvs) {
    if (!Number.isInteger(tag) || tag < 0 || tag > 0xffff) throw fieldError("tlvs", "have tags from 0 to 0xFFFF");
    if (!(value instanceof Uint8Array) || value.length > TLV_OCTETS_MAX) {
      throw fieldError("tlvs", `have values of at most ${TLV_OCTETS_MAX} octets`);
    }
    size += 4 + value.length;
  }
  return size;
}

export function putTlvs(target: Uint8Array, start: number, tlvs: readonly Tlv[]): number {
  let offset = start;
  for (const { tag, value } of tlvs) {
    target[offset] = tag >>> 8;
    target[offset + 1] = tag;
    target[offset + 2] = value.length >>> 8;
    target[offset + 3] = value.length;
    offset = putOctets(target, offset + 4, value);
  }
  return offset;
}

const checkOctet = (name: string, value: number): void => {
  if ((value & 0xff) !== value) failOctet(name);
};

function sizeOfText(name: string, text: string): number {
  if (typeof text !== "string" || text.length >= ADDRESS_OCTETS_MAX) failTooLong(name, ADDRESS_OCTETS_MAX);
  return text.length + 1;
}

export function sizeOfDestAddresses(addresses: readonly DestAddress[]): number {
  if (addresses.length === 0 || addresses.length > DEST_ADDRESSES_MAX) {
    throw fieldError("destAddresses", `are 1 to ${DEST_ADDRESSES_MAX}`);
  }
  let size = 1;
  for (const address of addresses) {
    if (address.destFlag === 2) size += 1 + sizeOfText("dlName", address.dlName);
    else if (address.destFlag === 1) {
      checkOctet("destAddrTon", address.destAddrTon);
      checkOctet("destAddrNpi", address.destAddrNpi);
      size += 3 + sizeOfText("destinationAddr", address.destinationAddr);
    } else throw fieldError("destFlag", "is 1 or 2");
  }
  return size;
}

export function putDestAddresses(target: Uint8Array, start: number, addresses: readonly DestAddress[]): number {
  let offset = start;
  target[offset++] = addresses.length;
  for (const address of addresses) {
    target[offset++] = address.destFlag;
    if (address.destFlag === 2) offset = putCString(target, offset, address.dlName, "dlName");
    else {
      target[offset++] = address.destAddrTon;
      target[offset++] = address.destAddrNpi;
      offset = putCString(target, offset, address.destinationAddr, "destinationAddr");
    }
  }
  return offset;
}

export function sizeOfUnsuccessSmes(smes: readonly UnsuccessSme[]): number {
  if (smes.length > UNSUCCESS_SMES_MAX) throw fieldError("unsuccessSmes", `are at most ${UNSUCCESS_SMES_MAX}`);
  let size = 1;
  for (const { destAddrTon, destAddrNpi, destinationAddr, errorStatusCode } of smes) {
    checkOctet("destAddrTon", destAddrTon);
    checkOctet("destAddrNpi", destAddrNpi);
    if (errorStatusCode >>> 0 !== errorStatusCode) failHeader("errorStatusCode");
    size += 6 + sizeOfText("destinationAddr", destinationAddr);
  }
  return size;
}

export function putUnsuccessSmes(target: Uint8Array, start: number, smes: readonly UnsuccessSme[]): number {
  let offset = start;
  target[offset++] = smes.length;
  for (const { destAddrTon, destAddrNpi, destinationAddr, errorStatusCode } of smes) {
    target[offset++] = destAddrTon;
    target[offset++] = destAddrNpi;
    offset = putCString(target, offset, destinationAddr, "destinationAddr");
    writeUint32(target, offset, errorStatusCode);
    offset += 4;
  }
  return offset;
}
