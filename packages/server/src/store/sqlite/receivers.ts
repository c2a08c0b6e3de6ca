import type { DatabaseSync } from "node:sqlite";
import type { ReceiverState } from "../store.ts";
import {
  closeReceiver,
  dueAtOfReceiver,
  dueReceivers,
  firstDueOf,
  giveUpWebhooks,
  lastTurn,
  removeReceiver,
  scheduleReceiver,
  setReceiverState,
  unwellReceivers,
  wakeReceiver,
  wakeReceivers,
} from "./statements/receivers.ts";

/** Receivers whose next time is remembered, so that a webhook for a busy one costs no write beside its own. */
const REMEMBERED_MAX = 1000;

/** When a receiver without waiting webhooks is to be looked at. */
const NEVER = Number.POSITIVE_INFINITY;

export interface DueReceiver {
  readonly origin: string;
  readonly failures: number;
  readonly openUntil: number | null;
}

/** When each receiver with waiting webhooks is to be looked at next. Never later than its first webhook is due. */
export class Receivers {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #known = new Map<string, number>();
  /** Those that have failed lately. */
  #unwell: Set<string>;
  #turn: number;

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
    this.#turn = Number(this.#statements.lastTurn.get()?.["turn"] ?? 0);
    this.#unwell = this.#findUnwell();
  }

  /** It takes what it gets, and nothing that is due waits for it. */
  isFree(origin: string, now: number): boolean {
    if (this.#unwell.has(origin)) return false;
    const dueAt = this.#known.get(origin) ?? this.#learn(origin);
    return dueAt > now;
  }

  #learn(origin: string): number {
    const dueAt = (this.#statements.dueAtOf.get(origin)?.["dueAt"] as number | undefined) ?? NEVER;
    this.#remember(origin, dueAt);
    return dueAt;
  }

  #findUnwell(): Set<string> {
    return new Set(this.#statements.unwell.all().map((row) => row["origin"] as string));
  }

  due(now: number, limit: number): readonly DueReceiver[] {
    return this.#statements.due.all(now, limit) as unknown as DueReceiver[];
  }

  /** A webhook is due for it at `dueAt`. */
  wake(origin: string, dueAt: number) {
    const known = this.#known.get(origin);
    if (known !== undefined && known <= dueAt) return;
    this.#turn += 1;
    const row = this.#statements.wake.get(origin, dueAt, this.#turn);
    this.#remember(origin, row?.["dueAt"] as number);
  }

  /**
   * After its due webhooks were taken, or none was found: to where the next one is due, behind the others.
   *
   * @param heldUntil it stays until then although nothing waits for it
   */
  schedule(origin: string, now: number, openUntil: number | null, heldUntil?: number) {
    const first = (this.#statements.firstDue.get(origin)?.["dueAt"] as number | undefined) ?? heldUntil;
    if (first === undefined) {
      this.#statements.remove.run(origin);
      this.#remember(origin, NEVER);
      this.#unwell.delete(origin);
      return;
    }
    this.#turn += 1;
    const dueAt = Math.max(first, now, openUntil ?? 0);
    this.#statements.schedule.run(dueAt, this.#turn, origin);
    this.#remember(origin, dueAt);
  }

  /** @param heldUntil reports may be on their way to it until then: its failures are not forgotten before */
  setState({ origin, failures, openUntil, giveUp }: ReceiverState, now: number, heldUntil?: number) {
    if (heldUntil !== undefined) this.wake(origin, heldUntil);
    if (giveUp !== undefined) this.#statements.giveUp.run(giveUp.error, origin, giveUp.dueBefore, giveUp.limit);
    this.#statements.setState.run(failures, openUntil, origin);
    if (failures > 0 || openUntil !== null) this.#unwell.add(origin);
    else this.#unwell.delete(origin);
    this.schedule(origin, now, openUntil, heldUntil);
  }

  /** Somebody wants it tried now, whatever it did before. */
  close(origin: string, now: number) {
    this.#known.delete(origin);
    this.wake(origin, now);
    this.#statements.close.run(origin);
    this.#unwell.delete(origin);
    this.schedule(origin, now, null);
  }

  wakeAll(now: number) {
    this.#known.clear();
    this.#statements.wakeAll.run({ now });
  }

  /** What was remembered may not have come to pass. */
  forget() {
    this.#known.clear();
    this.#unwell = this.#findUnwell();
  }

  #remember(origin: string, dueAt: number) {
    this.#known.delete(origin);
    this.#known.set(origin, dueAt);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED_MAX && oldest !== undefined) this.#known.delete(oldest);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    due: database.prepare(dueReceivers),
    dueAtOf: database.prepare(dueAtOfReceiver),
    unwell: database.prepare(unwellReceivers),
    wake: database.prepare(wakeReceiver),
    firstDue: database.prepare(firstDueOf),
    schedule: database.prepare(scheduleReceiver),
    remove: database.prepare(removeReceiver),
    setState: database.prepare(setReceiverState),
    close: database.prepare(closeReceiver),
    lastTurn: database.prepare(lastTurn),
    wakeAll: database.prepare(wakeReceivers),
    giveUp: database.prepare(giveUpWebhooks),
  };
}
