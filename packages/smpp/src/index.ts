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
