import type { Codec } from "../codec/codec.ts";
import type { Pdu, PduOf, UnsuccessSme } from "../codec/pdu.ts";
import type { Tlv } from "../codec/tlv.ts";
import type { SmppError } from "../errors.ts";
import type { SmppSession } from "./session.ts";
import type { WindowCommand } from "./state.ts";
import type { Ticker } from "./ticker.ts";

export type BindPdu = PduOf<"bind_receiver"> | PduOf<"bind_transmitter"> | PduOf<"bind_transceiver">;
/** A request of the peer that waits for an answer. */
export type IncomingRequest = { [C in WindowCommand]: PduOf<C> }[WindowCommand];
export type Notification = PduOf<"alert_notification"> | PduOf<"outbind">;

/** What of these the response has is written; with a status other than 0 only the TLVs are. */
export interface AnswerFields {
  readonly commandStatus?: number;
  readonly messageId?: string;
  readonly finalDate?: string;
  readonly messageState?: number;
  readonly errorCode?: number;
  readonly unsuccessSmes?: readonly UnsuccessSme[];
  readonly tlvs?: readonly Tlv[];
}

/**
 * Answers one request. Only the first call counts, and none does after the session's end. Null leaves the request
 * without an answer for ever, as only a simulator does.
 */
export type Answer = (fields?: AnswerFields | null) => void;

export interface BindAnswer {
  /** 0 accepts; anything else refuses, and the peer may try again until the time for binding is over. */
  readonly commandStatus: number;
  readonly systemId?: string;
}

/** Why a session ended. */
export type CloseReason =
  | "unbound"
  | "peer-unbound"
  | "peer-closed"
  | "closed"
  | "socket-error"
  | "frame-invalid"
  | "session-init-timeout"
  | "pdu-timeout"
  | "enquire-link-timeout"
  | "inactive"
  | "write-timeout";

/**
 * What a session calls. A handler that throws is told to `onFault`, and the request that it had is answered with
 * ESME_RSYSERR.
 */
export interface SessionHandlers {
  /**
   * A request that is allowed in this state. Call `answer` when the request is safe, at once or later. While
   * `inboundWindowSize` of them wait the session reads nothing.
   */
  onRequest(request: IncomingRequest, answer: Answer, session: SmppSession): void;
  /** SMSC only: may this peer bind? Without it nobody may. */
  onBind?(bind: BindPdu, session: SmppSession): BindAnswer | Promise<BindAnswer>;
  /** The bind's answer is on its way; requests may follow it. */
  onBound?(session: SmppSession): void;
  /** There is room again, after a request was refused with `SMPP_BUSY` or took the last place. */
  onReady?(session: SmppSession): void;
  /** For simulators: false leaves an enquire_link without an answer. */
  isEnquireLinkAnswered?(session: SmppSession): boolean;
  /** alert_notification and outbind, which have no answer. */
  onNotification?(notification: Notification, session: SmppSession): void;
  /** A response that no request waits for: late, for the second time, or for nothing. */
  onUnexpectedResponse?(response: Pdu, session: SmppSession): void;
  /** A PDU that could not be read, or a handler that threw. The session lives. */
  onFault?(error: unknown, session: SmppSession): void;
  /** Once, after every pending request was settled. */
  onClose?(reason: CloseReason, error: SmppError | Error | null, session: SmppSession): void;
}

export interface SessionOptions {
  /** Requests of ours without an answer, 10 unless given; SMPP 3.4 §2.9 leaves it to the two sides. */
  readonly windowSize?: number;
  /** Requests of the peer that are handed over and not yet answered, 100 unless given. */
  readonly inboundWindowSize?: number;
  /** How long a request waits for its answer: 60 000 for an ESME, 30 000 for an SMSC. */
  readonly responseTimeoutMs?: number;
  /** How long a bind waits for its answer: 10 000. */
  readonly bindTimeoutMs?: number;
  /** How long an SMSC waits for a bind: 10 000. */
  readonly sessionInitTimeoutMs?: number;
  /** Quiet time before an enquire_link, up to a tenth less: 30 000 for an ESME, 60 000 for an SMSC; 0 never. */
  readonly enquireLinkIntervalMs?: number;
  /** How long each enquire_link waits for any sign of life: 10 000. */
  readonly enquireLinkTimeoutMs?: number;
  /** How many enquire_links in a row stay without one until the peer counts as gone: 2. */
  readonly enquireLinkMissesMax?: number;
  /** Closes a session on which nothing came for so long; 0, as it is unless given, never does. */
  readonly inactivityTimeoutMs?: number;
  /** How long the rest of a PDU may take after its first octet: 10 000. */
  readonly pduTimeoutMs?: number;
  /** How long a peer may leave its socket full: 30 000. */
  readonly writeTimeoutMs?: number;
  /** How long requests under way, and then unbind_resp, are waited for: 5000. */
  readonly unbindTimeoutMs?: number;
  readonly pduOctetsMax?: number;
  /** 1 unless given. */
  readonly firstSequenceNumber?: number;
  readonly codec?: Codec;
  readonly ticker?: Ticker;
  /** 0 up to 1; spreads the enquire_links of many sessions. */
  readonly random?: () => number;
}
