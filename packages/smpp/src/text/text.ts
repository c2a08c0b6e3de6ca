/** Text in the alphabets that data_coding names (SMPP 3.4 §5.2.19). */
import { fieldError } from "../errors.ts";
import { decodeGsm7, type EncodeGsm7Options, encodeGsm7, type NationalShifts } from "./gsm7.ts";
import { packSeptets, unpackSeptets } from "./septets.ts";

/** How text is written in octets. What data_coding 0 means is the carrier's choice: any of them but ucs2 has been seen. */
export type TextEncoding = "gsm7" | "gsm7packed" | "ascii" | "latin1" | "ucs2";

export interface EncodeTextOptions extends EncodeGsm7Options {
  /** For gsm7packed after a user data header: see `fillBitsAfter`. */
  readonly fillBits?: number;
}

function isWithin(text: string, codeMax: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > codeMax) return false;
  return true;
}

function singleOctets(text: string, codeMax: number, substitute: string | undefined): Buffer {
  if (isWithin(text, codeMax)) return Buffer.from(text, "latin1");
  const octets = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code > codeMax && substitute === undefined) throw fieldError("text", `has ${character} outside its alphabet`);
    octets[length++] = code > codeMax ? (substitute as string).charCodeAt(0) : code;
  }
  return octets.subarray(0, length);
}

/** @throws SmppError `SMPP_FIELD_INVALID` on a character that the encoding does not have, unless there is a substitute. */
export function encodeText(text: string, encoding: TextEncoding, options: EncodeTextOptions = {}): Buffer {
  switch (encoding) {
    case "gsm7":
      return encodeGsm7(text, options);
    case "gsm7packed":
      return packSeptets(encodeGsm7(text, options), options.fillBits);
    case "ascii":
      return singleOctets(text, 0x7f, options.substitute);
    case "latin1":
      return singleOctets(text, 0xff, options.substitute);
    case "ucs2":
      return Buffer.from(text, "utf16le").swap16();
  }
}

/** What data_coding says of the octets. `binary` is no text; a label is one that TextDecoder knows. */
export interface DataCoding {
  readonly alphabet: "default" | "ascii" | "latin1" | "ucs2" | "binary" | { readonly label: string };
  /** 0 is a flash message; undefined when none is given. */
  readonly messageClass: number | undefined;
}

const OTHER_ALPHABETS: Readonly<Record<number, DataCoding["alphabet"]>> = {
  0x01: "ascii",
  0x02: "binary",
  0x03: "latin1",
  0x04: "binary",
  0x05: { label: "shift_jis" },
  0x06: { label: "iso-8859-5" },
  0x07: { label: "iso-8859-8" },
  0x08: "ucs2",
  0x09: "binary",
  0x0a: { label: "iso-2022-jp" },
  0x0d: { label: "euc-jp" },
  0x0e: { label: "euc-kr" },
};

function readDataCoding(dataCoding: number): DataCoding {
  if (dataCoding < 0x10) return { alphabet: OTHER_ALPHABETS[dataCoding] ?? "default", messageClass: undefined };
  if (dataCoding >= 0xf0)
    return { alphabet: (dataCoding & 4) === 0 ? "default" : "binary", messageClass: dataCoding & 3 };
  if (dataCoding >= 0xe0) return { alphabet: "ucs2", messageClass: undefined };
  if (dataCoding >= 0x80) return { alphabet: "default", messageClass: undefined };
  const alphabet = (["default", "binary", "ucs2", "default"] as const)[(dataCoding >> 2) & 3] ?? "default";
  return { alphabet, messageClass: (dataCoding & 0x10) === 0 ? undefined : dataCoding & 3 };
}

const DATA_CODINGS = Array.from({ length: 256 }, (_, dataCoding) => readDataCoding(dataCoding));

/** SMPP's own values below 0x10; above it the groups of 3GPP TS 23.038 clause 4, which vendors use as they are. */
export function dataCodingOf(dataCoding: number): DataCoding {
  return DATA_CODINGS[dataCoding] ?? readDataCoding(dataCoding);
}

export interface DecodeTextOptions extends NationalShifts {
  /** What this peer means by data_coding 0 (`gsm7`), and by 1 (`ascii`). */
  readonly alphabet0?: TextEncoding;
  readonly alphabet1?: TextEncoding;
  readonly fillBits?: number;
}

export interface DecodedText {
  /** Null when the octets are no text, or of an alphabet that this platform cannot read. */
  readonly text: string | null;
  /** Something was left out or could not be read. */
  readonly isDamaged: boolean;
}

function decodeUcs2(octets: Uint8Array): DecodedText {
  // Treated as UTF-16, as everybody does; half a unit at the end is left out.
  const isOdd = octets.length % 2 === 1;
  const swapped = Buffer.from(octets.subarray(0, octets.length - (isOdd ? 1 : 0))).swap16();
  return { text: swapped.toString("utf16le"), isDamaged: isOdd };
}

function decodeAs(octets: Uint8Array, encoding: TextEncoding, options: DecodeTextOptions): DecodedText {
  switch (encoding) {
    case "gsm7":
      return flagged(decodeGsm7(octets, options));
    case "gsm7packed":
      return flagged(decodeGsm7(unpackSeptets(octets, options.fillBits), options));
    case "ascii":
    case "latin1":
      return { text: Buffer.from(octets).toString("latin1"), isDamaged: false };
    case "ucs2":
      return decodeUcs2(octets);
  }
}

const flagged = (text: string): DecodedText => ({ text, isDamaged: text.includes("\ufffd") });

/** The text of a message without its user data header. Never throws on what a peer sent. */
export function decodeText(octets: Uint8Array, dataCoding: number, options: DecodeTextOptions = {}): DecodedText {
  const { alphabet } = dataCodingOf(dataCoding);
  if (alphabet === "default") return decodeAs(octets, options.alphabet0 ?? "gsm7", options);
  if (alphabet === "ascii") return decodeAs(octets, options.alphabet1 ?? "ascii", options);
  if (alphabet === "latin1" || alphabet === "ucs2") return decodeAs(octets, alphabet, options);
  if (alphabet === "binary") return { text: null, isDamaged: false };
  try {
    return flagged(new TextDecoder(alphabet.label).decode(octets));
  } catch {
    // A platform with few alphabets; the octets are still there.
    return { text: null, isDamaged: true };
  }
}
