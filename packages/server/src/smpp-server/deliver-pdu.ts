/** What waits for a customer, as the deliver_sm that tells of it. */
import {
  encodeText,
  ESM_CLASS,
  formatReceiptText,
  isSmppError,
  MESSAGE_STATE,
  type MessageStateName,
  type PduInputOf,
  type TextEncoding,
  tlv,
} from "@posthorn/smpp";
import { isFinal, type MessageState } from "../message/state.ts";
import type { InboundBody, ReceiptBody } from "../store/smpp-deliveries.ts";

const STATE_NAMES: Readonly<Record<MessageState, MessageStateName>> = {
  held: "ENROUTE",
  queued: "ENROUTE",
  claimed: "ENROUTE",
  submitted: "ENROUTE",
  uncertain: "ENROUTE",
  delivered: "DELIVERED",
  undeliverable: "UNDELIVERABLE",
  expired: "EXPIRED",
  rejected: "REJECTED",
  canceled: "DELETED",
};

/** message_state and the receipt's `stat` of a message. */
export function stateNameOf(state: MessageState): MessageStateName {
  return STATE_NAMES[state];
}

const TON = { unknown: 0, international: 1, networkSpecific: 3, alphanumeric: 5 } as const;
const NPI_E164 = 1;
/** Shorter numbers are short codes, which no country has given out. */
const INTERNATIONAL_DIGITS_MIN = 7;
/** Room in source_addr and destination_addr, without the final NUL. */
const ADDRESS_OCTETS_MAX = 20;
/** Above it the text goes in message_payload. */
const SHORT_MESSAGE_OCTETS_MAX = 254;
const DATA_CODING = { default: 0x00, binary: 0x04, ucs2: 0x08 } as const;
/** `err` has three digits, and network errors of a GSM network one octet of meaning (0x0423, type 3). */
const ERR_MAX = 999;
const ERR_UNKNOWN = 255;
const NETWORK_TYPE_GSM = 3;

type Deliver = PduInputOf<"deliver_sm">;

export function deliverSmOf(body: ReceiptBody | InboundBody, alphabet: TextEncoding): Deliver {
  return body.kind === "receipt" ? receiptOf(body) : inboundOf(body, alphabet);
}

/** Source and destination are those of the message, exchanged, of the types that its submit gave them. */
function receiptOf(body: ReceiptBody): Deliver {
  const { messageId, state, errorId, sender, destination, text, sentAt, doneAt, addresses } = body;
  const stateName = stateNameOf(state);
  const receipt = formatReceiptText({
    id: messageId,
    state: stateName,
    submittedAtMs: sentAt,
    doneAtMs: doneAt,
    errorCode: errorId <= ERR_MAX ? errorId : ERR_UNKNOWN,
    text: text.replaceAll(/[^ -~]/gu, "?"),
  });
  const tlvs = [tlv("receiptedMessageId", messageId), tlv("messageState", MESSAGE_STATE[stateName])];
  if (errorId > 0 && errorId <= ERR_UNKNOWN) {
    tlvs.push(tlv("networkErrorCode", Buffer.from([NETWORK_TYPE_GSM, 0, errorId])));
  }
  return {
    command: "deliver_sm",
    sourceAddrTon: addresses.destination[0],
    sourceAddrNpi: addresses.destination[1],
    sourceAddr: addressOf(destination),
    destAddrTon: addresses.source[0],
    destAddrNpi: addresses.source[1],
    destinationAddr: addressOf(sender),
    esmClass: isFinal(state) ? ESM_CLASS.receipt : ESM_CLASS.intermediateNotification,
    shortMessage: Buffer.from(receipt, "latin1"),
    tlvs,
  };
}

function inboundOf({ sender, destination, text, encoding }: InboundBody, alphabet: TextEncoding): Deliver {
  const { octets, dataCoding } = octetsOf(text, encoding, alphabet);
  const isShort = octets.length <= SHORT_MESSAGE_OCTETS_MAX;
  const [sourceAddrTon, sourceAddrNpi] = typeOf(sender);
  const [destAddrTon, destAddrNpi] = typeOf(destination);
  return {
    command: "deliver_sm",
    sourceAddrTon,
    sourceAddrNpi,
    sourceAddr: addressOf(sender),
    destAddrTon,
    destAddrNpi,
    destinationAddr: addressOf(destination),
    dataCoding,
    ...(isShort ? { shortMessage: octets } : { tlvs: [tlv("messagePayload", octets)] }),
  };
}

function octetsOf(text: string, encoding: string, alphabet: TextEncoding): { octets: Buffer; dataCoding: number } {
  if (encoding === "BINARY") return { octets: Buffer.from(text, "hex"), dataCoding: DATA_CODING.binary };
  try {
    return { octets: encodeText(text, alphabet), dataCoding: DATA_CODING.default };
  } catch (error) {
    if (!isSmppError(error)) throw error;
    return { octets: encodeText(text, "ucs2"), dataCoding: DATA_CODING.ucs2 };
  }
}

function typeOf(address: string): readonly [ton: number, npi: number] {
  if (!/^[0-9]+$/.test(address)) return [TON.alphanumeric, 0];
  return address.length < INTERNATIONAL_DIGITS_MIN ? [TON.networkSpecific, 0] : [TON.international, NPI_E164];
}

/** Addresses are Latin-1; what is not, such as a name that came by another way, is shown as it can be. */
function addressOf(address: string): string {
  return address.replaceAll(/[^ -~\u00a0-\u00ff]/gu, "?").slice(0, ADDRESS_OCTETS_MAX);
}
