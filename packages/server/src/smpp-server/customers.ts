/** Who is bound: the sessions of each API key, and who of them may receive. */
import type { SmppSession } from "@posthorn/smpp";
import type { Clock } from "../kernel/clock.ts";
import { Throughput } from "./throughput.ts";

/** Of a key, what sessions are judged by. */
export interface Rights {
  readonly maySend: boolean;
  readonly mayReceiveReceipts: boolean;
  readonly mayReceiveInbound: boolean;
}

export interface Customer {
  readonly systemId: string;
  readonly accountId: number;
  readonly throughput: Throughput;
  readonly sessions: Map<SmppSession, Rights>;
}

/** What waits may go to any of these sessions; `systemId` null: messages to the account. */
export interface Receiver {
  readonly accountId: number;
  readonly systemId: string | null;
  readonly sessions: readonly SmppSession[];
}

export interface CustomersOptions {
  readonly clock: Clock;
  readonly sessionsPerCustomerMax: number;
  readonly throughputPerSecond: number;
}

export class Customers {
  readonly #options: CustomersOptions;
  readonly #customers = new Map<string, Customer>();

  constructor(options: CustomersOptions) {
    this.#options = options;
  }

  /** Takes a place for a session that is about to be bound. Null: the customer has as many as allowed. */
  join(session: SmppSession, accountId: number, systemId: string, rights: Rights): Customer | null {
    const { clock, sessionsPerCustomerMax, throughputPerSecond } = this.#options;
    const customer = this.#customers.get(systemId) ?? {
      systemId,
      accountId,
      throughput: new Throughput(clock, throughputPerSecond),
      sessions: new Map<SmppSession, Rights>(),
    };
    if (customer.sessions.size >= sessionsPerCustomerMax) return null;
    customer.sessions.set(session, rights);
    this.#customers.set(systemId, customer);
    return customer;
  }

  leave(session: SmppSession, customer: Customer) {
    customer.sessions.delete(session);
    if (customer.sessions.size === 0) this.#customers.delete(customer.systemId);
  }

  get sessions(): readonly SmppSession[] {
    return [...this.#customers.values()].flatMap(({ sessions }) => [...sessions.keys()]);
  }

  /** Those with room. */
  receivers(): readonly Receiver[] {
    const receivers: Receiver[] = [];
    const ofAccount = new Map<number, SmppSession[]>();
    for (const { accountId, systemId, sessions } of this.#customers.values()) {
      const free = [...sessions].filter(([session]) => canReceive(session) && session.freeCount > 0);
      const own = free.filter(([, rights]) => rights.mayReceiveReceipts).map(([session]) => session);
      if (own.length > 0) receivers.push({ accountId, systemId, sessions: own });
      const inbound = free.filter(([, rights]) => rights.mayReceiveInbound).map(([session]) => session);
      if (inbound.length > 0) ofAccount.set(accountId, [...(ofAccount.get(accountId) ?? []), ...inbound]);
    }
    for (const [accountId, sessions] of ofAccount) receivers.push({ accountId, systemId: null, sessions });
    return receivers;
  }
}

function canReceive({ state }: SmppSession): boolean {
  return state === "BOUND_RX" || state === "BOUND_TRX";
}
