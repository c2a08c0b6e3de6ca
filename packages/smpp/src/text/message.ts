/** What a submit_sm, deliver_sm or data_sm says: where its octets are, its part, its text. */
import type { PduOf } from "../codec/pdu.ts";
import { type Tlv, tlv, tlvValue } from "../codec/tlv.ts";
import { fillBitsAfter } from "./septets.ts";
import { type DecodedText, decodeText, type DecodeTextOptions } from "./text.ts";
import {
  checkConcatenation,
  type Concatenation,
  concatenationOfUdh,
  nationalShiftsOf,
  parseUdh,
  saneConcatenation,
  type Udh,
} from "./udh.ts";

/** Bits of esm_class (SMPP 3.4 §5.2.12). */
export const ESM_CLASS = {
  typeMask: 0x3c,
  receipt: 0x04,
  deliveryAcknowledgement: 0x08,
  userAcknowledgement: 0x10,
  intermediateNotification: 0x20,
  udhi: 0x40,
  replyPath: 0x80,
} as const;

export type MessagePdu = PduOf<"submit_sm"> | PduOf<"deliver_sm"> | PduOf<"data_sm">;

export interface MessageContent {
  /** As it travels, with the user data header. */
  readonly octets: Uint8Array;
  /** Without it. */
  readonly body: Uint8Array;
  /** Null when esm_class promises none, or when what is there is none. */
  readonly udh: Udh | null;
  /** esm_class promises a header that is longer than the message, or there are both a short message and a payload. */
  readonly isDamaged: boolean;
}

const NOTHING = new Uint8Array(0);

/** short_message, or message_payload where that is empty (§5.3.2.32). */
export function messageContentOf(pdu: MessagePdu): MessageContent {
  const payload = tlvValue(pdu.tlvs, "messagePayload");
  const shortMessage = pdu.command === "data_sm" ? undefined : pdu.shortMessage;
  const hasBoth = shortMessage !== undefined && shortMessage.length > 0 && (payload?.length ?? 0) > 0;
  const octets = shortMessage !== undefined && shortMessage.length > 0 ? shortMessage : (payload ?? NOTHING);
  if ((pdu.esmClass & ESM_CLASS.udhi) === 0) return { octets, body: octets, udh: null, isDamaged: hasBoth };
  const udh = parseUdh(octets);
  const body = udh === null ? octets : octets.subarray(udh.headerOctets);
  return { octets, body, udh, isDamaged: hasBoth || udh === null };
}

/** Which part of a longer message this is, by its header or by its sar_ parameters; null when it is whole. */
export function concatenationOf(pdu: MessagePdu): Concatenation | null {
  const { udh } = messageContentOf(pdu);
  const inHeader = udh === null ? null : concatenationOfUdh(udh);
  if (inHeader !== null) return inHeader;
  const reference = tlvValue(pdu.tlvs, "sarMsgRefNum");
  const partCount = tlvValue(pdu.tlvs, "sarTotalSegments");
  const partNumber = tlvValue(pdu.tlvs, "sarSegmentSeqnum");
  // All three or none (§5.3.2.22).
  if (reference === undefined || partCount === undefined || partNumber === undefined) return null;
  return saneConcatenation({ reference, partCount, partNumber });
}

/** The sar_ parameters of a part; they and a user data header exclude each other. */
export function sarTlvs(concatenation: Concatenation): readonly Tlv[] {
  checkConcatenation(concatenation, 16);
  return [
    tlv("sarMsgRefNum", concatenation.reference),
    tlv("sarTotalSegments", concatenation.partCount),
    tlv("sarSegmentSeqnum", concatenation.partNumber),
  ];
}

/** The text, with the national tables that its header names. Never throws on what a peer sent. */
export function messageTextOf(
  pdu: MessagePdu,
  options: Pick<DecodeTextOptions, "alphabet0" | "alphabet1"> = {},
): DecodedText {
  const { body, udh, isDamaged } = messageContentOf(pdu);
  const header = udh === null ? {} : { ...nationalShiftsOf(udh), fillBits: fillBitsAfter(udh.headerOctets) };
  const decoded = decodeText(body, pdu.dataCoding, { ...options, ...header });
  return isDamaged ? { ...decoded, isDamaged } : decoded;
}
