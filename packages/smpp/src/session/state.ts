/**
 * The states of a session (SMPP 3.4 §2.2), and who may send what in them.
 *
 * A session is OPEN once its connection is there. A bind that was answered with ESME_ROK makes it BOUND_TX, BOUND_RX or
 * BOUND_TRX; a refused one leaves it OPEN. It is UNBINDING from the moment on when either side wants to unbind: no new
 * request of ours leaves, those under way may still be answered, and so are the peer's. CLOSED is the end; a session
 * never opens again.
 */
import type { Command, RequestCommand } from "../codec/pdu.ts";

/** SMPP 3.4, in interface_version and sc_interface_version. */
export const INTERFACE_VERSION = 0x34;

/**
 * Whether who binds so speaks SMPP 3.4 or later (§5.2.4), and may be sent optional parameters. larvitsmpp leaves the
 * version empty; but bind_transceiver came with 3.4, so whoever says it speaks that.
 */
export function speaksVersion34(bind: { readonly command: Command; readonly interfaceVersion: number }): boolean {
  const { command, interfaceVersion } = bind;
  return interfaceVersion >= INTERFACE_VERSION || (interfaceVersion === 0 && command === "bind_transceiver");
}

export type Role = "ESME" | "SMSC";
export type SessionState = "OPEN" | "BOUND_TX" | "BOUND_RX" | "BOUND_TRX" | "UNBINDING" | "CLOSED";
export type BoundState = "BOUND_TX" | "BOUND_RX" | "BOUND_TRX";

/** What a bind makes of an open session. */
export const BOUND_BY: Readonly<Partial<Record<Command, BoundState>>> = {
  bind_transmitter: "BOUND_TX",
  bind_receiver: "BOUND_RX",
  bind_transceiver: "BOUND_TRX",
};

const TO_SMSC: readonly BoundState[] = ["BOUND_TX", "BOUND_TRX"];
const TO_ESME: readonly BoundState[] = ["BOUND_RX", "BOUND_TRX"];
const BOTH_WAYS: readonly BoundState[] = ["BOUND_TX", "BOUND_RX", "BOUND_TRX"];

/** Requests that need a bound session: who sends them, and bound as what (§2.3). */
const RULES: Readonly<Partial<Record<Command, Readonly<Partial<Record<Role, readonly BoundState[]>>>>>> = {
  submit_sm: { ESME: TO_SMSC },
  submit_multi: { ESME: TO_SMSC },
  query_sm: { ESME: TO_SMSC },
  cancel_sm: { ESME: TO_SMSC },
  replace_sm: { ESME: TO_SMSC },
  deliver_sm: { SMSC: TO_ESME },
  alert_notification: { SMSC: TO_ESME },
  data_sm: { ESME: BOTH_WAYS, SMSC: BOTH_WAYS },
};

/** `bound` is null while no bind was accepted. Binds, unbind and enquire_link have their own ways. */
export function mayBeSent(command: Command, sender: Role, bound: BoundState | null): boolean {
  if (command === "outbind") return sender === "SMSC" && bound === null;
  return bound !== null && (RULES[command]?.[sender]?.includes(bound) ?? false);
}

/** Requests that fill the window. */
export type WindowCommand = Exclude<
  RequestCommand,
  "bind_receiver" | "bind_transmitter" | "bind_transceiver" | "unbind" | "enquire_link"
>;
