/**
 * deliver_sm and data_sm on their way to the ESMEs. Each goes to one receiver of its account, in turn; with none bound
 * it waits for one. What is not acknowledged for the moment is sent again, a few times.
 */
import { COMMAND_STATUS as S } from "../command-status.ts";
import type { Settle } from "../session/window.ts";
import type { ReceiptTarget } from "./behaviour.ts";
import type { DeliveryOutcome, DeliveryPdu, SimulatorCounters } from "./options.ts";
import type { SimulatedPeer } from "./peer.ts";
import type { Schedule } from "./schedule.ts";

export interface Delivery {
  readonly systemId: string;
  /** The bind that its message came by. */
  readonly origin: SimulatedPeer | null;
  readonly goesTo: ReceiptTarget;
  pduOf(): DeliveryPdu;
  /** Once. */
  onEnd(outcome: DeliveryOutcome): void;
}

const TRIES_MAX = 5;
const RETRY_DELAY_MS = 1000;
const TEMPORARY: ReadonlySet<number> = new Set([S.RSYSERR, S.RMSGQFUL, S.RTHROTTLED, S.RX_T_APPN]);

const ACKNOWLEDGED: DeliveryOutcome = { outcome: "acknowledged", commandStatus: 0 };
const LOST: DeliveryOutcome = { outcome: "lost", commandStatus: null };

interface Queued {
  readonly delivery: Delivery;
  readonly tries: number;
}

/** An array that is taken from at its front. */
class Queue {
  #items: Queued[] = [];
  #head = 0;

  add(item: Queued): void {
    this.#items.push(item);
  }

  take(): Queued | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  get isEmpty(): boolean {
    return this.#head === this.#items.length;
  }

  takeAll(): Queued[] {
    const all = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return all;
  }
}

interface Receiver {
  readonly peer: SimulatedPeer;
  readonly queue: Queue;
}

interface Account {
  readonly receivers: Receiver[];
  readonly waiting: Queue;
  turn: number;
}

export class Deliveries {
  readonly #schedule: Schedule;
  readonly #counters: SimulatorCounters;
  readonly #accounts = new Map<string, Account>();
  #isClosed = false;

  constructor(schedule: Schedule, counters: SimulatorCounters) {
    this.#schedule = schedule;
    this.#counters = counters;
  }

  /** The first system_id that somebody receives for. */
  get firstSystemId(): string | null {
    for (const [systemId, { receivers }] of this.#accounts) if (receivers.length > 0) return systemId;
    return null;
  }

  /** The caller has counted it as pending. */
  add(delivery: Delivery): void {
    this.#enqueue({ delivery, tries: 0 });
  }

  addReceiver(systemId: string, peer: SimulatedPeer): void {
    const account = this.#accountOf(systemId);
    account.receivers.push({ peer, queue: new Queue() });
    for (const item of account.waiting.takeAll()) this.#enqueue(item);
  }

  removeReceiver(systemId: string, peer: SimulatedPeer): void {
    const account = this.#accountOf(systemId);
    const index = account.receivers.findIndex((receiver) => receiver.peer === peer);
    if (index === -1) return;
    const [removed] = account.receivers.splice(index, 1);
    for (const item of removed?.queue.takeAll() ?? []) this.#enqueue(item);
    if (account.receivers.length === 0 && account.waiting.isEmpty) this.#accounts.delete(systemId);
  }

  /** There is room on this session. */
  pump(systemId: string, peer: SimulatedPeer): void {
    const receiver = this.#accountOf(systemId).receivers.find((candidate) => candidate.peer === peer);
    if (receiver !== undefined) this.#send(receiver);
  }

  /** What waits is lost. */
  close(): void {
    this.#isClosed = true;
    for (const { receivers, waiting } of this.#accounts.values()) {
      const queues = [waiting, ...receivers.map(({ queue }) => queue)];
      for (const { delivery } of queues.flatMap((queue) => queue.takeAll())) this.#end(delivery, LOST);
    }
  }

  #accountOf(systemId: string): Account {
    const known = this.#accounts.get(systemId);
    if (known !== undefined) return known;
    const account: Account = { receivers: [], waiting: new Queue(), turn: 0 };
    this.#accounts.set(systemId, account);
    return account;
  }

  #enqueue(item: Queued): void {
    if (this.#isClosed) {
      this.#end(item.delivery, LOST);
      return;
    }
    const account = this.#accountOf(item.delivery.systemId);
    const receiver = this.#receiverOf(account, item.delivery);
    if (receiver === null) account.waiting.add(item);
    else {
      receiver.queue.add(item);
      this.#send(receiver);
    }
  }

  #receiverOf(account: Account, { goesTo, origin }: Delivery): Receiver | null {
    const { receivers } = account;
    if (receivers.length === 0) return null;
    if (goesTo === "same-session") {
      const same = receivers.find(({ peer }) => peer === origin);
      if (same !== undefined) return same;
    }
    account.turn = (account.turn + 1) % receivers.length;
    const next = receivers[account.turn] as Receiver;
    if (goesTo !== "other-session" || next.peer !== origin) return next;
    return receivers[(account.turn + 1) % receivers.length] as Receiver;
  }

  #send({ peer, queue }: Receiver): void {
    const { session } = peer;
    while (session !== null && session.freeCount > 0 && !peer.isDeaf) {
      const item = queue.take();
      if (item === undefined) return;
      try {
        session.request(item.delivery.pduOf(), this.#onResponse, item);
        this.#counters.deliveriesSent += 1;
      } catch {
        // It cannot be written, not even later.
        this.#end(item.delivery, LOST);
      }
    }
  }

  /** The same for all, so that none has a function of its own. */
  readonly #onResponse: Settle<Queued> = (error, response, { delivery, tries }) => {
    const commandStatus = response?.commandStatus ?? null;
    if (error === null && commandStatus === 0) this.#end(delivery, ACKNOWLEDGED);
    else if (error !== null || commandStatus === null || TEMPORARY.has(commandStatus)) {
      const again = { delivery, tries: tries + 1 };
      if (again.tries < TRIES_MAX && !this.#isClosed) this.#schedule.after(RETRY_DELAY_MS, () => this.#enqueue(again));
      else this.#end(delivery, commandStatus === null ? LOST : { outcome: "refused", commandStatus });
    } else this.#end(delivery, { outcome: "refused", commandStatus });
  };

  #end(delivery: Delivery, outcome: DeliveryOutcome): void {
    this.#counters.deliveriesPending -= 1;
    if (outcome.outcome === "acknowledged") this.#counters.deliveriesAcknowledged += 1;
    else this.#counters.deliveriesLost += 1;
    delivery.onEnd(outcome);
  }
}
