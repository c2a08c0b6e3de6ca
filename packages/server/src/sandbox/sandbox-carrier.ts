import { ERROR, STATUS } from "@posthorn/contract";
import type {
  Carrier,
  CarrierEvents,
  CarrierReceipt,
  ReadMark,
  SeenMark,
  SubmitResult,
  SubmittedMessage,
  UncertainPolicy,
} from "../carrier/carrier.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/faults.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import type { Channel, OutboundMessage } from "../store/store.ts";
import {
  magicDestination,
  type MagicDestination,
  NOT_ON_WHATSAPP,
  ORDINARY_STEPS,
  type Outcome,
  type Step,
  type StepTime,
  THROTTLED_TIMES,
} from "./magic-destinations.ts";
import { canBeAnswered } from "../message/inbound-address.ts";
import { type PhoneMessage, writtenContactMessage, writtenMessages } from "./phone-writer.ts";
import type { Phones } from "./phones.ts";
import type { SandboxJournal } from "./sandbox-journal.ts";
import { type PendingStep, StepQueue } from "./step-queue.ts";
import { type FindTemplate, refusedTemplates } from "./template-check.ts";
import { isFreeForm, OUTSIDE_WINDOW, whatsAppDestination } from "./whatsapp-destinations.ts";

/** Messages between submission and receipt. More are not taken; they wait in the store, on disk. */
const DELIVERIES_PENDING_MAX = 20_000;
const REFERENCES = 256;
/** Tells the channel of a message after a restart, where that matters. WhatsApp's own ids begin like this. */
const WAMID = "wamid.";

export interface SandboxOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly phones: Phones;
  readonly deliveryDelayMs: number;
  /** How much later than the others slow phones and second receipts are. */
  readonly lateByMs: number;
  readonly windowSize: number;
  readonly isPaused: boolean;
  readonly uncertainPolicy: UncertainPolicy;
  readonly journal: SandboxJournal | null;
  /** Null: every template is sent. */
  readonly findTemplate: FindTemplate | null;
  /** Until when a user may be sent anything by WhatsApp, as far as he has written; null: he has not. */
  readonly windowClosesAt: (accountId: number, sender: string, contact: string) => Promise<number | null>;
}

interface Taken {
  readonly message: OutboundMessage;
  readonly carrierMessageId: string;
  readonly steps: readonly Step[];
}

/**
 * The carrier that every installation has: virtual phones that receive whatever is sent to any number, after a delay;
 * and magic numbers on which something else happens. Its receipts take the same way as a real carrier's. It has no disk
 * of its own: what a crash made it forget, it answers when it is asked (`query`), from the number and the time of
 * submission alone.
 */
export class SandboxCarrier implements Carrier {
  readonly name: string;
  readonly uncertainPolicy: UncertainPolicy;
  readonly #options: SandboxOptions;
  readonly #delayMs: Readonly<Record<StepTime, number>>;
  readonly #usual: StepQueue;
  readonly #late: StepQueue;
  #events: CarrierEvents | null = null;
  #isPaused: boolean;
  /** Of the parts of what the phones write: 8 bits, as most phones count. */
  #reference = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.name = options.name;
    this.uncertainPolicy = options.uncertainPolicy;
    this.#isPaused = options.isPaused;
    const { clock, deliveryDelayMs } = options;
    this.#delayMs = { early: 0, usual: deliveryDelayMs, late: deliveryDelayMs + options.lateByMs };
    const handOver = (due: readonly PendingStep[]) => this.#handOver(due);
    const onRoom = () => this.#events?.ready();
    this.#usual = new StepQueue({ clock, handOver, onRoom });
    this.#late = new StepQueue({ clock, handOver, onRoom });
  }

  /** What the virtual phones received. */
  get phones(): Phones {
    return this.#options.phones;
  }

  capacity(): number {
    if (this.#isPaused || this.#events === null) return 0;
    const pending = this.#usual.size + this.#late.size;
    return Math.max(0, Math.min(this.#options.windowSize, DELIVERIES_PENDING_MAX - pending));
  }

  async submit(messages: readonly OutboundMessage[]): Promise<readonly SubmitResult[]> {
    const { clock, ids, journal } = this.#options;
    const now = clock.now();
    const taken: Taken[] = [];
    const outside = await this.#outsideWindow(messages, now);
    const { findTemplate } = this.#options;
    const refused = findTemplate === null ? null : await refusedTemplates(messages, findTemplate);
    const results = messages.map((message): SubmitResult => {
      if (outside !== null && outside.has(message)) return OUTSIDE_WINDOW;
      const refusedTemplate = refused?.get(message);
      if (refusedTemplate !== undefined) return refusedTemplate;
      const magic = magicDestination(message.destination, message.channel);
      const carrierMessageId = magic === NOT_ON_WHATSAPP ? `${WAMID}${ids.next()}` : ids.next();
      if (magic !== undefined) {
        const refusal = refusalOf(magic, message);
        if (refusal !== null) return refusal;
      }
      const isLost = magic !== undefined && isAnswerLost(magic, message);
      const steps = (whatsAppDestination(message) ?? magic)?.steps ?? ORDINARY_STEPS;
      taken.push({ message, carrierMessageId, steps: isLost && magic.answer === "lost" ? silent(steps) : steps });
      if (!isLost) return { outcome: "submitted", carrierMessageId };
      const reason = "the sandbox lost its answer, as this number asks for";
      return { outcome: "uncertain", reason, ...(magic.answer === "lost" ? {} : { carrierMessageId }) };
    });
    if (taken.length > 0) journal?.append(taken, now);
    const early = this.#expect(taken, now);
    if (early.length > 0) await this.#handOverEarly(early);
    return results;
  }

  /** Those to users who have not written lately, and that are no templates; null: none, as nearly always. */
  async #outsideWindow(
    messages: readonly OutboundMessage[],
    now: number,
  ): Promise<ReadonlySet<OutboundMessage> | null> {
    const asked = messages.filter((message) => whatsAppDestination(message)?.isWindowClosed === true);
    if (asked.length === 0) return null;
    const outside = new Set<OutboundMessage>();
    for (const message of asked.filter(isFreeForm)) {
      const { accountId, sender, destination } = message;
      if (((await this.#options.windowClosesAt(accountId, sender, destination)) ?? 0) <= now) outside.add(message);
    }
    return outside;
  }

  async query(messages: readonly SubmittedMessage[]): Promise<readonly (CarrierReceipt | null)[]> {
    const now = this.#options.clock.now();
    return messages.map(({ carrierMessageId, destination, submittedAt }) => {
      if (this.#usual.has(carrierMessageId) || this.#late.has(carrierMessageId)) return null;
      const channel = carrierMessageId.startsWith(WAMID) ? "WHATSAPP" : "SMS";
      const steps = magicDestination(destination, channel)?.steps ?? ORDINARY_STEPS;
      const outcome = lastWord(steps);
      const doneAt = submittedAt + Math.max(0, ...steps.map(({ at }) => this.#delayMs[at]));
      return outcome === null || doneAt > now ? null : { carrierMessageId, ...outcome, doneAt };
    });
  }

  async markRead(mark: ReadMark) {
    this.#options.phones.markRead(mark);
  }

  async start(events: CarrierEvents) {
    this.#events = events;
  }

  async stop() {
    this.#usual.stop();
    this.#late.stop();
    this.#events = null;
    this.#options.journal?.close();
  }

  /** Why no phone can write to it, or null. */
  obstacleTo(address: string, channel: Channel = "SMS"): string | null {
    return canBeAnswered(address, channel) ? null : "is a name, and phones can only write to numbers";
  }

  /**
   * A phone writes. Resolves after the commit, to the number of parts.
   *
   * @throws Fault INBOUND_PARTS_FULL, STORE_CLOSED
   */
  async write(message: PhoneMessage): Promise<number> {
    if (this.#events === null) throw new Fault("STORE_CLOSED");
    const { clock, ids } = this.#options;
    this.#reference = (this.#reference + 1) % REFERENCES;
    const now = clock.now();
    if (message.channel === "WHATSAPP") {
      const id = message.carrierMessageId ?? `wamid.${ids.next()}`;
      await this.#events.inbound([writtenContactMessage(message, { id, now })]);
      return 1;
    }
    const id = message.carrierMessageId ?? ids.next();
    const parts = writtenMessages(message, { id, reference: this.#reference, now });
    const outcomes = await this.#events.inbound(parts);
    if (outcomes.includes("refused")) throw new Fault("INBOUND_PARTS_FULL");
    return parts.length;
  }

  /** A user reads a message that this carrier brought. Resolves after the commit, to when. @throws Fault STORE_CLOSED */
  async see(carrierMessageId: string): Promise<number> {
    if (this.#events === null) throw new Fault("STORE_CLOSED");
    const seenAt = this.#options.clock.now();
    await this.#events.seen([{ carrierMessageId, seenAt }]);
    return seenAt;
  }

  /** As if the carrier were down: nothing more is taken; what was taken is still delivered. */
  pause() {
    this.#isPaused = true;
  }

  resume() {
    this.#isPaused = false;
    this.#events?.ready();
  }

  /** @returns what must happen before the submission is answered */
  #expect(taken: readonly Taken[], now: number): readonly PendingStep[] {
    const early: PendingStep[] = [];
    const usual = this.#usual;
    for (const { message, carrierMessageId, steps } of taken) {
      for (const { at, receipt, reachesPhone, isSeen = false } of steps) {
        const dueAt = now + this.#delayMs[at];
        const pending = { carrierMessageId, dueAt, receipt, isSeen, message: reachesPhone ? message : null };
        if (at === "early") early.push(pending);
        else (at === "usual" ? usual : this.#late).add(pending);
      }
    }
    usual.schedule();
    this.#late.schedule();
    return early;
  }

  /** A receipt that the store does not take now is offered again like all others, only that it is early no more. */
  async #handOverEarly(early: readonly PendingStep[]) {
    try {
      await this.#handOver(early);
    } catch {
      const dueAt = this.#options.clock.now() + this.#delayMs.usual;
      for (const step of early) this.#usual.add({ ...step, dueAt });
      this.#usual.schedule();
    }
  }

  /** A phone that has the message keeps it, and does not get it again when the store did not take the receipts. */
  async #handOver(due: readonly PendingStep[]) {
    const { phones, clock } = this.#options;
    const now = clock.now();
    const receipts: CarrierReceipt[] = [];
    const seen: SeenMark[] = [];
    for (const step of due) {
      const { carrierMessageId, receipt, dueAt } = step;
      if (step.message !== null) phones.receive(step.message, now, { carrier: this.name, carrierMessageId });
      step.message = null;
      if (receipt !== null) receipts.push(receiptOf(carrierMessageId, receipt, dueAt));
      if (step.isSeen) seen.push({ carrierMessageId, seenAt: dueAt });
    }
    if (receipts.length > 0) await this.#events?.receipts(receipts);
    if (seen.length > 0) await this.#events?.seen(seen);
  }
}

function refusalOf(magic: MagicDestination, message: OutboundMessage): SubmitResult | null {
  if (magic.answer === "throttled" && message.attempts <= THROTTLED_TIMES) {
    return { outcome: "temporary", errorId: ERROR.EC_RESOURCE_LIMITATION, isThrottled: true };
  }
  if (magic.answer !== "refused") return null;
  const { statusId = STATUS.REJECTED, errorId = ERROR.NO_ERROR } = magic.reports.at(-1) ?? {};
  return { outcome: "permanent", state: "rejected", statusId, errorId };
}

/** Only the first time, so that a message which is sent again comes to its end. */
function isAnswerLost(magic: MagicDestination, message: OutboundMessage): boolean {
  return (magic.answer === "lost" || magic.answer === "lost, id known") && !message.possibleDuplicate;
}

const silent = (steps: readonly Step[]): readonly Step[] => steps.map((step) => ({ ...step, receipt: null }));

/** How the message stays when all steps are done: success beats failure. */
function lastWord(steps: readonly Step[]): Outcome | null {
  const receipts = steps.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));
  return receipts.find(({ state }) => state === "delivered") ?? receipts.at(-1) ?? null;
}

/** Spelt out, for this is done for every message: a spread costs more than the rest of it. */
function receiptOf(carrierMessageId: string, { state, statusId, errorId }: Outcome, doneAt: number): CarrierReceipt {
  return { carrierMessageId, state, statusId, errorId, doneAt };
}
