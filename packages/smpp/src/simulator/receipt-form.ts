/** Receipts in the forms that carriers send them. */
import type { PduInputOf } from "../codec/pdu.ts";
import { type Tlv, tlv } from "../codec/tlv.ts";
import { ESM_CLASS } from "../text/message.ts";
import { formatReceiptText, MESSAGE_STATE, type MessageStateName } from "../text/receipt.ts";
import { encodeText } from "../text/text.ts";
import type { MessageRecord } from "./memory.ts";
import { formatMessageId, type MessageIdStyle } from "./message-ids.ts";

export interface ReceiptForm {
  /** The id's notation, or a literal id that may be of no message at all; that of the answer unless given. */
  readonly id: MessageIdStyle | string;
  /**
   * `standard` is appendix B's; `bare` has no sub, dlvrd and text; `seconds` has dates of 12 digits and an err of 4;
   * `words` has another order and whole words (`stat:DELIVERED`); `none` has no text.
   */
  readonly text: "standard" | "bare" | "seconds" | "words" | "none";
  /** receipted_message_id. */
  readonly hasIdTlv: boolean;
  /** message_state. */
  readonly hasStateTlv: boolean;
  /** network_error_code, of a GSM network; without effect where `errorCode` is 0. */
  readonly hasNetworkErrorTlv: boolean;
  readonly place: "short_message" | "message_payload" | "data_sm";
  /** 0x04 unless given, 0x20 for ENROUTE and SCHEDULED; some carriers send 0. */
  readonly esmClass?: number;
  /** 0, or 8 for UCS-2. */
  readonly dataCoding: number;
}

export const DEFAULT_RECEIPT_FORM: Omit<ReceiptForm, "id"> = {
  text: "standard",
  hasIdTlv: true,
  hasStateTlv: true,
  hasNetworkErrorTlv: false,
  place: "short_message",
  dataCoding: 0,
};

export interface ReceiptContent {
  readonly state: MessageStateName;
  readonly errorCode: number;
  readonly doneAtMs: number;
}

const NOTHING = Buffer.alloc(0);
const GSM_NETWORK = 3;
const UCS2 = 0x08;

const STATE_TLVS = Object.fromEntries(
  Object.entries(MESSAGE_STATE).map(([name, state]) => [name, tlv("messageState", state)]),
) as Readonly<Record<MessageStateName, Tlv>>;

const INTERMEDIATE: ReadonlySet<MessageStateName> = new Set(["ENROUTE", "SCHEDULED"]);

export const isIntermediateState = (state: MessageStateName): boolean => INTERMEDIATE.has(state);

/** YYMMDDhhmmss in UTC. */
const dateWithSeconds = (timeMs: number): string => new Date(timeMs).toISOString().slice(2, 19).replaceAll(/\D/g, "");

function textOf(id: string, record: MessageRecord, content: ReceiptContent, variant: ReceiptForm["text"]): string {
  if (variant === "none") return "";
  const { state, errorCode, doneAtMs } = content;
  const { submittedAtMs, text } = record;
  const standard = formatReceiptText({ id, state, submittedAtMs, doneAtMs, errorCode, text });
  if (variant === "standard") return standard;
  const [, stat = ""] = /stat:(\S+)/.exec(standard) ?? [];
  const [submitted, done] = [dateWithSeconds(submittedAtMs), dateWithSeconds(doneAtMs)];
  switch (variant) {
    case "bare":
      return `id:${id} submit date:${submitted.slice(0, 10)} done date:${done.slice(0, 10)} stat:${stat} err:${errorCode}`;
    case "seconds": {
      const err = String(errorCode).padStart(4, "0");
      return `id:${id} sub:1 dlvrd:1 submit date:${submitted} done date:${done} stat:${stat} err:${err} Text:${text}`;
    }
    case "words":
      return `stat:${state} err: ${errorCode} id:${id} done_date:${done} submit_date:${submitted}`;
  }
}

export function receiptPdu(
  record: MessageRecord,
  content: ReceiptContent,
  form: ReceiptForm,
): PduInputOf<"deliver_sm"> | PduInputOf<"data_sm"> {
  const id = typeof form.id === "string" ? form.id : formatMessageId(record.number, form.id);
  const text = textOf(id, record, content, form.text);
  const octets = encodeText(text, form.dataCoding === UCS2 ? "ucs2" : "latin1");
  const tlvs: Tlv[] = [];
  if (form.hasIdTlv) tlvs.push(tlv("receiptedMessageId", id));
  if (form.hasStateTlv) tlvs.push(STATE_TLVS[content.state]);
  if (form.hasNetworkErrorTlv && content.errorCode > 0) {
    const { errorCode } = content;
    tlvs.push(tlv("networkErrorCode", Buffer.from([GSM_NETWORK, errorCode >> 8, errorCode & 0xff])));
  }
  if (record.userMessageReference !== undefined) tlvs.push(tlv("userMessageReference", record.userMessageReference));
  if (form.place !== "short_message") tlvs.push(tlv("messagePayload", octets));
  const receiptClass = isIntermediateState(content.state) ? ESM_CLASS.intermediateNotification : ESM_CLASS.receipt;
  // In one piece: members that are spread after others are copied one by one.
  const pdu: PduInputOf<"deliver_sm"> = {
    command: "deliver_sm",
    // From the phone back to the sender.
    sourceAddrTon: record.destAddrTon,
    sourceAddrNpi: record.destAddrNpi,
    sourceAddr: record.destinationAddr,
    destAddrTon: record.sourceAddrTon,
    destAddrNpi: record.sourceAddrNpi,
    destinationAddr: record.sourceAddr,
    esmClass: form.esmClass ?? receiptClass,
    dataCoding: form.dataCoding,
    tlvs,
    shortMessage: form.place === "short_message" ? octets : NOTHING,
  };
  if (form.place !== "data_sm") return pdu;
  const { command: _command, shortMessage: _shortMessage, ...common } = pdu;
  return { ...common, command: "data_sm" };
}
