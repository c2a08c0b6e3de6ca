/** What is read from a submitted PDU. */
import { latin1 } from "../codec/latin1.ts";
import { messageTextOf } from "../text/message.ts";
import type { MessageStateName } from "../text/receipt.ts";
import type { SubmittedPdu } from "./behaviour.ts";
import { isIntermediateState } from "./receipt-form.ts";

const RECEIPT_TEXT_OCTETS = 20;
const UNPRINTABLE = /[^ -~]/;
const SEVEN_BITS: ReadonlySet<number> = new Set([0, 1, 3]);

/** Bits of registered_delivery (SMPP 3.4 §5.2.17); 3 is SMPP 5.0's. */
const FINAL_MASK = 0x03;
const INTERMEDIATE_BIT = 0x10;

/** Whether registered_delivery asks for a receipt of this state. */
export function isRequested(registeredDelivery: number, state: MessageStateName): boolean {
  if (isIntermediateState(state)) return (registeredDelivery & INTERMEDIATE_BIT) !== 0;
  const isSuccess = state === "DELIVERED";
  const wish = registeredDelivery & FINAL_MASK;
  return wish === 1 || (wish === 2 && !isSuccess) || (wish === 3 && isSuccess);
}

export function beginningOf(pdu: SubmittedPdu): string {
  if (pdu.command === "data_sm" || !SEVEN_BITS.has(pdu.dataCoding)) return "";
  // Near enough to GSM 7 for what is cut off anyway, and at no cost.
  const octets = pdu.shortMessage as Buffer;
  const text = latin1(octets, 0, Math.min(octets.length, RECEIPT_TEXT_OCTETS));
  return UNPRINTABLE.test(text) ? text.replaceAll(/[^ -~]/g, "?") : text;
}

/** PDUs that were read are views of a chunk, which would be held in memory as a whole. */
export function copyOf(pdu: SubmittedPdu): SubmittedPdu {
  const tlvs = pdu.tlvs.map(({ tag, value }) => ({ tag, value: Buffer.from(value) }));
  return pdu.command === "data_sm" ? { ...pdu, tlvs } : { ...pdu, tlvs, shortMessage: Buffer.from(pdu.shortMessage) };
}

/** For events. */
export function wordsOf(pdu: SubmittedPdu) {
  return { source: pdu.sourceAddr, destination: pdu.destinationAddr, text: messageTextOf(pdu).text };
}
