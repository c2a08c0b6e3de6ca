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
import { type Content, contentOf, type Part } from "./parts.ts";
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
type SubmitSm = Rewritable<PduInputOf<"submit_sm">>;

/**
 * Makes submit_sm of messages, in a carrier's form. Messages of one bulk come one after the other and differ in little
 * but their phones, so there is one PDU for all messages of one part, and of it only what differs is written anew.
 */
export class SubmissionWriter {
  readonly #form: MessageForm;
  readonly #pdu: SubmitSm;
  readonly #submission: Submission;
  /** Its user_message_reference, and the parameters of every message with it. */
  readonly #reference = tlv("userMessageReference", 0);
  readonly #tlvs: readonly Tlv[];
  /** The message that the PDU was last written for. */
  #last: OutboundMessage | null = null;
  /** The last sender, and as what it is written. */
  #sender: string | null = null;
  #source: Address | null = null;
  /** The last validity that was written, and as what. */
  #validityOf = Number.NaN;
  #validityPeriod = "";

  constructor(form: MessageForm) {
    this.#form = form;
    this.#tlvs = this.#tlvsWith(this.#reference);
    this.#pdu = {
      command: "submit_sm",
      serviceType: form.serviceType,
      sourceAddrTon: 0,
      sourceAddrNpi: 0,
      sourceAddr: "",
      destAddrTon: form.destinationTon,
      destAddrNpi: form.destinationNpi,
      destinationAddr: "",
      esmClass: 0,
      protocolId: form.protocolId,
      priorityFlag: form.priorityFlag,
      validityPeriod: "",
      registeredDelivery: form.registeredDelivery,
      dataCoding: 0,
      shortMessage: NO_OCTETS,
      tlvs: this.#tlvs,
    };
    this.#submission = { pdus: [this.#pdu] };
  }

  /**
   * One submit_sm for each part, in order; or the refusal of a message that has no form for this carrier. A single one
   * is the same object every time: it must be written, or copied, before the next call.
   *
   * @param reference what the parts of the message have in common; its lower 8 or 16 bits are used
   * @param now milliseconds since 1970, for the time that the message has left
   */
  submissionOf(message: OutboundMessage, reference: number, now: number): Submission {
    this.#pdu.destinationAddr = message.destination;
    this.#pdu.validityPeriod = this.#validity(message, now);
    writeReference(this.#reference.value, message.seq);
    return this.#last !== null && isAlike(this.#last, message) ? this.#submission : this.#write(message, reference);
  }

  #write(message: OutboundMessage, reference: number): Submission {
    const source = this.#sourceOf(message.sender);
    if (source === null) return refusal(STATUS.REJECTED_SOURCE, ERROR.EC_INVALID_SOURCE_ADDRESS);
    const options = message.options === null ? NO_OPTIONS : (JSON.parse(message.options) as MessageOptions);
    const content = contentOf(message, options, this.#form, reference);
    if (content === null) return refusal(STATUS.REJECTED_INVALID_UDH, ERROR.NO_ERROR);
    this.#last = null;
    const pdu = this.#pdu;
    pdu.sourceAddrTon = source.ton;
    pdu.sourceAddrNpi = source.npi;
    pdu.sourceAddr = source.address;
    pdu.dataCoding = content.dataCoding;
    const [part] = content.parts;
    if (part !== undefined && content.parts.length === 1) {
      this.#writePart(pdu, part, content, this.#tlvs);
      this.#last = message;
      return this.#submission;
    }
    // They stay until the last one has left, so they have a reference of their own, too.
    const tlvs = this.#tlvsWith(tlv("userMessageReference", referenceOf(message.seq)));
    return { pdus: content.parts.map((each) => this.#writePart({ ...pdu }, each, content, tlvs)) };
  }

  #writePart(pdu: SubmitSm, part: Part, { esmClass, isForDisplay }: Content, tlvs: readonly Tlv[]): SubmitSm {
    const { octets, hasHeader, isPayload, sar } = part;
    pdu.esmClass = this.#form.esmClassMode | (hasHeader ? ESM_CLASS.udhi : 0) | esmClass;
    pdu.shortMessage = isPayload === true ? NO_OCTETS : octets;
    pdu.tlvs = tlvs;
    if (isForDisplay) pdu.tlvs = [...pdu.tlvs, tlv("destAddrSubunit", 1)];
    if (sar !== undefined) pdu.tlvs = [...pdu.tlvs, ...sar];
    if (isPayload === true) pdu.tlvs = [...pdu.tlvs, tlv("messagePayload", octets)];
    return pdu;
  }

  #tlvsWith(reference: Tlv): readonly Tlv[] {
    const { tlvs, userMessageReference } = this.#form;
    return userMessageReference ? [...tlvs, reference] : tlvs;
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

/** Whether their submit_sm can only differ in phone, validity and reference. */
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
