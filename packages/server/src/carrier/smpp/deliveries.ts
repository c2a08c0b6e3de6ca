/** What a deliver_sm or data_sm brings: a receipt, a message from a phone, or nothing that concerns us. */
import { ERROR, ERRORS, STATUS } from "@posthorn/contract";
import {
  dataCodingOf,
  decodeText,
  ESM_CLASS,
  fillBitsAfter,
  messageContentOf,
  type MessageContent,
  type MessageStateName,
  parseReceiptDate,
  type PduOf,
  type Receipt,
  receiptOf,
  tlvValue,
  unpackSeptets,
} from "@posthorn/smpp";
import { VALIDITY_MAX_MS } from "../../message/limits.ts";
import { RECEIPT_GRACE_MS } from "../../store/messages.ts";
import type { CarrierInbound, CarrierReceipt } from "../carrier.ts";
import { type MessageForm, receiptErrorKey } from "./form.ts";
import { everyReading, type OfferedIds } from "./notation.ts";
import { numberOf, phoneDigitsOf } from "./numbers.ts";

export type Delivery =
  | { readonly kind: "receipt"; readonly receipt: CarrierReceipt; readonly rawIds: readonly string[] }
  | { readonly kind: "inbound"; readonly message: CarrierInbound }
  /** To be acknowledged and counted: an intermediate state, or something that nobody can read. */
  | { readonly kind: "nothing"; readonly reason: string };

type DeliveryPdu = PduOf<"deliver_sm"> | PduOf<"data_sm">;

const CONVERSATION_ABORT = 0x18;

/** What ids of a receipt may have been in the answer; null for no id at all. */
export type ReadIds = (rawIds: readonly string[]) => OfferedIds | null;

/**
 * @param receivedAt milliseconds since 1970
 * @param readIds in every notation that the carrier may use, unless given
 * @returns nothing that is a view of what was read
 */
export function deliveryOf(
  pdu: DeliveryPdu,
  form: MessageForm,
  receivedAt: number,
  readIds: ReadIds = (rawIds) => everyReading(rawIds, form.messageIds),
): Delivery {
  const type = pdu.esmClass & ESM_CLASS.typeMask;
  // Some carriers mark their receipts as the phone's own acknowledgement.
  const isAcknowledgement = type === ESM_CLASS.deliveryAcknowledgement;
  const receipt = receiptOf(pdu, { isKnownByText: form.isReceiptKnownByText || isAcknowledgement });
  if (receipt !== null && !isMessageWithId(type, receipt)) {
    return receiptDelivery(pdu, receipt, form, receivedAt, readIds);
  }
  if (isAcknowledgement) return { kind: "nothing", reason: "an acknowledgement by the phone" };
  if (type === CONVERSATION_ABORT) return { kind: "nothing", reason: "the end of a conversation" };
  return { kind: "inbound", message: inboundOf(pdu, form, receivedAt) };
}

/** A few carriers number the messages of phones with receipted_message_id, too. */
function isMessageWithId(type: number, { state, fields }: Receipt): boolean {
  return type === 0 && state === null && fields.stat === undefined;
}

/** How messages end, by message_state (§5.2.28). States that are not here are not the end. */
export const ENDS: Readonly<Partial<Record<MessageStateName, Pick<CarrierReceipt, "state" | "statusId">>>> = {
  DELIVERED: { state: "delivered", statusId: STATUS.DELIVERED_TO_HANDSET },
  EXPIRED: { state: "expired", statusId: STATUS.EXPIRED_EXPIRED },
  DELETED: { state: "undeliverable", statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED },
  UNDELIVERABLE: { state: "undeliverable", statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED },
  UNKNOWN: { state: "expired", statusId: STATUS.EXPIRED_DLR_UNKNOWN },
  // The carrier refused it, not we, so it is no state of group REJECTED.
  REJECTED: { state: "undeliverable", statusId: STATUS.UNDELIVERABLE_REJECTED_OPERATOR },
  SKIPPED: { state: "undeliverable", statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED },
};

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

function receiptDelivery(
  pdu: DeliveryPdu,
  read: Receipt,
  form: MessageForm,
  receivedAt: number,
  readIds: ReadIds,
): Delivery {
  const { messageIds: rawIds, state, isIntermediate, fields } = read;
  if (state === null)
    return { kind: "nothing", reason: `a receipt without a state that is known (${shown(fields.stat)})` };
  const end = ENDS[state];
  if (isIntermediate || end === undefined) return { kind: "nothing", reason: `the intermediate state ${state}` };
  const ids = readIds(rawIds);
  if (ids === null) return { kind: "nothing", reason: "a receipt without an id" };
  // Member by member: there are many receipts, and spreading objects into one copies each by name.
  const receipt: Writable<CarrierReceipt> = {
    carrierMessageId: ids.carrierMessageId,
    state: end.state,
    statusId: end.statusId,
    errorId: errorIdOf(read, end.state, form),
    doneAt: doneAtOf(read, form, receivedAt),
  };
  if (ids.otherIds !== undefined) receipt.otherIds = ids.otherIds;
  addPhones(receipt, pdu, form);
  const reference = tlvValue(pdu.tlvs, "userMessageReference");
  if (reference !== undefined) receipt.reference = reference;
  return { kind: "receipt", rawIds, receipt };
}

const SHOWN_CHARACTERS_MAX = 20;

function shown(stat: string | undefined): string {
  return stat === undefined ? "none" : stat.slice(0, SHOWN_CHARACTERS_MAX);
}

/** The specification has the phone in the source, and some programs keep the message's order: a name is no phone. */
function addPhones(
  receipt: Writable<CarrierReceipt>,
  { sourceAddr, destinationAddr }: DeliveryPdu,
  { receiptPhone }: MessageForm,
) {
  if (receiptPhone === "none") return;
  const source = receiptPhone === "destination" ? undefined : phoneDigitsOf(sourceAddr);
  const destination = receiptPhone === "source" ? undefined : phoneDigitsOf(destinationAddr);
  const likelier = source ?? destination;
  if (likelier !== undefined) receipt.destination = likelier;
  if (source !== undefined && destination !== undefined) receipt.otherDestination = destination;
}

/** Of network_error_code: GSM (§5.3.2.31), where the code is MAP's, whose numbers Infobip's errors have, too. */
const NETWORK_TYPE_GSM = 3;
const NETWORK_ERROR_IDS: ReadonlySet<number> = new Set(
  ERRORS.filter(({ groupName }) => groupName === "HANDSET_ERRORS" || groupName === "OPERATOR_ERRORS").map(
    ({ id }) => id,
  ),
);

function errorIdOf({ fields, networkError }: Receipt, state: CarrierReceipt["state"], form: MessageForm): number {
  if (state === "delivered") return ERROR.NO_ERROR;
  const own = fields.err === undefined ? undefined : form.receiptErrors.get(receiptErrorKey(fields.err));
  if (own !== undefined) return own;
  const code = networkError?.networkType === NETWORK_TYPE_GSM ? networkError.code : ERROR.NO_ERROR;
  return NETWORK_ERROR_IDS.has(code) ? code : ERROR.EC_UNKNOWN_ERROR;
}

/** An end that is longer ago than a message can wait for its receipt was written by a wrong clock. */
const DONE_AGO_MAX_MS = VALIDITY_MAX_MS + RECEIPT_GRACE_MS;

/** Dates of appendix B have minutes only. */
const MINUTES_DIGITS = 10;
const MINUTE_MS = 60_000;

/** Our own time where the carrier's cannot be, or says no more: no date, before the submission, in the future. */
function doneAtOf({ fields }: Receipt, form: MessageForm, receivedAt: number): number {
  const read = (date: string | undefined) =>
    date === undefined ? null : parseReceiptDate(date, form.receiptOffsetMinutes);
  const doneAt = read(fields.doneDate);
  const submittedAt = read(fields.submitDate);
  const isPlausible =
    doneAt !== null &&
    doneAt <= receivedAt &&
    doneAt > receivedAt - DONE_AGO_MAX_MS &&
    (submittedAt === null || doneAt >= submittedAt);
  if (!isPlausible) return receivedAt;
  // The minute that has just begun: it may have ended before the message was sent, if its first second is taken.
  const isThisMinute = fields.doneDate?.length === MINUTES_DIGITS && receivedAt - doneAt < MINUTE_MS;
  return isThisMinute ? receivedAt : doneAt;
}

function inboundOf(pdu: DeliveryPdu, form: MessageForm, receivedAt: number): CarrierInbound {
  const content = messageContentOf(pdu);
  const { udh, octets } = content;
  const sar = sarOf(pdu);
  return {
    channel: "SMS",
    sender: numberOf(pdu.sourceAddr, pdu.sourceAddrTon, form),
    destination: numberOf(pdu.destinationAddr, pdu.destAddrTon, form),
    content: inboundContentOf(content, pdu.dataCoding, form),
    ...(udh === null ? {} : { udh: copy(octets.subarray(1, udh.headerOctets)) }),
    ...(sar === null ? {} : { sar }),
    receivedAt,
    carrierMessageId: tlvValue(pdu.tlvs, "receiptedMessageId") ?? null,
  };
}

const copy = (octets: Uint8Array): Uint8Array => Uint8Array.from(octets);

function sarOf({ tlvs }: DeliveryPdu): NonNullable<CarrierInbound["sar"]> | null {
  const reference = tlvValue(tlvs, "sarMsgRefNum");
  const count = tlvValue(tlvs, "sarTotalSegments");
  const number = tlvValue(tlvs, "sarSegmentSeqnum");
  return reference === undefined || count === undefined || number === undefined ? null : { reference, number, count };
}

/** Octets wherever parts may be cut inside of a character; a text only of alphabets that nobody else reads. */
function inboundContentOf(
  { body, udh }: MessageContent,
  dataCoding: number,
  form: MessageForm,
): CarrierInbound["content"] {
  const { alphabet } = dataCodingOf(dataCoding);
  if (alphabet === "default") {
    if (form.alphabet0 === "gsm7packed") {
      const fillBits = udh === null ? 0 : fillBitsAfter(udh.headerOctets);
      return { encoding: "GSM7", octets: copy(unpackSeptets(body, fillBits)) };
    }
    return { encoding: form.alphabet0 === "gsm7" ? "GSM7" : "LATIN1", octets: copy(body) };
  }
  if (alphabet === "ucs2") return { encoding: "UCS2", octets: copy(body) };
  if (alphabet === "latin1" || alphabet === "ascii") return { encoding: "LATIN1", octets: copy(body) };
  const text = alphabet === "binary" ? null : decodeText(body, dataCoding).text;
  return text ?? { encoding: "BINARY", octets: copy(body) };
}
