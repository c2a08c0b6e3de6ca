/** A message as the submit_sm that a carrier's form asks for, one for each part. */
import { ERROR, STATUS } from "@posthorn/contract";
import {
  ESM_CLASS,
  formatAbsoluteTime,
  formatRelativeTime,
  type PduInputOf,
  RELATIVE_SECONDS_MAX,
  tlv,
} from "@posthorn/smpp";
import type { MessageOptions, OutboundMessage } from "../../store/messages.ts";
import type { SubmitResult } from "../carrier.ts";
import type { MessageForm } from "./form.ts";
import { contentOf } from "./parts.ts";
import { type Address, sourceOf } from "./senders.ts";

export type Submission =
  | { readonly pdus: readonly PduInputOf<"submit_sm">[] }
  | { readonly refused: Extract<SubmitResult, { outcome: "permanent" }> };

const REFERENCE_MASK = 0xffff;

/** What user_message_reference says of a message. */
export function referenceOf(seq: number): number {
  return seq & REFERENCE_MASK;
}
const NO_OPTIONS: MessageOptions = {};
const NO_OCTETS = new Uint8Array(0);

type Rewritable<Pdu> = { -readonly [Key in keyof Pdu]: Pdu[Key] };

/**
 * Makes submit_sm of messages, in a carrier's form. Messages of one bulk come one after the other and differ in little
 * but their phones, so the submit_sm of the last message of one part is kept and rewritten for the next one like it.
 */
export class SubmissionWriter {
  readonly #form: MessageForm;
  /** What the PDU below was made of, and its parts that differ in each message. */
  #last: OutboundMessage | null = null;
  #pdu: Rewritable<PduInputOf<"submit_sm">> = { command: "submit_sm" };
  #reference: Uint8Array | null = null;
  #submission: Submission = { pdus: [] };
  /** The last sender, and as what it is written. */
  #sender: string | null = null;
  #source: Address | null = null;
  /** The last validity that was written, and as what. */
  #validityOf = Number.NaN;
  #validityPeriod = "";

  constructor(form: MessageForm) {
    this.#form = form;
  }

  /**
   * One submit_sm for each part, in order; or the refusal of a message that has no form for this carrier. A single one
   * must be written, or copied, before the next call: it may be the same object.
   *
   * @param reference what the parts of the message have in common; its lower 8 or 16 bits are used
   * @param now milliseconds since 1970, for the time that the message has left
   */
  submissionOf(message: OutboundMessage, reference: number, now: number): Submission {
    const validityPeriod = this.#validity(message, now);
    if (this.#last === null || !isAlike(this.#last, message)) return this.#make(message, reference, validityPeriod);
    this.#pdu.destinationAddr = message.destination;
    this.#pdu.validityPeriod = validityPeriod;
    if (this.#reference !== null) writeReference(this.#reference, message.seq);
    return this.#submission;
  }

  #make(message: OutboundMessage, reference: number, validityPeriod: string): Submission {
    const form = this.#form;
    const source = this.#sourceOf(message.sender);
    if (source === null) return refusal(STATUS.REJECTED_SOURCE, ERROR.EC_INVALID_SOURCE_ADDRESS);
    const options = message.options === null ? NO_OPTIONS : (JSON.parse(message.options) as MessageOptions);
    const content = contentOf(message, options, form, reference);
    if (content === null) return refusal(STATUS.REJECTED_INVALID_UDH, ERROR.NO_ERROR);
    const userReference = form.userMessageReference ? tlv("userMessageReference", referenceOf(message.seq)) : null;
    const displayed = content.isForDisplay ? [...form.tlvs, tlv("destAddrSubunit", 1)] : form.tlvs;
    const tlvs = userReference === null ? displayed : [...displayed, userReference];
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
        shortMessage: isPayload === true ? NO_OCTETS : octets,
        tlvs:
          isPayload === true ? [...tlvs, tlv("messagePayload", octets)] : sar === undefined ? tlvs : [...tlvs, ...sar],
      }),
    );
    const submission = { pdus };
    const [pdu] = pdus;
    // Parts of a longer message stay as they are until the last one has left, and have a reference of their own.
    if (pdus.length === 1 && pdu !== undefined) {
      this.#last = message;
      this.#pdu = pdu;
      this.#reference = userReference?.value ?? null;
      this.#submission = submission;
    }
    return submission;
  }

  #sourceOf(sender: string): Address | null {
    if (sender !== this.#sender) {
      this.#source = sourceOf(sender, this.#form.senders);
      this.#sender = sender;
    }
    return this.#source;
  }

  /** A message whose time is up is the dispatcher's matter; here it has the shortest time that there is. */
  #validity({ expiresAt }: OutboundMessage, now: number): string {
    const { validity } = this.#form;
    if (validity === "none") return "";
    const isAbsolute = validity === "absolute";
    const seconds = Math.min(Math.max(Math.floor((expiresAt - now) / 1000), 1), RELATIVE_SECONDS_MAX);
    const value = isAbsolute ? expiresAt : seconds;
    if (value !== this.#validityOf) {
      this.#validityPeriod = isAbsolute ? formatAbsoluteTime(expiresAt) : formatRelativeTime(seconds);
      this.#validityOf = value;
    }
    return this.#validityPeriod;
  }
}

/** Whether they can only differ in what each submit_sm is told by itself: phone, validity and reference. */
function isAlike(one: OutboundMessage, other: OutboundMessage): boolean {
  return (
    one.text === other.text &&
    one.sender === other.sender &&
    one.encoding === other.encoding &&
    one.options === other.options
  );
}

function writeReference(octets: Uint8Array, seq: number) {
  const reference = referenceOf(seq);
  octets[0] = reference >> 8;
  octets[1] = reference & 0xff;
}

function refusal(statusId: number, errorId: number): Submission {
  return { refused: { outcome: "permanent", state: "rejected", statusId, errorId } };
}
