/**
 * Every PDU of SMPP 3.4 as data (§4): the mandatory fields in their order on the wire, by the specification's names in
 * camelCase. compile-decoder.ts and compile-encoder.ts make straight-line functions of it, pdu.ts makes the types.
 *
 * `octetsMax` counts the final NUL. `status` is what a peer is answered whose field is longer than that.
 */
import { COMMAND_STATUS } from "../command-status.ts";

const S = COMMAND_STATUS;

/** What a reader accepts: several platforms hand out longer credentials than the 3.4 fields have room for. */
const CREDENTIAL_OCTETS_MAX = 64;

interface CString<Name extends string> {
  readonly kind: "cString";
  readonly name: Name;
  readonly octetsMax: number;
  /** The limit for reading, where it is not `octetsMax`. */
  readonly decodeOctetsMax: number;
  readonly status: number;
}
const cString = <const Name extends string>(
  name: Name,
  octetsMax: number,
  status: number = S.RINVCMDLEN,
  decodeOctetsMax = octetsMax,
): CString<Name> => ({ kind: "cString", name, octetsMax, decodeOctetsMax, status });

interface Octet<Name extends string> {
  readonly kind: "uint8";
  readonly name: Name;
}
const uint8 = <const Name extends string>(name: Name): Octet<Name> => ({ kind: "uint8", name });

/** sm_length and the octets that it counts. */
interface ShortMessage {
  readonly kind: "shortMessage";
  readonly name: "shortMessage";
  readonly octetsMax: number;
}
/** number_of_dests and the addresses that it counts. */
interface DestAddresses {
  readonly kind: "destAddresses";
  readonly name: "destAddresses";
}
/** no_unsuccess and the addresses that it counts. */
interface UnsuccessSmes {
  readonly kind: "unsuccessSmes";
  readonly name: "unsuccessSmes";
}

export type Field = CString<string> | Octet<string> | ShortMessage | DestAddresses | UnsuccessSmes;

export interface Layout {
  readonly id: number;
  readonly fields: readonly Field[];
  /** A request without a body has no optional parameters either; a response may have congestion_state anywhere. */
  readonly hasTlvs: boolean;
}

const RESPONSE_BIT = 0x80000000;
const request = <const Fields extends readonly Field[]>(id: number, fields: Fields) => ({
  id,
  fields,
  hasTlvs: fields.length > 0,
});
const response = <const Fields extends readonly Field[]>(id: number, fields: Fields) => ({
  id: RESPONSE_BIT + id,
  fields,
  hasTlvs: true,
});

const SYSTEM_ID = cString("systemId", 16, S.RINVSYSID, CREDENTIAL_OCTETS_MAX);
const PASSWORD = cString("password", 9, S.RINVPASWD, CREDENTIAL_OCTETS_MAX);
const SERVICE_TYPE = cString("serviceType", 6, S.RINVSERTYP);
const MESSAGE_ID = cString("messageId", 65, S.RINVMSGID);
const SCHEDULE = cString("scheduleDeliveryTime", 17, S.RINVSCHED);
const VALIDITY = cString("validityPeriod", 17, S.RINVEXPIRY);
const SHORT_MESSAGE: ShortMessage = { kind: "shortMessage", name: "shortMessage", octetsMax: 254 };

const sourceAddress = <const Octets extends number>(octetsMax: Octets) =>
  [uint8("sourceAddrTon"), uint8("sourceAddrNpi"), cString("sourceAddr", octetsMax, S.RINVSRCADR)] as const;
const destinationAddress = <const Octets extends number>(octetsMax: Octets) =>
  [uint8("destAddrTon"), uint8("destAddrNpi"), cString("destinationAddr", octetsMax, S.RINVDSTADR)] as const;

const BIND = [
  SYSTEM_ID,
  PASSWORD,
  cString("systemType", 13, S.RINVSYSTYP),
  uint8("interfaceVersion"),
  uint8("addrTon"),
  uint8("addrNpi"),
  cString("addressRange", 41),
] as const;

/** Everything after the destinations, which submit_sm and submit_multi share (§4.4.1, §4.5.1). */
const MESSAGE = [
  uint8("esmClass"),
  uint8("protocolId"),
  uint8("priorityFlag"),
  SCHEDULE,
  VALIDITY,
  uint8("registeredDelivery"),
  uint8("replaceIfPresentFlag"),
  uint8("dataCoding"),
  uint8("smDefaultMsgId"),
  SHORT_MESSAGE,
] as const;

const SHORT_MESSAGE_PDU = [SERVICE_TYPE, ...sourceAddress(21), ...destinationAddress(21), ...MESSAGE] as const;

export const LAYOUTS = {
  generic_nack: response(0x00, []),
  bind_receiver: request(0x01, BIND),
  bind_receiver_resp: response(0x01, [SYSTEM_ID]),
  bind_transmitter: request(0x02, BIND),
  bind_transmitter_resp: response(0x02, [SYSTEM_ID]),
  query_sm: request(0x03, [MESSAGE_ID, ...sourceAddress(21)]),
  query_sm_resp: response(0x03, [MESSAGE_ID, cString("finalDate", 17), uint8("messageState"), uint8("errorCode")]),
  submit_sm: request(0x04, SHORT_MESSAGE_PDU),
  submit_sm_resp: response(0x04, [MESSAGE_ID]),
  deliver_sm: request(0x05, SHORT_MESSAGE_PDU),
  deliver_sm_resp: response(0x05, [MESSAGE_ID]),
  unbind: request(0x06, []),
  unbind_resp: response(0x06, []),
  replace_sm: request(0x07, [
    MESSAGE_ID,
    ...sourceAddress(21),
    SCHEDULE,
    VALIDITY,
    uint8("registeredDelivery"),
    uint8("smDefaultMsgId"),
    SHORT_MESSAGE,
  ]),
  replace_sm_resp: response(0x07, []),
  cancel_sm: request(0x08, [SERVICE_TYPE, MESSAGE_ID, ...sourceAddress(21), ...destinationAddress(21)]),
  cancel_sm_resp: response(0x08, []),
  bind_transceiver: request(0x09, BIND),
  bind_transceiver_resp: response(0x09, [SYSTEM_ID]),
  outbind: request(0x0b, [SYSTEM_ID, PASSWORD]),
  enquire_link: request(0x15, []),
  enquire_link_resp: response(0x15, []),
  submit_multi: request(0x21, [
    SERVICE_TYPE,
    ...sourceAddress(21),
    { kind: "destAddresses", name: "destAddresses" },
    ...MESSAGE,
  ]),
  submit_multi_resp: response(0x21, [MESSAGE_ID, { kind: "unsuccessSmes", name: "unsuccessSmes" }]),
  alert_notification: request(0x102, [
    ...sourceAddress(65),
    uint8("esmeAddrTon"),
    uint8("esmeAddrNpi"),
    cString("esmeAddr", 65),
  ]),
  data_sm: request(0x103, [
    SERVICE_TYPE,
    ...sourceAddress(65),
    ...destinationAddress(65),
    uint8("esmClass"),
    uint8("registeredDelivery"),
    uint8("dataCoding"),
  ]),
  data_sm_resp: response(0x103, [MESSAGE_ID]),
} as const satisfies Record<string, Layout>;
