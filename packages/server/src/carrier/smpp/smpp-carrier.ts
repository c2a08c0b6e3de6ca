import type { ConnectionOptions } from "node:tls";
import { ERROR, STATUS } from "@posthorn/contract";
import {
  commandStatusName,
  connectEsme,
  createCodec,
  type IncomingRequest,
  type SessionHandlers,
  type SmppSession,
  Ticker,
} from "@posthorn/smpp";
import type { SmppCarrierEntry } from "../../config/smpp-carrier-schema.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Random } from "../../kernel/random.ts";
import type { OutboundMessage } from "../../store/store.ts";
import type {
  Carrier,
  CarrierEvents,
  CarrierReceipt,
  SettleMessage,
  SubmitResult,
  SubmittedMessage,
  UncertainPolicy,
} from "../carrier.ts";
import { AnswerIds } from "./answer-ids.ts";
import { verdictOfStatus } from "./answers.ts";
import { Bind, type BindRole } from "./bind.ts";
import { readBindFailure } from "./bind-failure.ts";
import { deliveryOf } from "./deliveries.ts";
import { formOf, type MessageForm } from "./form.ts";
import { Incoming } from "./incoming.ts";
import { idOfAnswer } from "./message-ids.ts";
import { NotationLearner } from "./notation.ts";
import { queryMessages } from "./queries.ts";
import { References } from "./references.ts";
import { referenceOf, SubmissionWriter } from "./submission.ts";
import { type OutletSession, Submitter } from "./submitter.ts";

/** Requests of the carrier that wait for our disk on each session; above that we do not read on. */
const INBOUND_WINDOW_SIZE = 1_000;
/** Of the lease: what has not left by then goes back, and what has left may still be answered in time. */
const PATIENCE_SHARE = 0.5;
/** While no link is bound messages wait so long for one, and then for whoever takes them first. */
const UNBOUND_PATIENCE_MS = 3_000;
/** A carrier that throttles does so many times a second; one line of the log will do. */
const THROTTLED_LOG_MS = 60_000;
/** As far as the session's patience with enquire_link goes; the interval is configured. */
const ENQUIRE_LINK_TIMEOUT_MAX_MS = 10_000;

/** The specification has 8 octets for a password and a NUL; many carriers give out longer ones, and take them. */
const PASSWORD_OCTETS_MAX = 65;
const CODEC = createCodec({ encodeOctetsMax: { password: PASSWORD_OCTETS_MAX } });

type TakenResult = Extract<SubmitResult, { outcome: "submitted" }>;

export interface SmppCarrierOptions {
  readonly name: string;
  readonly entry: SmppCarrierEntry;
  /** Read for each bind, so that a password that was changed holds for the next one. It may throw. */
  readonly password: () => string;
  readonly tls: ConnectionOptions | null;
  /** How long the dispatcher waits for a message's result. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A carrier that speaks SMPP 3.4: we bind to it, over one link or several. */
export class SmppCarrier implements Carrier {
  readonly name: string;
  readonly uncertainPolicy: UncertainPolicy;
  readonly query?: (messages: readonly SubmittedMessage[]) => Promise<readonly (CarrierReceipt | null)[]>;
  readonly #options: SmppCarrierOptions;
  readonly #form: MessageForm;
  readonly #ticker: Ticker;
  readonly #references = new References();
  readonly #answerIds: AnswerIds;
  readonly #learner: NotationLearner;
  readonly #submitter: Submitter;
  #binds: readonly Bind[] = [];
  #events: CarrierEvents | null = null;
  #incoming: Incoming | null = null;
  /** Why the last try to bind failed; null while every bind is there. */
  #problem: string | null = null;
  #throttledAt = Number.NEGATIVE_INFINITY;

  constructor(options: SmppCarrierOptions) {
    const { name, entry, clock } = options;
    this.name = name;
    this.uncertainPolicy = entry.uncertain;
    this.#options = options;
    this.#form = formOf(entry);
    this.#ticker = new Ticker({ after: (delayMs, run) => clock.after(delayMs, run) });
    this.#answerIds = new AnswerIds(this.#form.messageIds);
    this.#learner = new NotationLearner(this.#form.messageIds);
    this.#submitter = this.#createSubmitter();
    if (entry.canQuery) this.query = (messages) => this.#query(messages);
  }

  capacity(): number {
    return this.#submitter.capacity();
  }

  submitEach(messages: readonly OutboundMessage[], settle: SettleMessage) {
    const settleAndReport: SettleMessage = (message, result) => {
      settle(message, result);
      if (result.outcome === "submitted") this.#reportTaken(message, result);
    };
    // Whoever asks for no receipts knows no more than that the carrier has it.
    const settleEach = this.#form.registeredDelivery === 0 ? settleAndReport : settle;
    for (const message of messages) this.#submitter.submit(message, settleEach);
  }

  submit(messages: readonly OutboundMessage[]): Promise<readonly SubmitResult[]> {
    const results = new Map<OutboundMessage, SubmitResult>();
    return new Promise((resolve) => {
      if (messages.length === 0) resolve([]);
      this.submitEach(messages, (message, result) => {
        results.set(message, result);
        if (results.size === messages.length) resolve(messages.map((each) => results.get(each) as SubmitResult));
      });
    });
  }

  async start(events: CarrierEvents) {
    const { entry, log, name } = this.#options;
    this.#events = events;
    const learner = this.#form.messageIds.receipts === "auto" ? this.#learner : null;
    const readIds = learner === null ? undefined : (rawIds: readonly string[]) => learner.read(rawIds);
    this.#incoming = new Incoming({
      deliveryOf: (pdu) => deliveryOf(pdu, this.#form, this.#options.clock.now(), readIds),
      events,
      learner,
      log,
      carrier: name,
    });
    this.#ticker.add(this.#onTick);
    const roles: readonly BindRole[] = entry.bindAs === "transceiver" ? ["transceiver"] : ["transmitter", "receiver"];
    this.#binds = Array.from({ length: entry.links }, () => roles.map((role) => this.#createBind(role))).flat();
    for (const bind of this.#binds) bind.start();
  }

  async stop() {
    this.#submitter.stop();
    await Promise.all(this.#binds.map((bind) => bind.stop()));
    this.#ticker.remove(this.#onTick);
    this.#events = null;
  }

  reconnect() {
    for (const bind of this.#binds) bind.retry();
  }

  /** What only this kind of carrier can say of itself, for whoever looks at it. */
  describe(): Readonly<Record<string, string | number>> {
    const bound = this.#binds.filter(({ session }) => session !== null).length;
    const limit = this.#submitter.limitPerSecond;
    const { learned } = this.#learner;
    return {
      bound: `${bound}/${this.#binds.length}`,
      ...(this.#problem === null ? {} : { problem: this.#problem }),
      ...(limit === null ? {} : { limitPerSecond: Math.round(limit * 10) / 10 }),
      ...(learned === null ? {} : { receiptIds: learned }),
    };
  }

  readonly #onTick = (): void => this.#submitter.tick();

  #createSubmitter(): Submitter {
    const { entry, clock, leaseMs } = this.#options;
    const writer = new SubmissionWriter(this.#form);
    return new Submitter({
      partsOf: (message) => writer.submissionOf(message, this.#references.next(message), clock.now()),
      verdictOf: (commandStatus, attempts) => verdictOfStatus(commandStatus, this.#form.errors, attempts),
      idOf: (messageId) => {
        // Only who is asked needs to know how the carrier writes its ids.
        if (entry.canQuery) this.#answerIds.note(messageId);
        return idOfAnswer(messageId, this.#form.messageIds);
      },
      needsSpelling: entry.canQuery,
      clock,
      tickMs: this.#ticker.tickMs,
      throughputPerSecond: entry.throughputPerSecond,
      patienceMs: leaseMs * PATIENCE_SHARE,
      unboundPatienceMs: Math.min(UNBOUND_PATIENCE_MS, leaseMs * PATIENCE_SHARE),
      onRoom: () => this.#events?.ready(),
      onThrottled: (perSecond) => this.#logThrottled(perSecond),
      onBindFault: (session, commandStatus) => this.#onBindFault(session, commandStatus),
      onUnwritable: ({ messageId }, error) => {
        const { log, name } = this.#options;
        log.error({ event: "carrier.unwritable", carrier: name, messageId, err: error }, "a message was rejected");
      },
      onLateAnswers: (answers) => void this.#events?.lateAnswers(answers),
    });
  }

  #createBind(role: BindRole): Bind {
    const { entry, clock, random } = this.#options;
    const { reconnectMinMs, reconnectMaxMs } = entry;
    return new Bind({
      role,
      connect: (bindAs, handlers) => this.#connect(bindAs, handlers),
      handlers: {
        onRequest: (request, answer) => this.#take(request, answer),
        onReady: () => this.#submitter.ready(),
        onUnexpectedResponse: (response, session) => this.#submitter.lateAnswer(session, response),
        onFault: (error) => this.#onFault(error),
      },
      clock,
      random,
      uptimeMs: () => this.#ticker.tick * this.#ticker.tickMs,
      reconnectMinMs,
      reconnectMaxMs: Math.max(reconnectMinMs, reconnectMaxMs),
      onBound: (_bind, session) => this.#onBound(role, session),
      onLost: (_bind, session, reason, retryMs) => {
        if (role !== "receiver") this.#submitter.closed(session);
        const { log, name } = this.#options;
        const line = { event: "carrier.session_lost", carrier: name, role, reason, retryMs };
        if (reason === "unbound") log.info(line, "the session has ended");
        else log.warn(line, "the session was lost");
      },
      onFailed: (_bind, error, retryMs) => this.#onBindFailed(role, error, retryMs),
    });
  }

  #connect(bindAs: BindRole, handlers: SessionHandlers): Promise<SmppSession> {
    const { entry, password, tls, random } = this.#options;
    const { host, port, systemId, systemType, addressRange, enquireLinkIntervalMs } = entry;
    return connectEsme({
      host,
      port,
      ...(tls === null ? {} : { tls }),
      connectTimeoutMs: entry.connectTimeoutMs,
      bindTimeoutMs: entry.bindTimeoutMs,
      responseTimeoutMs: entry.responseTimeoutMs,
      enquireLinkIntervalMs,
      enquireLinkTimeoutMs: Math.min(ENQUIRE_LINK_TIMEOUT_MAX_MS, enquireLinkIntervalMs),
      windowSize: entry.windowSize,
      inboundWindowSize: INBOUND_WINDOW_SIZE,
      codec: CODEC,
      ticker: this.#ticker,
      random: () => random.float(),
      bindAs,
      bind: { systemId, password: password(), systemType, addressRange },
      handlers,
    });
  }

  #take(request: IncomingRequest, answer: Parameters<SessionHandlers["onRequest"]>[1]) {
    if (request.command !== "deliver_sm" && request.command !== "data_sm") return answer();
    this.#incoming?.take(request, answer);
  }

  #onBound(role: BindRole, session: SmppSession) {
    const { log, name, entry } = this.#options;
    const { host, port, systemId } = entry;
    log.info({ event: "carrier.bound", carrier: name, role, host, port, systemId }, "bound to the carrier");
    if (this.#binds.every((bind) => bind.session !== null)) this.#problem = null;
    if (role !== "receiver") this.#submitter.opened(session);
  }

  #onBindFailed(role: BindRole, error: unknown, retryMs: number) {
    const { log, name, entry } = this.#options;
    const { host, port, systemId } = entry;
    const { level, problem, message, ...facts } = readBindFailure(error);
    this.#problem = problem;
    log[level]({ ...facts, carrier: name, role, host, port, systemId, retryMs }, message);
  }

  #onBindFault(session: OutletSession, commandStatus: number) {
    const { log, name } = this.#options;
    const status = commandStatusName(commandStatus);
    log.error({ event: "carrier.bind_fault", carrier: name, status }, "the carrier takes no message on this bind");
    this.#binds.find((bind) => bind.session === session)?.fault();
  }

  #onFault(error: unknown) {
    const { log, name } = this.#options;
    log.warn({ event: "carrier.pdu_fault", carrier: name, err: error }, "a PDU of the carrier's could not be used");
  }

  #logThrottled(perSecond: number | null) {
    const now = this.#ticker.tick * this.#ticker.tickMs;
    if (now - this.#throttledAt < THROTTLED_LOG_MS) return;
    this.#throttledAt = now;
    const { log, name } = this.#options;
    const rate = perSecond === null ? null : Math.round(perSecond);
    log.warn({ event: "carrier.throttled", carrier: name, perSecond: rate }, "the carrier takes less than it was sent");
  }

  /** The carrier sends no receipts, so that it took the message is all that will ever be known. */
  #reportTaken({ seq, destination }: OutboundMessage, { carrierMessageId, partIds = [carrierMessageId] }: TakenResult) {
    const doneAt = this.#options.clock.now();
    const end = {
      state: "delivered",
      statusId: STATUS.DELIVERED_TO_OPERATOR,
      errorId: ERROR.NO_ERROR,
      doneAt,
      // It is on disk before the answer may be, and an older message may have the id.
      destination,
      reference: referenceOf(seq),
    } as const;
    const receipts = partIds.map((id) => ({ ...end, carrierMessageId: id }));
    // Whoever could not write it has said so; without it the message ends when its validity does.
    this.#events?.receipts(receipts).catch(() => undefined);
  }

  async #query(messages: readonly SubmittedMessage[]): Promise<readonly (CarrierReceipt | null)[]> {
    const session = this.#binds.find((bind) => bind.role !== "receiver" && bind.session !== null)?.session;
    if (session === null || session === undefined) return messages.map(() => null);
    return queryMessages(session, this.#form, this.#answerIds, messages, () => this.#options.clock.now());
  }
}
