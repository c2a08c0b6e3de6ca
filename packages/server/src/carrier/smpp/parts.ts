/** The octets of a message's parts, in the alphabet and with the headers that a carrier's form asks for. */
import {
  buildUdh,
  concatenationElement,
  encodeGsm7,
  encodeText,
  ESM_CLASS,
  fillBitsAfter,
  isSmppError,
  nationalElements,
  nationalShiftsOf,
  type NationalShifts,
  packSeptets,
  parseUdh,
  sarTlvs,
  type Tlv,
  type Udh,
  UDH_ELEMENT,
  type UdhElement,
} from "@posthorn/smpp";
import type { Alphabet } from "../../message/alphabet.ts";
import { parseHex, splitBinary } from "../../message/binary.ts";
import { type SplitForm, splitText } from "../../message/encoding.ts";
import { GSM7 } from "../../message/gsm7.ts";
import { BINARY_PART_OCTETS, BINARY_SINGLE_OCTETS } from "../../message/limits.ts";
import { alphabetOfTables } from "../../message/national/alphabets.ts";
import type { MessageOptions, OutboundMessage } from "../../store/messages.ts";
import type { MessageForm } from "./form.ts";

export interface Part {
  /** With their header. */
  readonly octets: Uint8Array;
  readonly hasHeader: boolean;
  /** They go in message_payload. */
  readonly isPayload?: true;
  readonly sar?: readonly Tlv[];
}

export interface Content {
  readonly parts: readonly Part[];
  readonly dataCoding: number;
  /** Bits of esm_class beside the mode and UDHI. */
  readonly esmClass: number;
  /** It is shown at once, and its data_coding does not say so. */
  readonly isForDisplay: boolean;
}

const DATA_CODING = { default: 0x00, ucs2: 0x08, flash: 0x10, flashUcs2: 0x18 } as const;
/** The octet that counts parts holds no more. */
const CONCATENATED_PARTS_MAX = 255;
const CONCATENATION: ReadonlySet<number> = new Set([UDH_ELEMENT.concatenation8, UDH_ELEMENT.concatenation16]);

/** Null when its header is none, or leaves no room for what is to be sent. */
export function contentOf(
  message: OutboundMessage,
  options: MessageOptions,
  form: MessageForm,
  reference: number,
): Content | null {
  if (message.encoding === "BINARY") return binaryOf(message, options, form, reference);
  if (options.userDataHeader !== undefined) return withOwnHeader(message, options, options.userDataHeader, form);
  return textOf(message, options, form, reference);
}

const textContent = (
  parts: readonly Part[],
  isUcs2: boolean,
  { flash }: MessageOptions,
  form: MessageForm,
): Content => {
  const isFlash = flash === true;
  const marksCoding = isFlash && form.flash === "dataCoding";
  const plain = isUcs2 ? DATA_CODING.ucs2 : DATA_CODING.default;
  const marked = isUcs2 ? DATA_CODING.flashUcs2 : DATA_CODING.flash;
  return {
    parts,
    dataCoding: marksCoding ? marked : plain,
    esmClass: 0,
    isForDisplay: isFlash && form.flash === "subunit",
  };
};

const sendsSeptets = ({ alphabet0 }: MessageForm): boolean => alphabet0 === "gsm7" || alphabet0 === "gsm7packed";

/** Whether the carrier's alphabet for data_coding 0 has every character of a text. */
function carries({ alphabet0 }: MessageForm, text: string): boolean {
  if (alphabet0 === "latin1") return /^[\0-\u00ff]*$/.test(text);
  if (alphabet0 === "ascii") return /^[\0-\u007f]*$/.test(text);
  return true;
}

function textOf(message: OutboundMessage, options: MessageOptions, form: MessageForm, reference: number): Content {
  const alphabet = alphabetFor(message, options, form);
  const { text } = message;
  const isGsm7 = message.encoding === "GSM7" && alphabet !== null && carries(form, text);
  const isWhole = form.longMessages === "payload";
  const referenceBits = form.longMessages === "udh8" ? 8 : 16;
  const cut: SplitForm = isGsm7 ? { referenceBits } : { referenceBits, encoding: "UCS2" };
  const split = splitText(text, alphabet ?? GSM7, cut);
  const tables = isGsm7 && alphabet !== null ? nationalElements(alphabet.national) : [];
  const isSingle = split.parts.length === 1;
  // What a header would name tables for is never longer than one part in a payload.
  if (tables.length === 0 && (isSingle || isWhole)) {
    const octets = isGsm7 ? encodePart(text, form, 0) : encodeText(text, "ucs2");
    const part: Part = isSingle ? { octets, hasHeader: false } : { octets, hasHeader: false, isPayload: true };
    return textContent([part], !isGsm7, options, form);
  }
  const encode = (part: string, headerOctets: number) =>
    isGsm7 ? encodePart(part, form, headerOctets, alphabet?.national) : encodeText(part, "ucs2");
  const parts = partsOf(split.parts, tables, form, reference, encode);
  return textContent(parts, !isGsm7, options, form);
}

/**
 * The alphabet that the text's septets are of; null when it has none here. National tables are told in headers, which
 * a payload that the carrier cuts has not, and mean nothing to carriers that take characters.
 */
function alphabetFor(
  { text }: OutboundMessage,
  { nationalTables }: MessageOptions,
  form: MessageForm,
): Alphabet | null {
  const canNameTables = form.nationalTables && sendsSeptets(form);
  const national = nationalTables === undefined ? undefined : alphabetOfTables(nationalTables);
  if (national !== undefined && canNameTables) {
    if (form.longMessages !== "payload" || splitText(text, national).parts.length === 1) return national;
  }
  return GSM7.measure(text) >= 0 ? GSM7 : null;
}

function encodePart(text: string, form: MessageForm, headerOctets: number, shifts: NationalShifts = {}): Buffer {
  if (!sendsSeptets(form)) return encodeText(text, form.alphabet0);
  const septets = encodeGsm7(text, shifts);
  if (form.alphabet0 === "gsm7") return septets;
  return packSeptets(septets, headerOctets === 0 ? 0 : fillBitsAfter(headerOctets));
}

/** Each part with its header, or with its sar parameters: the two exclude each other (§5.3.2.22). */
function partsOf<Body>(
  bodies: readonly Body[],
  elements: readonly UdhElement[],
  form: MessageForm,
  reference: number,
  encode: (body: Body, headerOctets: number) => Uint8Array,
): readonly Part[] {
  const partCount = bodies.length;
  const usesSar = form.longMessages === "sar" && elements.length === 0;
  const bits = form.longMessages === "udh8" ? 8 : 16;
  return bodies.map((body, index) => {
    const concatenation = { reference: reference & (2 ** bits - 1), partCount, partNumber: index + 1 };
    if (partCount > 1 && usesSar) {
      return { octets: encode(body, 0), hasHeader: false, sar: sarTlvs(concatenation) };
    }
    const all = partCount > 1 ? [concatenationElement(concatenation, bits), ...elements] : elements;
    if (all.length === 0) return { octets: encode(body, 0), hasHeader: false };
    const header = buildUdh(all);
    return { octets: Buffer.concat([header, encode(body, header.length)]), hasHeader: true };
  });
}

/** The customer has cut the text, or named ports: one part, whose header goes as it is. */
function withOwnHeader(
  message: OutboundMessage,
  options: MessageOptions,
  userDataHeader: string,
  form: MessageForm,
): Content | null {
  const octets = Buffer.from(userDataHeader, "hex");
  const udh = parseUdh(octets);
  if (udh === null || udh.headerOctets !== octets.length) return null;
  const { text } = message;
  if (message.encoding === "GSM7") {
    const body = ownSeptets(text, udh, form);
    if (body !== null)
      return textContent([{ octets: Buffer.concat([octets, body]), hasHeader: true }], false, options, form);
  }
  const isNational = ({ id }: UdhElement) =>
    id === UDH_ELEMENT.nationalSingleShift || id === UDH_ELEMENT.nationalLockingShift;
  const header = message.encoding === "GSM7" ? headerOf(udh.elements.filter((each) => !isNational(each))) : octets;
  const part = Buffer.concat([header, encodeText(text, "ucs2")]);
  if (part.length > BINARY_SINGLE_OCTETS) return null;
  return textContent([{ octets: part, hasHeader: header.length > 0 }], true, options, form);
}

const headerOf = (elements: readonly UdhElement[]): Buffer =>
  elements.length === 0 ? Buffer.alloc(0) : buildUdh(elements);

/** Null when the carrier's alphabet cannot say it. */
function ownSeptets(text: string, udh: Udh, form: MessageForm): Buffer | null {
  const shifts = nationalShiftsOf(udh);
  const isNational = (shifts.singleShift ?? 0) > 0 || (shifts.lockingShift ?? 0) > 0;
  if (!sendsSeptets(form) && (isNational || !carries(form, text))) return null;
  try {
    return encodePart(text, form, udh.headerOctets, shifts);
  } catch (error) {
    if (!isSmppError(error)) throw error;
    return null;
  }
}

interface BinaryOptions {
  readonly dataCoding?: number;
  readonly esmClass?: number;
}

/** Octets as the customer gave them, header and all. */
function binaryOf(
  message: OutboundMessage,
  options: MessageOptions,
  form: MessageForm,
  reference: number,
): Content | null {
  const { dataCoding = 0, esmClass = 0 } = (options.content ?? {}) as BinaryOptions;
  const octets = parseHex(message.text, message.text.length);
  if (octets === undefined) return null;
  const content = { dataCoding, esmClass: esmClass & ESM_CLASS.replyPath, isForDisplay: false };
  if ((esmClass & ESM_CLASS.udhi) === 0)
    return withParts(content, binaryParts(octets, dataCoding, [], form, reference));
  const udh = parseUdh(octets);
  if (udh === null) return null;
  if (octets.length <= BINARY_SINGLE_OCTETS) return { ...content, parts: [{ octets, hasHeader: true }] };
  // A part of a longer message cannot be cut again.
  if (udh.elements.some(({ id }) => CONCATENATION.has(id))) return null;
  const body = octets.subarray(udh.headerOctets);
  return withParts(content, binaryParts(body, dataCoding, udh.elements, form, reference));
}

function withParts(content: Omit<Content, "parts">, parts: readonly Part[] | null): Content | null {
  return parts === null ? null : { ...content, parts };
}

/** Null when the header leaves so little room that the parts cannot be counted. */
function binaryParts(
  body: Uint8Array,
  dataCoding: number,
  elements: readonly UdhElement[],
  form: MessageForm,
  reference: number,
): readonly Part[] | null {
  if (form.longMessages === "payload" && elements.length === 0 && body.length > BINARY_SINGLE_OCTETS) {
    return [{ octets: body, hasHeader: false, isPayload: true }];
  }
  // The elements stand in every part: without them a phone would not know what to do with it.
  const ownOctets = elements.reduce((sum, { data }) => sum + 2 + data.length, 0);
  const part = BINARY_PART_OCTETS - (form.longMessages === "udh8" ? 0 : 1) - ownOctets;
  if (part * CONCATENATED_PARTS_MAX < body.length + CONCATENATED_PARTS_MAX) return null;
  const single = ownOctets === 0 ? BINARY_SINGLE_OCTETS : 0;
  return partsOf(splitBinary(body, dataCoding, { single, part }), elements, form, reference, (octets) => octets);
}
