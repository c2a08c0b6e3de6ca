import type { Duplex } from "node:stream";
import { defaultCodec } from "../codec/codec.ts";
import { FrameReader } from "../codec/frame-reader.ts";
import type { PduHeader } from "../codec/header.ts";
import { isResponse, type Pdu, type PduInput, type PduInputOf, type PduOf, responseOf } from "../codec/pdu.ts";
import { tlv } from "../codec/tlv.ts";
import { COMMAND_STATUS as S } from "../command-status.ts";
import { SmppError } from "../errors.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import type {
  Answer,
  BindAnswer,
  BindPdu,
  CloseReason,
  IncomingRequest,
  SessionHandlers,
  SessionOptions,
} from "./options.ts";
import {
  BOUND_BY,
  type BoundState,
  INTERFACE_VERSION,
  mayBeSent,
  type Role,
  type SessionState,
  speaksVersion34,
  type WindowCommand,
} from "./state.ts";
import { systemTicker, type Ticker } from "./ticker.ts";
import { Watch, type Watched } from "./watch.ts";
import { type Settle, Window } from "./window.ts";

export interface SessionCounters {
  pdusRead: number;
  pdusWritten: number;
  /** PDUs that could not be read and were answered with their fault. */
  faults: number;
  /** Requests that the state did not allow. */
  refusals: number;
  /** Responses that nobody waited for: late, double, unknown. */
  unexpectedResponses: number;
  /** Requests that were given up without an answer. */
  timeouts: number;
}

type WindowRequest = { [C in WindowCommand]: PduInputOf<C> }[WindowCommand];

/** What a request is answered with: its response with any status, or the peer's generic_nack. */
export type ResponseTo<C extends WindowCommand> = PduOf<`${C}_resp`> | PduOf<"generic_nack">;

/** Most requests are answered so, and these need no object for each. */
const PLAIN_ANSWERS: Readonly<Record<IncomingRequest["command"], PduInput>> = {
  submit_sm: { command: "submit_sm_resp" },
  submit_multi: { command: "submit_multi_resp" },
  deliver_sm: { command: "deliver_sm_resp" },
  data_sm: { command: "data_sm_resp" },
  query_sm: { command: "query_sm_resp" },
  cancel_sm: { command: "cancel_sm_resp" },
  replace_sm: { command: "replace_sm_resp" },
};

/** One life of one connection, from either side. See state.ts for its states and options.ts for its limits. */
export class SmppSession implements Watched {
  readonly role: Role;
  readonly counters: SessionCounters = {
    pdusRead: 0,
    pdusWritten: 0,
    faults: 0,
    refusals: 0,
    unexpectedResponses: 0,
    timeouts: 0,
  };
  readonly windowSize: number;
  readonly #handlers: SessionHandlers;
  readonly #ticker: Ticker;
  readonly #connection: Connection;
  readonly #window: Window;
  readonly #watch: Watch;
  readonly #inboundWindowSize: number;
  readonly #responseTicks: number;
  readonly #bindTicks: number;
  readonly #unbindTicks: number;
  #state: SessionState = "OPEN";
  #bound: BoundState | null = null;
  #peerBind: BindPdu | null = null;
  #isBinding = false;
  #mayWriteTlvs = true;
  #unanswered = 0;
  #wasBusy = false;
  #enquireLinkSequence = 0;
  /** Null unless unbinding: until when what is under way is waited for. */
  #unbindTick: number | null = null;
  #isUnbindSent = false;
  #peerUnbindSequence: number | null = null;
  #closeWaiters: (() => void)[] = [];

  /** @param socket connected; the session owns it from now on. */
  constructor(socket: Duplex, role: Role, handlers: SessionHandlers, options: SessionOptions = {}) {
    const { codec = defaultCodec, ticker = systemTicker, pduOctetsMax } = options;
    this.role = role;
    this.windowSize = options.windowSize ?? 10;
    this.#handlers = handlers;
    this.#ticker = ticker;
    this.#window = new Window(options.firstSequenceNumber ?? 1, (error) => this.#tell(error));
    this.#watch = new Watch(ticker, role, options);
    this.#inboundWindowSize = options.inboundWindowSize ?? 100;
    this.#responseTicks = ticker.ticksOf(options.responseTimeoutMs ?? (role === "ESME" ? 60_000 : 30_000));
    this.#bindTicks = ticker.ticksOf(options.bindTimeoutMs ?? 10_000);
    this.#unbindTicks = ticker.ticksOf(options.unbindTimeoutMs ?? 5000);
    const reader = new FrameReader(pduOctetsMax === undefined ? {} : { pduOctetsMax });
    this.#connection = new Connection(socket, this.#ownerOfConnection(), { codec, ticker, reader });
    ticker.add(this.#onTick);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** As what the session was bound; it stays so while it is unbinding. */
  get boundState(): BoundState | null {
    return this.#bound;
  }

  /** SMSC: the bind that was accepted. */
  get peerBind(): BindPdu | null {
    return this.#peerBind;
  }

  /** Requests of ours without an answer. */
  get pendingCount(): number {
    return this.#window.size;
  }

  /** How many requests may be sent now. */
  get freeCount(): number {
    if (this.#bound === null || this.#state === "UNBINDING" || this.#state === "CLOSED") return 0;
    return this.#connection.isFull ? 0 : Math.max(0, this.windowSize - this.#window.size);
  }

  /** The peer is of SMPP 3.4 or later; an older one is sent no optional parameters (§1.6). */
  get mayWriteTlvs(): boolean {
    return this.#mayWriteTlvs;
  }

  get isBound(): boolean {
    return this.#bound !== null && this.#state !== "UNBINDING";
  }

  get isMidFrame(): boolean {
    return this.#connection.isMidFrame;
  }

  get isReadingStopped(): boolean {
    return this.#connection.isFull || this.#unanswered >= this.#inboundWindowSize;
  }

  get isSocketFull(): boolean {
    return this.#connection.isFull;
  }

  /**
   * Sends a request. `settle` is called once, also when the session ends; never before this returns.
   *
   * @param subject given back to `settle`
   * @returns its sequence number.
   * @throws SmppError with nothing sent: `SMPP_STATE_INVALID`, `SMPP_BUSY` (then `onReady` follows),
   *   `SMPP_FIELD_INVALID`.
   */
  request<Subject = undefined>(pdu: WindowRequest, settle: Settle<Subject>, subject?: Subject): number {
    if (this.#state === "UNBINDING" || this.#state === "CLOSED" || !mayBeSent(pdu.command, this.role, this.#bound)) {
      throw new SmppError("SMPP_STATE_INVALID", `${pdu.command} may not be sent while ${this.#state}`);
    }
    if (this.freeCount === 0) {
      this.#wasBusy = true;
      throw new SmppError("SMPP_BUSY", this.#connection.isFull ? "The socket is full" : "The window is full");
    }
    const sequenceNumber = this.#send(pdu, settle as Settle, subject, this.#responseTicks);
    if (this.freeCount === 0) this.#wasBusy = true;
    return sequenceNumber;
  }

  /** As `request`, for those who prefer a promise: it is rejected where `request` throws or settles with an error. */
  send<C extends WindowCommand>(pdu: PduInputOf<C>): Promise<ResponseTo<C>> {
    return new Promise((resolve, reject) => {
      this.request(pdu as unknown as WindowRequest, (error, response) => {
        if (error === null) resolve(response as ResponseTo<C>);
        else reject(error);
      });
    });
  }

  /** SMSC: alert_notification or outbind. They have no answer and take no place in the window. */
  notify(pdu: PduInputOf<"alert_notification"> | PduInputOf<"outbind">): void {
    if (this.#state === "CLOSED" || this.#state === "UNBINDING" || !mayBeSent(pdu.command, this.role, this.#bound)) {
      throw new SmppError("SMPP_STATE_INVALID", `${pdu.command} may not be sent while ${this.#state}`);
    }
    this.#write(pdu, this.#window.nextSequenceNumber());
  }

  /** ESME: binds an open session. Resolves with the answer also when it refuses; then the session is OPEN as before. */
  bind(pdu: PduInputOf<"bind_transceiver" | "bind_transmitter" | "bind_receiver">): Promise<Pdu> {
    return new Promise((resolve, reject) => {
      if (this.role !== "ESME" || this.#state !== "OPEN" || this.#isBinding) {
        throw new SmppError("SMPP_STATE_INVALID", `${pdu.command} may not be sent while ${this.#state}`);
      }
      const bind = { interfaceVersion: INTERFACE_VERSION, ...pdu } as PduInput;
      const settle: Settle = (error, response) => {
        this.#isBinding = false;
        if (error !== null || response === null) return reject(error ?? new Error("no response"));
        if (response.commandStatus === 0 && response.command !== "generic_nack") this.#becomeBound(pdu.command);
        return resolve(response);
      };
      this.#send(bind, settle, undefined, this.#bindTicks);
      this.#isBinding = true;
    });
  }

  /**
   * Ends the session in good order: no new requests, those under way are waited for, then unbind and its answer, all
   * within `unbindTimeoutMs` twice. Resolves when the session is closed.
   */
  unbind(): Promise<void> {
    const closed = this.#whenClosed();
    if (this.#bound === null) this.#close("closed");
    else if (this.#state !== "UNBINDING" && this.#state !== "CLOSED") {
      this.#state = "UNBINDING";
      this.#unbindTick = this.#ticker.tick + this.#unbindTicks;
      this.#goOnUnbinding();
    }
    return closed;
  }

  /** Ends the session at once. Requests under way are settled as unknown. */
  close(): void {
    this.#close("closed");
  }

  sendEnquireLink(): void {
    this.#enquireLinkSequence = this.#window.nextSequenceNumber();
    this.#write({ command: "enquire_link" }, this.#enquireLinkSequence);
  }

  #ownerOfConnection(): ConnectionOwner {
    const stopped = (): boolean => this.isReadingStopped;
    return {
      get isReadingStopped() {
        return stopped();
      },
      onOctets: () => this.#watch.heard(),
      onPdu: (pdu) => {
        this.#pduEnded();
        if (isResponse(pdu.command)) this.#takeResponse(pdu);
        else this.#takeRequest(pdu);
      },
      onUnreadable: (error, header) => {
        this.#pduEnded();
        this.#answerFault(error, header);
      },
      onIdle: () => {
        this.#goOnUnbinding();
        this.#announceRoom();
      },
      onEnd: (reason, error) => {
        if (reason === "frame-invalid") this.counters.faults += 1;
        this.#close(reason, error);
      },
    };
  }

  #pduEnded(): void {
    this.counters.pdusRead += 1;
    this.#watch.frameEnded();
  }

  #whenClosed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#state === "CLOSED") resolve();
      else this.#closeWaiters.push(resolve);
    });
  }

  #send(pdu: PduInput, settle: Settle, subject: unknown, patienceTicks: number): number {
    const response = responseOf(pdu.command);
    if (response === undefined) throw new SmppError("SMPP_FIELD_INVALID", `${pdu.command} has no answer`);
    const sequenceNumber = this.#window.nextSequenceNumber();
    this.#write(pdu, sequenceNumber);
    const deadlineTick = this.#ticker.tick + patienceTicks;
    this.#window.add(sequenceNumber, { response, settle, subject, deadlineTick, batch: this.#connection.batch });
    return sequenceNumber;
  }

  #write(pdu: PduInput, sequenceNumber: number): void {
    if (this.#mayWriteTlvs || !("tlvs" in pdu)) this.#connection.write(pdu, sequenceNumber);
    else {
      // A message that is in an optional parameter only would leave empty.
      if (pdu.tlvs?.some(({ tag }) => tag === 0x0424)) {
        throw new SmppError("SMPP_FIELD_INVALID", "message_payload cannot be sent to a peer older than SMPP 3.4");
      }
      this.#connection.write({ ...pdu, tlvs: [] } as PduInput, sequenceNumber);
    }
    this.counters.pdusWritten += 1;
  }

  #answerFault(error: SmppError, { command, commandId, sequenceNumber }: PduHeader): void {
    this.counters.faults += 1;
    this.#tell(error);
    // A response is never answered, or two sides could go on refusing each other's refusals.
    if (commandId > 0x7fffffff) {
      if (!this.#window.giveUp(sequenceNumber, error)) this.counters.unexpectedResponses += 1;
      return;
    }
    const response = command === undefined ? undefined : responseOf(command);
    const commandStatus = error.commandStatus ?? S.RSYSERR;
    this.#write({ command: response ?? "generic_nack", commandStatus } as PduInput, sequenceNumber);
  }

  #takeResponse(response: Pdu): void {
    if (response.command === "unbind_resp" && this.#isUnbindSent) {
      this.#close("unbound");
      return;
    }
    if (response.sequenceNumber === this.#enquireLinkSequence && this.#enquireLinkSequence !== 0) {
      this.#enquireLinkSequence = 0;
      return;
    }
    if (this.#window.answer(response)) return;
    this.counters.unexpectedResponses += 1;
    this.#guard(() => this.#handlers.onUnexpectedResponse?.(response, this));
  }

  #takeRequest(pdu: Pdu): void {
    const { command, sequenceNumber } = pdu;
    if (command === "enquire_link") {
      if (this.#handlers.isEnquireLinkAnswered?.(this) !== false) {
        this.#write({ command: "enquire_link_resp" }, sequenceNumber);
      }
    } else if (command === "unbind") this.#takeUnbind(sequenceNumber);
    else if (BOUND_BY[command] !== undefined) this.#takeBind(pdu as BindPdu);
    else if (!mayBeSent(command, this.role === "ESME" ? "SMSC" : "ESME", this.#bound)) {
      this.#refuse(pdu, S.RINVBNDSTS);
    } else if (command === "alert_notification" || command === "outbind") {
      this.#guard(() => this.#handlers.onNotification?.(pdu, this));
    } else this.#handOver(pdu as IncomingRequest);
  }

  #refuse(pdu: Pdu, commandStatus: number): void {
    this.counters.refusals += 1;
    this.#write({ command: responseOf(pdu.command) ?? "generic_nack", commandStatus } as PduInput, pdu.sequenceNumber);
  }

  #handOver(request: IncomingRequest): void {
    // What waits for its answer keeps these, and not the octets that the request was read from.
    const { command, sequenceNumber } = request;
    let isAnswered = false;
    this.#unanswered += 1;
    const answer: Answer = (fields) => {
      if (isAnswered || this.#state === "CLOSED") return;
      if (fields === undefined) this.#write(PLAIN_ANSWERS[command], sequenceNumber);
      else if (fields !== null) this.#write({ ...fields, command: responseOf(command) } as PduInput, sequenceNumber);
      isAnswered = true;
      const wasStopped = this.isReadingStopped;
      this.#unanswered -= 1;
      if (wasStopped || this.#state === "UNBINDING") this.#connection.read();
    };
    try {
      this.#handlers.onRequest(request, answer, this);
    } catch (error) {
      this.#tell(error);
      answer({ commandStatus: S.RSYSERR });
    }
  }

  #takeBind(bind: BindPdu): void {
    if (this.role === "ESME") this.#refuse(bind, S.RINVBNDSTS);
    else if (this.#state !== "OPEN" || this.#isBinding) this.#refuse(bind, S.RALYBND);
    else {
      this.#isBinding = true;
      void this.#answerBind(bind);
    }
  }

  async #answerBind(bind: BindPdu): Promise<void> {
    let answer: BindAnswer;
    try {
      answer = (await this.#handlers.onBind?.(bind, this)) ?? { commandStatus: S.RBINDFAIL };
    } catch (error) {
      // Whoever cannot decide does not let anybody in.
      this.#tell(error);
      answer = { commandStatus: S.RSYSERR };
    }
    this.#isBinding = false;
    if (this.#state !== "OPEN") return;
    this.#mayWriteTlvs = speaksVersion34(bind);
    const { commandStatus, systemId = "" } = answer;
    const tlvs = commandStatus === 0 ? [tlv("scInterfaceVersion", INTERFACE_VERSION)] : [];
    this.#write({ command: responseOf(bind.command), commandStatus, systemId, tlvs } as PduInput, bind.sequenceNumber);
    if (commandStatus !== 0) return;
    this.#peerBind = bind;
    this.#becomeBound(bind.command);
  }

  #becomeBound(command: Pdu["command"]): void {
    this.#bound = BOUND_BY[command] ?? null;
    this.#state = this.#bound ?? this.#state;
    this.#guard(() => this.#handlers.onBound?.(this));
  }

  #takeUnbind(sequenceNumber: number): void {
    this.#peerUnbindSequence = sequenceNumber;
    if (this.#state !== "UNBINDING") this.#unbindTick = this.#ticker.tick + this.#unbindTicks;
    this.#state = "UNBINDING";
  }

  /** Takes the next step of unbinding, once nothing is under way or its time is over. */
  #goOnUnbinding(): void {
    if (this.#unbindTick === null || this.#state === "CLOSED" || this.#connection.isReading) return;
    const isLate = this.#ticker.tick >= this.#unbindTick;
    if (!isLate && (this.#window.size > 0 || this.#unanswered > 0)) return;
    if (this.#peerUnbindSequence !== null) {
      this.#write({ command: "unbind_resp" }, this.#peerUnbindSequence);
      this.#close("peer-unbound");
    } else if (!this.#isUnbindSent) {
      this.#isUnbindSent = true;
      this.#unbindTick = this.#ticker.tick + this.#unbindTicks;
      this.#write({ command: "unbind" }, this.#window.nextSequenceNumber());
    } else if (isLate) this.#close("unbound");
  }

  #announceRoom(): void {
    if (!this.#wasBusy || this.freeCount === 0) return;
    this.#wasBusy = false;
    this.#guard(() => this.#handlers.onReady?.(this));
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    this.#handlers.onFault?.(error, this);
  }

  readonly #onTick = (): void => {
    const reason = this.#watch.check(this);
    if (reason !== null) {
      this.#close(reason);
      return;
    }
    this.counters.timeouts += this.#window.expire(this.#ticker.tick);
    this.#goOnUnbinding();
    this.#announceRoom();
  };

  #close(reason: CloseReason, error: Error | null = null): void {
    if (this.#state === "CLOSED") return;
    this.#state = "CLOSED";
    this.#ticker.remove(this.#onTick);
    this.#connection.end();
    this.#window.clear(this.#connection.batch, reason);
    for (const resolve of this.#closeWaiters.splice(0)) resolve();
    this.#guard(() => this.#handlers.onClose?.(reason, error, this));
  }
}
