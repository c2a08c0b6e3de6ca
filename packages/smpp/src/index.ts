export { COMMAND_STATUS, type CommandStatusName, commandStatusName } from "./command-status.ts";
export { type Codec, type CodecOptions, createCodec, defaultCodec } from "./codec/codec.ts";
export { FrameReader, PDU_OCTETS_MAX } from "./codec/frame-reader.ts";
export { HEADER_OCTETS, type PduHeader } from "./codec/header.ts";
export * from "./codec/pdu.ts";
export { type Tlv, type TlvName, type TlvValue, TLVS, tlv, tlvValue, tlvValues } from "./codec/tlv.ts";
export { isSmppError, SmppError, type SmppErrorCode } from "./errors.ts";
export * from "./text/gsm7.ts";
export * from "./text/message.ts";
export * from "./text/receipt.ts";
export * from "./text/septets.ts";
export * from "./text/text.ts";
export * from "./text/time.ts";
export {
  buildUdh,
  type Concatenation,
  concatenationElement,
  concatenationOfUdh,
  nationalElements,
  nationalShiftsOf,
  parseUdh,
  type Udh,
  UDH_ELEMENT,
  type UdhElement,
} from "./text/udh.ts";
export { connectEsme, type EsmeOptions } from "./session/esme.ts";
export type * from "./session/options.ts";
export { type ResponseTo, type SessionCounters, SmppSession } from "./session/session.ts";
export { createSmsc, type Peer, type Smsc, type SmscOptions } from "./session/smsc.ts";
export {
  type BoundState,
  INTERFACE_VERSION,
  type Role,
  type SessionState,
  speaksVersion34,
  type WindowCommand,
} from "./session/state.ts";
export { type SmppClock, systemClock, Ticker } from "./session/ticker.ts";
export type { Settle } from "./session/window.ts";
export type * from "./simulator/behaviour.ts";
export { SESSION_FAULTS } from "./simulator/behaviour.ts";
export type { Delay } from "./simulator/delay.ts";
export type { MessageIdBase, MessageIdStyle } from "./simulator/message-ids.ts";
export { type MoMessage, type MoMethod } from "./simulator/mo.ts";
export type * from "./simulator/options.ts";
export type { ReceiptForm } from "./simulator/receipt-form.ts";
export type { SimulatorClock } from "./simulator/schedule.ts";
export { startSimulator } from "./simulator/simulator.ts";
