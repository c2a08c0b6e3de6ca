/**
 * Receipts: SMPP 3.4 has their states as optional parameters, and a text in appendix B that is an example only. Every
 * platform writes its own variant of it, so the reader demands nothing: any key may be missing, repeated or elsewhere.
 */
import { tlvValue } from "../codec/tlv.ts";
import { fieldError } from "../errors.ts";
import { parseAppendixB, type ReceiptText } from "./appendix-b.ts";
import { ESM_CLASS, type MessagePdu, messageContentOf } from "./message.ts";
import { dataCodingOf, decodeText } from "./text.ts";

export type { ReceiptText };

/** Values of message_state (§5.2.28); 0 and 9 are SMPP 5.0's. */
export const MESSAGE_STATE = {
  SCHEDULED: 0,
  ENROUTE: 1,
  DELIVERED: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIVERABLE: 5,
  ACCEPTED: 6,
  UNKNOWN: 7,
  REJECTED: 8,
  SKIPPED: 9,
} as const;

export type MessageStateName = keyof typeof MESSAGE_STATE;

const STATE_NAMES = Object.keys(MESSAGE_STATE) as readonly MessageStateName[];

/** By the beginning of `stat`, in capitals: seven characters by the specification, any length in the world. */
const STATE_PREFIXES: readonly (readonly [string, MessageStateName])[] = [
  ["DELIV", "DELIVERED"],
  ["EXPIR", "EXPIRED"],
  ["DELET", "DELETED"],
  ["UNDEL", "UNDELIVERABLE"],
  ["FAIL", "UNDELIVERABLE"],
  ["NOROUTE", "UNDELIVERABLE"],
  ["ACCEP", "ACCEPTED"],
  ["UNKN", "UNKNOWN"],
  ["REJEC", "REJECTED"],
  ["ENROU", "ENROUTE"],
  ["BUFFER", "ENROUTE"],
  ["SCHED", "SCHEDULED"],
  ["SKIP", "SKIPPED"],
];

/** Null for a word that nobody knows. */
export function messageStateOfStat(stat: string): MessageStateName | null {
  const upper = stat.toUpperCase();
  return STATE_PREFIXES.find(([prefix]) => upper.startsWith(prefix))?.[1] ?? null;
}

const KEY = /(?<![\w-])(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text):/gi;

const FIELDS: Readonly<Record<string, keyof ReceiptText>> = {
  id: "id",
  sub: "sub",
  dlvrd: "dlvrd",
  submitdate: "submitDate",
  donedate: "doneDate",
  stat: "stat",
  err: "err",
  text: "text",
};

/** Never throws; a text without any key gives an object without any field. */
export function parseReceiptText(text: string): ReceiptText {
  const found: { -readonly [Name in keyof ReceiptText]: ReceiptText[Name] } = {};
  const keys = [...text.matchAll(KEY)];
  for (const [index, match] of keys.entries()) {
    const field = FIELDS[(match[1] ?? "").toLowerCase().replace(/[ _]/, "")];
    if (field === undefined) continue;
    const start = match.index + match[0].length;
    // The message's own words may hold anything, also keys, so they go to the end and are the last field.
    if (field === "text") {
      found.text ??= text.slice(start);
      break;
    }
    const value = text.slice(start, keys[index + 1]?.index ?? text.length).trim();
    found[field] ??= value.split(/\s/, 1)[0] ?? "";
  }
  return found;
}

const DATE = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/;
const DIGITS_WITH_CENTURY = 14;

/** The two dates that were read last: most receipts tell of the same minutes, or seconds, as the one before. */
let newest: { readonly digits: string; readonly timeMs: number | null } = { digits: "", timeMs: null };
let other = newest;

/**
 * Milliseconds since 1970 of a receipt's date: 10 digits, 12 with seconds, 14 with the century, too. Null for anything
 * else, so that the time of arrival is used.
 *
 * @param offsetMinutes how far the carrier's clock is ahead of UTC.
 */
export function parseReceiptDate(digits: string, offsetMinutes = 0): number | null {
  if (digits !== newest.digits) {
    [newest, other] = [other, newest];
    if (digits !== newest.digits) newest = { digits, timeMs: timeOf(digits) };
  }
  return newest.timeMs === null ? null : newest.timeMs - offsetMinutes * 60_000;
}

/** In UTC. */
function timeOf(digits: string): number | null {
  const hasCentury = digits.length === DIGITS_WITH_CENTURY;
  const match = DATE.exec(hasCentury ? digits.slice(2) : digits);
  if (match === null) return null;
  const [shortYear = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const year = hasCentury ? Number(digits.slice(0, 4)) : 2000 + shortYear;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal ? date.getTime() : null;
}

export interface Receipt {
  /** The optional parameter's id first, then the text's where it differs. May be empty. */
  readonly messageIds: readonly string[];
  /** The optional parameter's state, or else the text's. Null when neither says one that is known. */
  readonly state: MessageStateName | null;
  readonly isIntermediate: boolean;
  readonly networkError: { readonly networkType: number; readonly code: number } | null;
  /** What stood in the text, such as `err`, in the carrier's own numbering. */
  readonly fields: ReceiptText;
}

export interface ReceiptOptions {
  /** Take texts that look like a receipt for one, although esm_class says nothing. For carriers that need it. */
  readonly isKnownByText?: boolean;
}

function networkErrorOf(value: Uint8Array | undefined): Receipt["networkError"] {
  if (value === undefined) return null;
  const [networkType = 0, high = 0, low = 0] = value;
  return { networkType, code: high * 256 + low };
}

function idsOf(tlvId = "", textId = ""): readonly string[] {
  if (tlvId === "" || tlvId === textId) return textId === "" ? [] : [textId];
  return textId === "" ? [tlvId] : [tlvId, textId];
}

/** Null when the PDU is no receipt but a message from a phone. Never throws on what a peer sent. */
export function receiptOf(pdu: MessagePdu, options: ReceiptOptions = {}): Receipt | null {
  const type = pdu.esmClass & ESM_CLASS.typeMask;
  const byType = type === ESM_CLASS.receipt || type === ESM_CLASS.intermediateNotification;
  const tlvId = tlvValue(pdu.tlvs, "receiptedMessageId");
  if (!byType && tlvId === undefined && options.isKnownByText !== true) return null;
  const { body } = messageContentOf(pdu);
  const isUcs2 = dataCodingOf(pdu.dataCoding).alphabet === "ucs2";
  let fields = isUcs2 ? null : parseAppendixB(body, tlvId);
  if (fields === null) {
    // Latin-1 also under data_coding 0: platforms write receipts in ASCII, and `_` in an id is another sign in GSM 7.
    const text = decodeText(body, isUcs2 ? 0x08 : 0x03).text ?? "";
    if (!byType && tlvId === undefined && !/^\s*id:.*\bstat:/is.test(text)) return null;
    fields = parseReceiptText(text);
  }
  const tlvState = tlvValue(pdu.tlvs, "messageState");
  const known = tlvState === undefined ? undefined : STATE_NAMES[tlvState];
  return {
    messageIds: idsOf(tlvId, fields.id),
    state: known ?? (fields.stat === undefined ? null : messageStateOfStat(fields.stat)),
    isIntermediate: type === ESM_CLASS.intermediateNotification,
    networkError: networkErrorOf(tlvValue(pdu.tlvs, "networkErrorCode")),
    fields,
  };
}

export type MessageIdNotation = "raw" | "hex" | "decimal";

/** Visible ASCII without small letters, and no zero in front: an id that is what it becomes, as most are. */
const CANONICAL = /^[!-/1-`{-~][!-`{-~]*$/;

/**
 * One notation for an id that comes in several: carriers answer hexadecimal and report decimal, pad with zeros and
 * change case. Ids have up to 64 digits, so numbers are BigInt; what is no number is treated as raw.
 */
export function canonicalMessageId(id: string, notation: MessageIdNotation): string {
  if (notation === "raw" && CANONICAL.test(id)) return id;
  const trimmed = id.trim();
  if (notation === "hex" && /^[\da-f]{1,64}$/i.test(trimmed)) return BigInt(`0x${trimmed}`).toString();
  if (notation === "decimal" && /^\d{1,64}$/.test(trimmed)) return BigInt(trimmed).toString();
  return trimmed.toUpperCase().replace(/^0+(?=.)/, "");
}

export interface WriteReceipt {
  readonly id: string;
  readonly state: MessageStateName;
  /** Milliseconds since 1970. */
  readonly submittedAtMs: number;
  readonly doneAtMs: number;
  /** 0 to 999. */
  readonly errorCode?: number;
  /** Its first 20 characters are written. */
  readonly text?: string;
}

/** Appendix B's seven letters. */
const STATS: Readonly<Record<MessageStateName, string>> = {
  SCHEDULED: "SCHEDLD",
  ENROUTE: "ENROUTE",
  DELIVERED: "DELIVRD",
  EXPIRED: "EXPIRED",
  DELETED: "DELETED",
  UNDELIVERABLE: "UNDELIV",
  ACCEPTED: "ACCEPTD",
  UNKNOWN: "UNKNOWN",
  REJECTED: "REJECTD",
  SKIPPED: "SKIPPED",
};

const RECEIPT_TEXT_LENGTH_MAX = 20;

const MINUTE_MS = 60_000;
/** The last date that was written: a busy minute has thousands of receipts, and each of them has it twice. */
let lastDate = { minute: Number.NaN, text: "" };

/** YYMMDDhhmm in UTC. */
function receiptDate(timeMs: number): string {
  const minute = Math.floor(timeMs / MINUTE_MS);
  if (minute !== lastDate.minute) {
    lastDate = { minute, text: new Date(timeMs).toISOString().slice(2, 16).replaceAll(/\D/g, "") };
  }
  return lastDate.text;
}

/** The text of appendix B, one message of one part, with dates in UTC. */
export function formatReceiptText(receipt: WriteReceipt): string {
  const { id, state, submittedAtMs, doneAtMs, errorCode = 0, text = "" } = receipt;
  if (!/^[!-~]{1,64}$/.test(id)) throw fieldError("id", "has 1 to 64 visible ASCII characters");
  if (!Number.isInteger(errorCode) || errorCode < 0 || errorCode > 999) throw fieldError("errorCode", "is 0 to 999");
  const delivered = state === "DELIVERED" ? "001" : "000";
  const dates = `submit date:${receiptDate(submittedAtMs)} done date:${receiptDate(doneAtMs)}`;
  const isShort = text.length <= RECEIPT_TEXT_LENGTH_MAX;
  const shown = isShort ? text : Array.from(text).slice(0, RECEIPT_TEXT_LENGTH_MAX).join("");
  const err = String(errorCode).padStart(3, "0");
  return `id:${id} sub:001 dlvrd:${delivered} ${dates} stat:${STATS[state]} err:${err} text:${shown}`;
}
