/** A message as the submit_sm that a carrier's form asks for, one for each part. */
import { ERROR, STATUS } from "@posthorn/contract";
import {
  ESM_CLASS,
  formatAbsoluteTime,
  formatRelativeTime,
  type PduInputOf,
  RELATIVE_SECONDS_MAX,
  type Tlv,
  tlv,
} from "@posthorn/smpp";
import type { MessageOptions, OutboundMessage } from "../../store/messages.ts";
import type { SubmitResult } from "../carrier.ts";
import type { MessageForm } from "./form.ts";
import { contentOf } from "./parts.ts";
import { sourceOf } from "./senders.ts";

export type Submission =
  | { readonly pdus: readonly PduInputOf<"submit_sm">[] }
  | { readonly refused: Extract<SubmitResult, { outcome: "permanent" }> };

const REFERENCE_MASK = 0xffff;

/** What user_message_reference says of a message. */
export function referenceOf(seq: number): number {
  return seq & REFERENCE_MASK;
}
const NO_OPTIONS: MessageOptions = {};

/**
 * One submit_sm for each part, in order; or the refusal of a message that has no form for this carrier.
 *
 * @param reference what the parts of the message have in common; its lower 8 or 16 bits are used
 * @param now milliseconds since 1970, for the time that the message has left
 */
export function submissionOf(message: OutboundMessage, form: MessageForm, reference: number, now: number): Submission {
  const source = sourceOf(message.sender, form.senders);
  if (source === null) return refusal(STATUS.REJECTED_SOURCE, ERROR.EC_INVALID_SOURCE_ADDRESS);
  const options = message.options === null ? NO_OPTIONS : (JSON.parse(message.options) as MessageOptions);
  const content = contentOf(message, options, form, reference);
  if (content === null) return refusal(STATUS.REJECTED_INVALID_UDH, ERROR.NO_ERROR);
  const tlvs = tlvsOf(message, form, content.isForDisplay);
  const validityPeriod = validityOf(message, form, now);
  const pdus = content.parts.map(
    ({ octets, hasHeader, isPayload, sar }): PduInputOf<"submit_sm"> => ({
      command: "submit_sm",
      serviceType: form.serviceType,
      sourceAddrTon: source.ton,
      sourceAddrNpi: source.npi,
      sourceAddr: source.address,
      destAddrTon: form.destinationTon,
      destAddrNpi: form.destinationNpi,
      destinationAddr: message.destination,
      esmClass: form.esmClassMode | (hasHeader ? ESM_CLASS.udhi : 0) | content.esmClass,
      protocolId: form.protocolId,
      priorityFlag: form.priorityFlag,
      validityPeriod,
      registeredDelivery: form.registeredDelivery,
      dataCoding: content.dataCoding,
      ...(isPayload === true ? {} : { shortMessage: octets }),
      tlvs: [...tlvs, ...(sar ?? []), ...(isPayload === true ? [tlv("messagePayload", octets)] : [])],
    }),
  );
  return { pdus };
}

function refusal(statusId: number, errorId: number): Submission {
  return { refused: { outcome: "permanent", state: "rejected", statusId, errorId } };
}

function tlvsOf(message: OutboundMessage, form: MessageForm, isForDisplay: boolean): readonly Tlv[] {
  const tlvs = [...form.tlvs];
  if (isForDisplay) tlvs.push(tlv("destAddrSubunit", 1));
  if (form.userMessageReference) tlvs.push(tlv("userMessageReference", referenceOf(message.seq)));
  return tlvs;
}

/** A message whose time is up is the dispatcher's matter; here it has the shortest time that there is. */
function validityOf({ expiresAt }: OutboundMessage, { validity }: MessageForm, now: number): string {
  if (validity === "none") return "";
  if (validity === "absolute") return formatAbsoluteTime(expiresAt);
  const seconds = Math.floor((expiresAt - now) / 1000);
  return formatRelativeTime(Math.min(Math.max(seconds, 1), RELATIVE_SECONDS_MAX));
}
