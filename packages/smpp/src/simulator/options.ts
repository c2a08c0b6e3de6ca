import type { PduInputOf } from "../codec/pdu.ts";
import type { SessionOptions } from "../session/options.ts";
import type { SmppSession } from "../session/session.ts";
import type { SmscOptions } from "../session/smsc.ts";
import type { MessageStateName } from "../text/receipt.ts";
import type { ReceiptTarget, Rule, SessionFault, SubmittedPdu } from "./behaviour.ts";
import type { Delay } from "./delay.ts";
import type { MessageIdStyle } from "./message-ids.ts";
import type { MoMessage } from "./mo.ts";
import type { ReceiptForm } from "./receipt-form.ts";
import type { SimulatorClock } from "./schedule.ts";

export type BindType = "transceiver" | "transmitter" | "receiver";

/** Who may bind. */
export interface SimulatorAccount {
  readonly systemId: string;
  /** Any is right unless given; a wrong one is refused with ESME_RINVPASWD. */
  readonly password?: string;
  /** All unless given; others are refused with ESME_RINVCMDID. */
  readonly bindTypes?: readonly BindType[];
  /** Bound at a time, no limit but the simulator's own unless given; one more is refused with ESME_RBINDFAIL. */
  readonly sessionsMax?: number;
  /** Other than 0: every bind is refused with it. */
  readonly bindCommandStatus?: number;
  /** As the simulator's own. */
  readonly throughputPerSecond?: number;
}

export interface SimulatorOptions extends Pick<SmscOptions, "host" | "port" | "tls" | "sessionsMax"> {
  /** Windows, timers and the codec of every session. The simulator sends no enquire_link unless told to here. */
  readonly session?: SessionOptions;
  readonly clock?: SimulatorClock;
  /** 0 up to 1. */
  readonly random?: () => number;
  /** Everybody may bind unless given; then others are refused with ESME_RINVSYSID. */
  readonly accounts?: readonly SimulatorAccount[];
  /** Ids in answers; decimal unless given. */
  readonly messageIds?: MessageIdStyle;
  /** The first id's number, 1 unless given. */
  readonly firstMessageNumber?: number;
  /** `requested`, unless given, heeds registered_delivery. */
  readonly receipts?: "requested" | "always" | "never";
  /** 0 unless given. */
  readonly receiptDelay?: Delay;
  /** What is given here differs from appendix B; `id` may be another notation than the answer's. */
  readonly receiptForm?: Partial<ReceiptForm>;
  /** `any-session` unless given: those of the account in turn. */
  readonly receiptsGoTo?: ReceiptTarget;
  /** Receipts are gathered until there are so many, or for half a second, and then sent in reverse; 1 unless given. */
  readonly receiptReorderCount?: number;
  /** The first that applies decides; before magic destinations. */
  readonly rules?: readonly Rule[];
  /** True unless given. */
  readonly magicDestinations?: boolean;
  readonly lateByMs?: number;
  readonly slowAnswerMs?: number;
  /** Of every answer that no rule gives another; 0 unless given. */
  readonly answerDelay?: Delay;
  /** Messages of one system_id in a second; more are refused with ESME_RTHROTTLED. No limit unless given. */
  readonly throughputPerSecond?: number;
  /** How many may come at once; `throughputPerSecond` unless given. */
  readonly throughputBurst?: number;
  /** True unless given. */
  readonly answersEnquireLink?: boolean;
  /** What happens to each session after so many messages. */
  readonly faultAfter?: { readonly submissions: number; readonly fault: SessionFault };
  /** Messages that `received` keeps, the newest ones: 10 000 unless given. */
  readonly receivedMax?: number;
  /** Messages that query_sm and cancel_sm know, the newest ones: 100 000 unless given. */
  readonly messagesMax?: number;
  /** Receipts and messages from phones that are waiting, for their time or for a bind: 500 000 unless given. Above it
   * messages that want a receipt are refused with ESME_RMSGQFUL. */
  readonly pendingMax?: number;
  readonly onEvent?: (event: SimulatorEvent) => void;
}

/** What the simulator took. It is a copy: it may be kept. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly systemId: string;
  readonly receivedAtMs: number;
  readonly pdu: SubmittedPdu;
}

export interface SimulatorCounters {
  sessions: number;
  binds: number;
  bindsRefused: number;
  /** submit_sm and data_sm that came. */
  submitted: number;
  /** Of these: taken; refused, with whatever status; and those that came when the session was to say nothing more. */
  taken: number;
  refused: number;
  ignored: number;
  throttled: number;
  /** Answers that were kept back for ever. */
  answersDropped: number;
  /** Receipts and messages from phones: written (again, too), acknowledged, and given up. */
  deliveriesSent: number;
  deliveriesAcknowledged: number;
  deliveriesLost: number;
  /** Waiting now. */
  deliveriesPending: number;
  faults: number;
}

export type DeliveryOutcome =
  | { readonly outcome: "acknowledged"; readonly commandStatus: 0 }
  /** The peer refused it, for good or too often. */
  | { readonly outcome: "refused"; readonly commandStatus: number }
  /** It cannot be written, was not answered too often, or the simulator was closed. */
  | { readonly outcome: "lost"; readonly commandStatus: null };

export type SimulatorEvent =
  | { readonly type: "bound"; readonly systemId: string; readonly bindAs: BindType; readonly remoteAddress: string }
  | { readonly type: "bind-refused"; readonly systemId: string; readonly commandStatus: number }
  | {
      readonly type: "submitted";
      readonly systemId: string;
      /** Null when it was refused. */
      readonly messageId: string | null;
      readonly commandStatus: number;
      readonly source: string;
      readonly destination: string;
      readonly text: string | null;
    }
  | {
      readonly type: "receipt";
      readonly systemId: string;
      readonly messageId: string;
      readonly state: MessageStateName;
      readonly outcome: DeliveryOutcome["outcome"];
    }
  | {
      readonly type: "mo";
      readonly systemId: string;
      readonly source: string;
      readonly destination: string;
      readonly outcome: DeliveryOutcome["outcome"];
    }
  | { readonly type: "fault"; readonly systemId: string; readonly fault: SessionFault }
  | { readonly type: "closed"; readonly systemId: string | null; readonly reason: string };

export interface MoOptions extends MoMessage {
  /** Whom it is for; the first that has a receiver or transceiver bound unless given. */
  readonly systemId?: string;
  readonly order?: "in-order" | "reversed";
  /** Numbers of parts, from 1 on, that are kept back. */
  readonly withoutParts?: readonly number[];
}

export interface ReceiptByHand {
  /** As it was answered. One that is not known gives a receipt for a message that never was. */
  readonly messageId: string;
  readonly state: MessageStateName;
  readonly errorCode?: number;
  readonly goesTo?: ReceiptTarget;
  readonly form?: Partial<ReceiptForm>;
  /** For an id that is not known. */
  readonly systemId?: string;
}

export interface BoundSession {
  readonly systemId: string;
  readonly bindAs: BindType;
  readonly session: SmppSession;
}

export interface Simulator {
  readonly host: string;
  readonly port: number;
  readonly counters: Readonly<SimulatorCounters>;
  /** The newest `receivedMax`, oldest first. */
  received(): readonly ReceivedMessage[];
  clearReceived(): void;
  sessions(): readonly BoundSession[];
  /** In place of those that were given at the start. */
  setRules(rules: readonly Rule[]): void;
  /** A message from a phone. Resolves when every part has come to its end. */
  mo(message: MoOptions): Promise<readonly DeliveryOutcome[]>;
  /** A receipt now, whatever was sent before. */
  receipt(receipt: ReceiptByHand): Promise<DeliveryOutcome>;
  /** Does that to every bound session, or to those of one system_id. Returns to how many. */
  drop(fault?: SessionFault, systemId?: string): number;
  close(): Promise<void>;
}

export type DeliveryPdu = PduInputOf<"deliver_sm"> | PduInputOf<"data_sm">;
