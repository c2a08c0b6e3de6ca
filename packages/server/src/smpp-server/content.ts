/** What a submitted PDU says, as accept takes it. */
import {
  buildUdh,
  COMMAND_STATUS as S,
  type Concatenation,
  concatenationElement,
  concatenationOf,
  dataCodingOf,
  decodeText,
  messageContentOf,
  type NationalShifts,
  nationalShiftsOf,
  type PduOf,
  type TextEncoding,
  tlvValue,
  type Udh,
  UDH_ELEMENT,
} from "@posthorn/smpp";
import type { SmsSource } from "../accept/sms-request.ts";
import { BINARY_SINGLE_OCTETS, GSM7_SINGLE_SEPTETS } from "../message/limits.ts";
import { encodeText } from "../message/text-plan.ts";

/** submit_multi has the same fields where it matters here. */
export type ContentPdu = PduOf<"submit_sm"> | PduOf<"data_sm">;

export interface PduContent extends Pick<SmsSource, "content" | "encoded" | "options"> {
  /** Which part of a longer text this is, that the customer has cut. */
  readonly part: Concatenation | null;
}

const ESM_CLASS_UDHI = 0x40;
/** dest_addr_subunit 1: the display. */
const SUBUNIT_DISPLAY = 1;
const MESSAGE_CLASS_FLASH = 0;

/** @returns the command status, where it says nothing that can be sent */
export function contentOf(pdu: ContentPdu, alphabet: TextEncoding): PduContent | number {
  const { octets, body, udh, isDamaged } = messageContentOf(pdu);
  if (isDamaged) return (pdu.esmClass & ESM_CLASS_UDHI) === 0 ? S.ROPTPARNOTALLWD : S.RINVESMCLASS;
  const header = udh === null ? headerOfTlvs(pdu) : Buffer.from(octets.subarray(0, udh.headerOctets));
  const part = concatenationOf(pdu);
  const { alphabet: coding } = dataCodingOf(pdu.dataCoding);
  if (coding === "binary") return binaryOf(pdu.dataCoding, header, body, part);
  const shifts = udh === null ? {} : nationalShiftsOf(udh);
  const { text, isDamaged: isUnreadable } = decodeText(body, pdu.dataCoding, {
    ...shifts,
    alphabet0: alphabet,
    alphabet1: "gsm7",
  });
  if (text === null || isUnreadable) return S.RINVDCS;
  // As over HTTP, where a text has a character at least.
  if (text === "") return S.RINVMSGLEN;
  const flash = flashOf(pdu);
  if (header === null) return { content: { text }, options: flash, part };
  const isUcs2 = coding === "ucs2";
  const { encoding, units } = isUcs2 ? ucs2Of(text) : gsm7Of(text, body, shifts, alphabet);
  if (!fits(encoding, units, header.length)) return S.RINVMSGLEN;
  const options = { ...flash, userDataHeader: header.toString("hex"), ...tablesOf(udh) };
  return { content: { text }, encoded: { text, encoding, partCount: 1, refusal: null, beside: {} }, options, part };
}

function binaryOf(
  dataCoding: number,
  header: Buffer | null,
  body: Uint8Array,
  part: Concatenation | null,
): PduContent | number {
  const octets = header === null ? Buffer.from(body) : Buffer.concat([header, body]);
  if (octets.length === 0 || (header !== null && octets.length > BINARY_SINGLE_OCTETS)) return S.RINVMSGLEN;
  const esmClass = header === null ? 0 : ESM_CLASS_UDHI;
  return { content: { hex: octets.toString("hex"), dataCoding, esmClass }, options: null, part };
}

/** sar_ parameters and ports become a header, which every carrier knows. Null: there are none. */
function headerOfTlvs(pdu: ContentPdu): Buffer | null {
  const part = concatenationOf(pdu);
  const [source, destination] = [tlvValue(pdu.tlvs, "sourcePort"), tlvValue(pdu.tlvs, "destinationPort")];
  const elements = part === null ? [] : [concatenationElement(part, 16)];
  if (destination !== undefined) {
    const data = Buffer.alloc(4);
    data.writeUInt16BE(destination, 0);
    data.writeUInt16BE(source ?? 0, 2);
    elements.push({ id: UDH_ELEMENT.ports16, data });
  }
  return elements.length === 0 ? null : buildUdh(elements);
}

function ucs2Of(text: string) {
  return { encoding: "UCS2", units: text.length } as const;
}

/** What came as septets stays so. Latin-1 and the like become what they need. */
function gsm7Of(
  text: string,
  body: Uint8Array,
  { singleShift = 0, lockingShift = 0 }: NationalShifts,
  alphabet: string,
) {
  const isSeptets = alphabet === "gsm7" || singleShift > 0 || lockingShift > 0;
  const plan = encodeText(text);
  if (plan.encoding === "GSM7" || !isSeptets) return { encoding: plan.encoding, units: plan.units } as const;
  return { encoding: "GSM7", units: body.length } as const;
}

function fits(encoding: "GSM7" | "UCS2", units: number, headerOctets: number): boolean {
  if (encoding === "UCS2") return headerOctets + units * 2 <= BINARY_SINGLE_OCTETS;
  return Math.ceil((headerOctets * 8) / 7) + units <= GSM7_SINGLE_SEPTETS;
}

function tablesOf(udh: Udh | null) {
  const { singleShift = 0, lockingShift = 0 } = udh === null ? {} : nationalShiftsOf(udh);
  const nationalTables = { ...(singleShift > 0 && { singleShift }), ...(lockingShift > 0 && { lockingShift }) };
  return Object.keys(nationalTables).length === 0 ? {} : { nationalTables };
}

function flashOf(pdu: ContentPdu): { flash: true } | null {
  const isFlash =
    dataCodingOf(pdu.dataCoding).messageClass === MESSAGE_CLASS_FLASH ||
    tlvValue(pdu.tlvs, "destAddrSubunit") === SUBUNIT_DISPLAY;
  return isFlash ? { flash: true } : null;
}
