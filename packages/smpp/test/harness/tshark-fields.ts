/** What tshark calls things, and whether it reads a PDU as it was written. */
import assert from "node:assert/strict";
import { type Command, layoutOf, type PduInputOf } from "../../src/codec/pdu.ts";
import type { Tlv, TlvName } from "../../src/codec/tlv.ts";
import type { Dissected } from "./tshark.ts";

/** tshark's names of our fields; what it shows in pieces only is compared by its pieces. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  systemId: "smpp.system_id",
  password: "smpp.password",
  systemType: "smpp.system_type",
  interfaceVersion: "smpp.interface_version",
  addrTon: "smpp.addr_ton",
  addrNpi: "smpp.addr_npi",
  addressRange: "smpp.address_range",
  serviceType: "smpp.service_type",
  sourceAddrTon: "smpp.source_addr_ton",
  sourceAddrNpi: "smpp.source_addr_npi",
  sourceAddr: "smpp.source_addr",
  destAddrTon: "smpp.dest_addr_ton",
  destAddrNpi: "smpp.dest_addr_npi",
  destinationAddr: "smpp.destination_addr",
  esmeAddrTon: "smpp.esme_addr_ton",
  esmeAddrNpi: "smpp.esme_addr_npi",
  esmeAddr: "smpp.esme_addr",
  protocolId: "smpp.protocol_id",
  priorityFlag: "smpp.priority_flag",
  replaceIfPresentFlag: "smpp.replace_if_present_flag",
  dataCoding: "smpp.data_coding",
  smDefaultMsgId: "smpp.sm_default_msg_id",
  messageId: "smpp.message_id",
  messageState: "smpp.message_state",
  errorCode: "smpp.error_code",
};
/** tshark's names of optional parameters with a number in them. */
export const TLV_NAMES: Partial<Record<TlvName, string>> = {
  destAddrSubunit: "smpp.dest_addr_subunit",
  destNetworkType: "smpp.dest_network_type",
  destBearerType: "smpp.dest_bearer_type",
  destTelematicsId: "smpp.dest_telematics_id",
  sourceAddrSubunit: "smpp.source_addr_subunit",
  sourceNetworkType: "smpp.source_network_type",
  sourceBearerType: "smpp.source_bearer_type",
  sourceTelematicsId: "smpp.source_telematics_id",
  qosTimeToLive: "smpp.qos_time_to_live",
  payloadType: "smpp.payload_type",
  privacyIndicator: "smpp.privacy_indicator",
  userMessageReference: "smpp.user_message_reference",
  userResponseCode: "smpp.user_response_code",
  sourcePort: "smpp.source_port",
  destinationPort: "smpp.destination_port",
  sarMsgRefNum: "smpp.sar_msg_ref_num",
  languageIndicator: "smpp.language_indicator",
  sarTotalSegments: "smpp.sar_total_segments",
  sarSegmentSeqnum: "smpp.sar_segment_seqnum",
  scInterfaceVersion: "smpp.SC_interface_version",
  numberOfMessages: "smpp.number_of_messages",
  dpfResult: "smpp.dpf_result",
  setDpf: "smpp.set_dpf",
  msAvailabilityStatus: "smpp.ms_availability_status",
  deliveryFailureReason: "smpp.delivery_failure_reason",
  moreMessagesToSend: "smpp.more_messages_to_send",
  messageState: "smpp.message_state",
  congestionState: "smpp.congestion_state",
  displayTime: "smpp.display_time",
  smsSignal: "smpp.sms_signal",
  msValidity: "smpp.ms_validity",
  itsReplyType: "smpp.its_reply_type",
};
const HEADER = ["smpp.command_id", "smpp.command_status", "smpp.sequence_number", "smpp.command_length"] as const;
const PARAMETERS = ["smpp.opt_param_tag", "smpp.opt_param_len"] as const;
const PIECES = ["smpp.esm.submit.msg_mode", "smpp.regdel.receipt", "smpp.sm_length", "smpp.dl_name"] as const;
export const ALL_NAMES = [
  ...new Set([...HEADER, ...PARAMETERS, ...PIECES, ...Object.values(FIELD_NAMES), ...Object.values(TLV_NAMES)]),
];
/** What it calls an empty field. */
const EMPTY_NAMES: Readonly<Record<string, string>> = { serviceType: "(Default)" };
/** It reads no optional parameters of others, and nothing of a refusal but its header. */
const TLV_COMMANDS: ReadonlySet<Command> = new Set<Command>([
  "bind_receiver_resp",
  "bind_transmitter_resp",
  "bind_transceiver_resp",
  "submit_sm",
  "submit_sm_resp",
  "deliver_sm",
  "deliver_sm_resp",
  "submit_multi",
  "submit_multi_resp",
  "data_sm",
  "data_sm_resp",
  "alert_notification",
]);
/** As a record, since fields are picked by name. */
export type Loose = Readonly<Record<string, unknown>> & { readonly tlvs?: readonly Tlv[]; readonly command: Command };

export const numbers = (values: readonly string[] = []): number[] => values.map(Number);

/** What both have must be the same. */
export function compare(pdu: Loose, octets: Buffer, frame: Dissected): void {
  const at = (name: string) => `${pdu.command} ${name}, frame ${frame["frame.number"]?.join()}`;
  const { id } = layoutOf(pdu.command);
  const status = (pdu["commandStatus"] as number | undefined) ?? 0;
  assert.deepEqual(numbers(frame["smpp.command_id"]), [id], at("command_id"));
  assert.deepEqual(numbers(frame["smpp.command_length"]), [octets.length], at("command_length"));
  assert.deepEqual(numbers(frame["smpp.sequence_number"]), [pdu["sequenceNumber"] ?? 0], at("sequence_number"));
  if (id >= 0x80000000) assert.deepEqual(numbers(frame["smpp.command_status"]), [status], at("command_status"));
  if (status !== 0) return;
  if (TLV_COMMANDS.has(pdu.command)) compareTlvs(pdu, frame, at);
  compareCounts(pdu as Partial<PduInputOf<"submit_multi">>, frame, at);
  compareFields(pdu, frame, at);
}

type At = (name: string) => string;

function compareTlvs(pdu: Loose, frame: Dissected, at: At): void {
  const tlvs = pdu.tlvs ?? [];
  assert.deepEqual(
    numbers(frame["smpp.opt_param_tag"]),
    tlvs.map(({ tag }) => tag),
    at("tags"),
  );
  assert.deepEqual(
    numbers(frame["smpp.opt_param_len"]),
    tlvs.map(({ value }) => value.length),
    at("lengths"),
  );
}

function compareCounts(pdu: Partial<PduInputOf<"submit_multi">>, frame: Dissected, at: At): void {
  const { shortMessage, registeredDelivery, destAddresses } = pdu;
  if (shortMessage !== undefined) assert.deepEqual(numbers(frame["smpp.sm_length"]), [shortMessage.length]);
  if (registeredDelivery !== undefined) {
    assert.deepEqual(numbers(frame["smpp.regdel.receipt"]), [registeredDelivery & 0x03], at("registered_delivery"));
  }
  if (destAddresses !== undefined) {
    const listed = [...(frame["smpp.dl_name"] ?? []), ...(frame["smpp.destination_addr"] ?? [])];
    const told = destAddresses.filter((dest) => (dest.destFlag === 1 ? dest.destinationAddr : dest.dlName) !== "");
    assert.equal(listed.length, told.length, at("dest_addresses"));
  }
}

function compareFields(pdu: Loose, frame: Dissected, at: At): void {
  for (const field of layoutOf(pdu.command).fields) {
    const name = FIELD_NAMES[field.name];
    const value = pdu[field.name];
    if (name === undefined || value === undefined) continue;
    // Optional parameters may have the same name, and stand behind the fields.
    const [first] = frame[name] ?? [];
    if (typeof value === "number") assert.equal(Number(first), value, at(field.name));
    else assert.equal(first ?? "", value === "" ? (EMPTY_NAMES[field.name] ?? "") : value, at(field.name));
  }
}
