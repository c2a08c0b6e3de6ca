/**
 * An SMSC for tests, trials and benchmarks: takes every message, reports it as delivered, and misbehaves when asked to,
 * by rule or by destination (magic-destinations.ts). Nothing is kept on disk.
 */
import type { PduOf } from "../codec/pdu.ts";
import { COMMAND_STATUS as S } from "../command-status.ts";
import { SmppError } from "../errors.ts";
import type { Answer, IncomingRequest, SessionHandlers } from "../session/options.ts";
import { createSmsc, type Smsc } from "../session/smsc.ts";
import { Ticker } from "../session/ticker.ts";
import { MESSAGE_STATE } from "../text/receipt.ts";
import { formatAbsoluteTime } from "../text/time.ts";
import { type Behaviour, checkBehaviour, RuleBook, type Rule, type SessionFault } from "./behaviour.ts";
import { Binds, bindTypeOf } from "./binds.ts";
import { Deliveries } from "./deliveries.ts";
import type { MessageRecord } from "./memory.ts";
import { moPdus } from "./mo.ts";
import type {
  DeliveryOutcome,
  MoOptions,
  ReceiptByHand,
  Simulator,
  SimulatorCounters,
  SimulatorOptions,
} from "./options.ts";
import { SimulatedPeer } from "./peer.ts";
import { Schedule } from "./schedule.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { Submissions } from "./submissions.ts";

/** Requests of one session without an answer, so that slow answers do not stop the others. */
const UNANSWERED_MAX = 10_000;
const WINDOW_SIZE = 100;
const SYSTEM_ID = "posthorn-smsc";

const newCounters = (): SimulatorCounters => ({
  sessions: 0,
  binds: 0,
  bindsRefused: 0,
  submitted: 0,
  taken: 0,
  refused: 0,
  ignored: 0,
  throttled: 0,
  answersDropped: 0,
  deliveriesSent: 0,
  deliveriesAcknowledged: 0,
  deliveriesLost: 0,
  deliveriesPending: 0,
  faults: 0,
});

class MessageCentre {
  readonly counters = newCounters();
  readonly peers = new Set<SimulatedPeer>();
  readonly binds: Binds;
  readonly submissions: Submissions;
  readonly #settings: Settings;
  readonly #schedule: Schedule;
  readonly #deliveries: Deliveries;
  readonly #emit: SimulatorOptions["onEvent"];
  #reference = 0;

  constructor(settings: Settings, onEvent: SimulatorOptions["onEvent"]) {
    this.#settings = settings;
    this.#emit = onEvent;
    this.#schedule = new Schedule(settings.clock);
    this.#deliveries = new Deliveries(this.#schedule, this.counters);
    this.binds = new Binds(settings);
    this.submissions = new Submissions({
      settings,
      schedule: this.#schedule,
      deliveries: this.#deliveries,
      counters: this.counters,
      emit: onEvent ?? null,
      replyFromPhone: (record, behaviour) => this.#replyFromPhone(record, behaviour),
    });
  }

  handlersOf(peer: SimulatedPeer): SessionHandlers {
    this.peers.add(peer);
    this.counters.sessions += 1;
    return {
      onBind: (bind, session) => {
        peer.session = session;
        const commandStatus = this.binds.statusOf(bind);
        if (commandStatus === S.ROK) return { commandStatus, systemId: SYSTEM_ID };
        this.counters.bindsRefused += 1;
        this.#emit?.({ type: "bind-refused", systemId: bind.systemId, commandStatus });
        return { commandStatus };
      },
      onBound: (session) => {
        const bind = session.peerBind;
        if (bind === null) return;
        const { systemId } = bind;
        const bindAs = bindTypeOf(bind);
        Object.assign(peer, { systemId, bindAs });
        this.counters.binds += 1;
        this.binds.add(systemId, peer);
        this.#emit?.({ type: "bound", systemId, bindAs, remoteAddress: peer.remoteAddress });
        if (bindAs !== "transmitter") this.#deliveries.addReceiver(systemId, peer);
      },
      onRequest: (request, answer) => this.#take(request, answer, peer),
      onReady: () => this.#deliveries.pump(peer.systemId ?? "", peer),
      isEnquireLinkAnswered: () => peer.answersEnquireLink && !peer.isDeaf,
      onClose: (reason) => {
        this.peers.delete(peer);
        this.counters.sessions -= 1;
        const { systemId } = peer;
        if (systemId !== null) {
          this.binds.remove(systemId, peer);
          this.#deliveries.removeReceiver(systemId, peer);
        }
        this.#emit?.({ type: "closed", systemId, reason });
      },
    };
  }

  mo({ systemId, order = "in-order", withoutParts = [], ...message }: MoOptions): Promise<readonly DeliveryOutcome[]> {
    const receiver = systemId ?? this.#deliveries.firstSystemId;
    if (receiver === null) throw new SmppError("SMPP_STATE_INVALID", "Nobody is bound as receiver or transceiver");
    this.#checkRoom();
    this.#reference += 1;
    const all = moPdus(message, this.#reference).filter((_pdu, index) => !withoutParts.includes(index + 1));
    const pdus = order === "reversed" ? all.toReversed() : all;
    const { source, destination } = message;
    return Promise.all(
      pdus.map(
        (pdu) =>
          new Promise<DeliveryOutcome>((resolve) => {
            const onEnd = (outcome: DeliveryOutcome): void => {
              this.#emit?.({ type: "mo", systemId: receiver, source, destination, outcome: outcome.outcome });
              resolve(outcome);
            };
            this.counters.deliveriesPending += 1;
            this.#deliveries.add({ systemId: receiver, origin: null, goesTo: "any-session", pduOf: () => pdu, onEnd });
          }),
      ),
    );
  }

  receipt({ messageId, state, errorCode = 0, goesTo, form, systemId }: ReceiptByHand): Promise<DeliveryOutcome> {
    checkBehaviour({ receipts: [{ state, errorCode }] });
    this.#checkRoom();
    const known = this.submissions.memory.find(messageId);
    const receiver = known?.systemId ?? systemId ?? this.#deliveries.firstSystemId;
    if (receiver === null) throw new SmppError("SMPP_STATE_INVALID", "Nobody is bound as receiver or transceiver");
    const record = known ?? unknownMessage(messageId, receiver, this.#settings.clock.nowMs());
    const id = known === null ? { id: messageId } : {};
    const plan = { state, errorCode, form: { ...id, ...form }, ...(goesTo === undefined ? {} : { goesTo }) };
    return new Promise((resolve) => this.submissions.deliverReceipt(record, plan, null, resolve));
  }

  drop(fault: SessionFault, systemId?: string): number {
    const peers = this.binds.peers(systemId);
    for (const peer of peers) {
      this.counters.faults += 1;
      this.#emit?.({ type: "fault", systemId: peer.systemId ?? "", fault });
      peer.apply(fault);
    }
    return peers.length;
  }

  async close(smsc: Smsc): Promise<void> {
    this.#deliveries.close();
    this.submissions.releaseGathered();
    this.#schedule.drain();
    for (const peer of this.peers) if (peer.isDeaf) peer.destroy();
    await smsc.close();
  }

  #checkRoom(): void {
    if (this.counters.deliveriesPending < this.#settings.pendingMax) return;
    throw new SmppError("SMPP_BUSY", `${this.#settings.pendingMax} receipts and messages are waiting`);
  }

  #take(request: IncomingRequest, answer: Answer, peer: SimulatedPeer): void {
    if (request.command === "submit_sm" || request.command === "data_sm") {
      this.submissions.take(request, answer, peer, this.binds.bucketOf(peer.systemId ?? ""));
    } else if (peer.isDeaf) answer(null);
    else if (request.command === "query_sm") answer(this.#query(request, peer));
    else if (request.command === "cancel_sm") answer({ commandStatus: this.#cancel(request, peer) });
    else if (request.command === "replace_sm") answer({ commandStatus: S.RREPLACEFAIL });
    else answer({ commandStatus: S.RINVCMDID });
  }

  #query({ messageId, sourceAddr }: PduOf<"query_sm">, { systemId }: SimulatedPeer) {
    const record = this.submissions.memory.find(messageId);
    if (record === null || record.sourceAddr !== sourceAddr || record.systemId !== systemId) {
      return { commandStatus: S.RQUERYFAIL };
    }
    const isDone = record.doneAtMs <= this.#settings.clock.nowMs();
    return {
      messageId,
      finalDate: isDone ? formatAbsoluteTime(record.doneAtMs) : "",
      messageState: MESSAGE_STATE[isDone ? record.finalState : "ENROUTE"],
      errorCode: isDone ? Math.min(record.errorCode, 0xff) : 0,
    };
  }

  /** One by its id, or all of a sender to a destination (SMPP 3.4 §4.9). */
  #cancel({ messageId, sourceAddr, destinationAddr }: PduOf<"cancel_sm">, { systemId }: SimulatedPeer): number {
    const { memory } = this.submissions;
    const one = memory.find(messageId);
    const candidates = messageId === "" ? [...memory] : one === null ? [] : [one];
    const canceled = candidates.filter(
      (record) =>
        record.systemId === systemId &&
        record.sourceAddr === sourceAddr &&
        (messageId !== "" || record.destinationAddr === destinationAddr) &&
        this.submissions.cancel(record),
    );
    return canceled.length > 0 ? S.ROK : S.RCANCELFAIL;
  }

  #replyFromPhone({ systemId, destinationAddr, sourceAddr }: MessageRecord, { mo }: Behaviour): void {
    if (mo === undefined || this.counters.deliveriesPending >= this.#settings.pendingMax) return;
    void this.mo({ systemId, source: destinationAddr, destination: sourceAddr, ...mo });
  }
}

function unknownMessage(messageId: string, systemId: string, submittedAtMs: number): MessageRecord {
  return {
    number: 0,
    messageId,
    systemId,
    sourceAddrTon: 0,
    sourceAddrNpi: 0,
    sourceAddr: "",
    destAddrTon: 0,
    destAddrNpi: 0,
    destinationAddr: "",
    registeredDelivery: 1,
    userMessageReference: undefined,
    text: "",
    submittedAtMs,
    doneAtMs: submittedAtMs,
    finalState: "UNKNOWN",
    errorCode: 0,
    isCanceled: false,
  };
}

/** @throws SmppError `SMPP_FIELD_INVALID` for an option that is wrong */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = settingsOf(options);
  const centre = new MessageCentre(settings, options.onEvent);
  const { host, port, tls, sessionsMax } = options;
  const smsc = await createSmsc({
    windowSize: WINDOW_SIZE,
    inboundWindowSize: UNANSWERED_MAX,
    enquireLinkIntervalMs: 0,
    ...(options.clock === undefined ? {} : { ticker: new Ticker(options.clock) }),
    ...options.session,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(tls === undefined ? {} : { tls }),
    ...(sessionsMax === undefined ? {} : { sessionsMax }),
    onSession: ({ remoteAddress, isTls }, socket) =>
      centre.handlersOf(new SimulatedPeer(socket, remoteAddress, isTls, settings.answersEnquireLink)),
  });
  return {
    host: smsc.host,
    port: smsc.port,
    counters: centre.counters,
    received: () => centre.submissions.received.toArray(),
    clearReceived: () => centre.submissions.received.clear(),
    sessions: () =>
      centre.binds.peers().flatMap(({ session, systemId, bindAs }) => {
        return session === null || systemId === null || bindAs === null ? [] : [{ session, systemId, bindAs }];
      }),
    setRules: (rules: readonly Rule[]) => centre.submissions.setRules(new RuleBook(rules, settings.random)),
    mo: async (message) => await centre.mo(message),
    receipt: async (receipt) => await centre.receipt(receipt),
    drop: (fault = "reset", systemId?: string) => centre.drop(fault, systemId),
    close: () => centre.close(smsc),
  };
}
