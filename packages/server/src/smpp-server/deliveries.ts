import {
  COMMAND_STATUS as S,
  commandStatusName,
  isSmppError,
  type SmppSession,
  type TextEncoding,
} from "@posthorn/smpp";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { SmppDelivery, SmppDeliveryResult } from "../store/smpp-deliveries.ts";
import type { Store } from "../store/store.ts";
import type { Customers, Receiver } from "./customers.ts";
import { deliverSmOf } from "./deliver-pdu.ts";
import {
  DELIVERIES_IN_FLIGHT_MAX,
  DELIVERIES_PER_CLAIM_MAX,
  REFUSED_TRIES_MAX,
  RETRY_BASE_MS,
  RETRY_MAX_MS,
} from "./limits.ts";

/** Beyond the time that an answer may take: the result must be written within it. */
const LEASE_SLACK_MS = 60_000;

/** The customer's program cannot take it now. Anything else that is not 0 it will never take. */
const TEMPORARY: ReadonlySet<number> = new Set([
  S.RSYSERR,
  S.RMSGQFUL,
  S.RTHROTTLED,
  S.RX_T_APPN,
  S.RSUBMITFAIL,
  S.RDELIVERYFAILURE,
]);

export interface DeliveriesOptions {
  readonly store: Pick<Store, "claimSmppDeliveries" | "settleSmppDeliveries">;
  readonly customers: Customers;
  readonly clock: Clock;
  readonly log: Log;
  readonly alphabet: TextEncoding;
  readonly responseTimeoutMs: number;
  readonly pollIntervalMs: number;
}

/**
 * Delivers receipts and inbound messages to the sessions that may receive them, in turn. At least once: a row is gone
 * when its deliver_sm_resp says so, and what a session took with it when it ended is delivered again. Nobody waits for
 * another customer: each is claimed for as far as its own sessions have room.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #loop: WorkLoop;
  readonly #results: SmppDeliveryResult[] = [];
  #writing: Promise<void> | null = null;
  #inFlight = 0;
  #turn = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#loop = startWorkLoop({
      name: "smpp",
      clock: options.clock,
      log: options.log,
      pollIntervalMs: options.pollIntervalMs,
      round: () => this.#round(),
    });
  }

  nudge() {
    this.#loop.nudge();
  }

  /** Claims nothing more. What is on its way is settled by its sessions. */
  async stopClaiming() {
    await this.#loop.stop();
  }

  /** To be called when every session has ended: resolves when all results are on disk, or given up. */
  async stop() {
    await this.#loop.stop();
    await this.#writing;
  }

  async #round(): Promise<boolean> {
    const { store, customers, clock, responseTimeoutMs } = this.#options;
    const room = DELIVERIES_IN_FLIGHT_MAX - this.#inFlight;
    const asked = customers.receivers().slice(0, Math.ceil(room / DELIVERIES_PER_CLAIM_MAX));
    if (room <= 0 || asked.length === 0) return false;
    const now = clock.now();
    const receivers = asked.map(({ accountId, systemId, sessions }) => ({
      accountId,
      systemId,
      limit: Math.min(freeCountOf(sessions), DELIVERIES_PER_CLAIM_MAX),
    }));
    const leaseUntil = now + responseTimeoutMs + LEASE_SLACK_MS;
    const claimed = await store.claimSmppDeliveries({ now, leaseUntil, receivers });
    for (const delivery of claimed) this.#deliver(delivery, asked);
    return false;
  }

  #deliver(delivery: SmppDelivery, receivers: readonly Receiver[]) {
    const { id, accountId, systemId } = delivery;
    const receiver = receivers.find(
      (candidate) => candidate.accountId === accountId && candidate.systemId === systemId,
    );
    const session = this.#nextOf(receiver?.sessions ?? []);
    if (session === undefined) {
      // The room was taken meanwhile, or the session has ended.
      this.#settle({ id, outcome: "unsent", dueAt: this.#options.clock.now() });
      return;
    }
    this.#inFlight += 1;
    try {
      session.request(deliverSmOf(delivery.body, this.#options.alphabet), (error, response) => {
        this.#inFlight -= 1;
        const status = response?.command === "generic_nack" ? S.RX_P_APPN : (response?.commandStatus ?? null);
        this.#settle(this.#resultOf(delivery, error === null ? status : null));
      });
    } catch (error) {
      this.#inFlight -= 1;
      const isUnsent = isSmppError(error) && (error.code === "SMPP_BUSY" || error.code === "SMPP_STATE_INVALID");
      if (isUnsent) this.#settle({ id, outcome: "unsent", dueAt: this.#options.clock.now() });
      else this.#giveUp(delivery, error);
    }
  }

  #nextOf(sessions: readonly SmppSession[]): SmppSession | undefined {
    const free = sessions.filter((session) => session.freeCount > 0);
    this.#turn += 1;
    return free[this.#turn % Math.max(free.length, 1)];
  }

  /** @param commandStatus null: there was no answer */
  #resultOf(delivery: SmppDelivery, commandStatus: number | null): SmppDeliveryResult {
    const { id, attempts } = delivery;
    if (commandStatus === S.ROK) return { id, outcome: "done" };
    const isTemporary = commandStatus === null || TEMPORARY.has(commandStatus);
    if (!isTemporary && attempts + 1 >= REFUSED_TRIES_MAX) {
      this.#tellGivenUp(delivery, commandStatusName(commandStatus));
      return { id, outcome: "done" };
    }
    // Lost answers are most often lost sessions, whose customer comes back at once.
    const delayMs = commandStatus === null ? 0 : Math.min(RETRY_BASE_MS * 2 ** Math.min(attempts, 10), RETRY_MAX_MS);
    return { id, outcome: "retry", dueAt: this.#options.clock.now() + delayMs };
  }

  #giveUp(delivery: SmppDelivery, error: unknown) {
    this.#tellGivenUp(delivery, error instanceof Error ? error.message : String(error));
    this.#settle({ id: delivery.id, outcome: "done" });
  }

  #tellGivenUp({ accountId, systemId, body: { kind, messageId } }: SmppDelivery, reason: string) {
    const fields = { event: "smpp.delivery_given_up", accountId, systemId, kind, messageId, reason };
    this.#options.log.warn(fields, "a customer's program does not take this");
  }

  #settle(result: SmppDeliveryResult) {
    this.#results.push(result);
    // What is answered together is written together.
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  async #writeAll() {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#results.length > 0) await this.#write(this.#results.splice(0));
  }

  async #write(results: readonly SmppDeliveryResult[]) {
    try {
      await this.#options.store.settleSmppDeliveries(results);
    } catch (error) {
      // Their leases end, and they are delivered once more.
      const fields = { event: "smpp.record_failed", count: results.length, err: error };
      this.#options.log.error(fields, "what customers have answered could not be written");
    }
    if (results.some(({ outcome }) => outcome !== "unsent")) this.nudge();
  }
}

function freeCountOf(sessions: readonly SmppSession[]): number {
  return sessions.reduce((sum, { freeCount }) => sum + freeCount, 0);
}
