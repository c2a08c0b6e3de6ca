import type { DatabaseSync } from "node:sqlite";
import { bulkActionFor, canReschedule } from "../../message/bulk.ts";
import { PAUSE_MAX_MS } from "../../message/limits.ts";
import { Spread } from "../../message/spread.ts";
import type { MessageState } from "../../message/state.ts";
import { expiryAfterWaiting, timesInWindow, timingOf } from "../../message/waiting.ts";
import type {
  BulkChanged,
  BulkPlace,
  BulkRecord,
  BulkReschedule,
  BulkStatusChange,
  CanceledOutcome,
  Move,
} from "../store.ts";
import { BulkReader, type FoundBulk, type WishRow } from "./bulk-reader.ts";
import {
  countWishes,
  dropWish,
  findBulkOfMessage,
  freeMessage,
  pauseMessage,
  purgeWishes,
  reschedulePausedMessage,
  rescheduleMessage,
  saveWish,
  waitingOfBulk,
} from "./statements/bulks.ts";

/**
 * Messages that one commit changes at most: as many as a request may bring by default, so that nobody waits longer for
 * a bulk than for its acceptance. A bulk has more only when several requests shared its id.
 */
const MESSAGES_PER_CHANGE_MAX = 10_000;

interface WaitingRow {
  readonly seq: number;
  readonly state: MessageState;
  readonly attempts: number;
  /** Null while it is paused. */
  readonly dueAt: number | null;
  readonly pausedDueAt: number | null;
  readonly expiresAt: number;
  readonly checkAt: number;
  readonly options: string | null;
}

/**
 * The part of the writer that changes bulks, inside the transactions of the writer. Claims and moves run on the same
 * thread, one after the other: what is claimed when a bulk is paused or canceled is not touched, and meets the wish
 * when it comes back.
 */
export class BulkWriter {
  readonly #reader: BulkReader;
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #move: (move: Move) => boolean;
  #wishCount = 0;
  #pausedCount = 0;

  /** @param move ends a message, with its report */
  constructor(database: DatabaseSync, move: (move: Move) => boolean) {
    this.#reader = new BulkReader(database);
    this.#statements = prepareAll(database);
    this.#move = move;
    this.recount();
  }

  /** After anything that may have been taken back. */
  recount() {
    const counts = this.#statements.countWishes.get() as { all: number; paused: number };
    this.#wishCount = counts.all;
    this.#pausedCount = counts.paused;
  }

  /** Without any paused bulk that costs one comparison. */
  isPaused(accountId: number, bulkId: string): boolean {
    return this.#pausedCount > 0 && this.#reader.wishFor(accountId, bulkId)?.wish === "paused";
  }

  /** A message that was just inserted joins its bulk's pause. */
  joinPause(seq: number, accountId: number, bulkId: string, now: number) {
    if (!this.isPaused(accountId, bulkId)) return;
    this.#statements.pause.run(now + PAUSE_MAX_MS, seq);
  }

  /**
   * A message is to come back from a carrier and wait again. In doubt and of a canceled bulk, it is not sent again, and
   * not called canceled either: the carrier may have it, so it is left for its receipt.
   */
  returning(move: Move): Move {
    const row = move.doubt === "resent" ? this.#wishOf(move.seq) : null;
    if (row === null || !isCanceled(row, move.seq)) return move;
    const { dueAt: _, ...rest } = move;
    return { ...rest, to: "uncertain", doubt: "held" };
  }

  /** A message has come back from a carrier and waits again: now the wish for its bulk reaches it. */
  rejoin({ seq, to, attempts, at }: Move) {
    const row = this.#wishOf(seq);
    if (row === null) return;
    if (row.wish === "paused") this.#statements.pause.run(at + PAUSE_MAX_MS, seq);
    if (isCanceled(row, seq)) this.#cancel({ seq, state: to, attempts }, row, at);
  }

  #wishOf(seq: number): WishRow | null {
    if (this.#wishCount === 0) return null;
    const place = this.#statements.findBulkOfMessage.get(seq) as { accountId: number; bulkId: string } | undefined;
    return place === undefined ? null : this.#reader.wishFor(place.accountId, place.bulkId);
  }

  changeStatus(change: BulkStatusChange): BulkChanged {
    const found = this.#reader.find(change.accountId, change.bulkId, change.now);
    if (found === null) return UNKNOWN;
    // What goes on where the last commit stopped was judged then: the first has taken the pause off already.
    const isGoingOn = (change.after ?? 0) > 0 && change.to !== "PAUSED" && change.to !== "CANCELED";
    const action = bulkActionFor(isGoingOn ? "PAUSED" : found.status, change.to);
    if (action === null) return { bulk: recordOf(found), isAllowed: false, changedCount: 0, next: null };
    if (action === "nothing") return { bulk: recordOf(found), isAllowed: true, changedCount: 0, next: null };
    const rows = this.#waiting(change);
    const next = nextAfter(rows);
    let changed = rows;
    if (action === "pause") {
      this.#saveWish(change, found, { wish: "paused" });
      changed = this.#pauseAll(rows, change.now);
    } else if (action === "cancel") {
      const { statusId, errorId } = change.canceled;
      this.#saveWish(change, found, { wish: "canceled", lastSeq: found.lastSeq, statusId, errorId });
      for (const row of rows) this.#cancel(row, change.canceled, change.now);
    } else {
      if (found.row?.wish === "paused") this.#saveWish(change, found, { wish: null });
      changed = this.#freeAll(rows, change.now);
    }
    return { ...this.#answer(change), changedCount: changed.length, next };
  }

  reschedule(change: BulkReschedule): BulkChanged {
    const found = this.#reader.find(change.accountId, change.bulkId, change.now);
    if (found === null) return UNKNOWN;
    if (!canReschedule(found.status)) return { bulk: recordOf(found), isAllowed: false, changedCount: 0, next: null };
    const rows = this.#waiting(change);
    const from = Math.max(change.sendAt, change.now);
    const changed = this.#rescheduleAll(rows, from, change.now);
    // What has left, has left: a bulk of which nothing waits keeps the time that it had.
    if (changed.length > 0) this.#saveWish(change, found, { sendAt: from });
    return { ...this.#answer(change), changedCount: changed.length, next: nextAfter(rows) };
  }

  purge(before: number, limit: number): number {
    const { changes } = this.#statements.purgeWishes.run(before, limit);
    if (changes > 0) this.recount();
    return Number(changes);
  }

  #waiting({ accountId, bulkId, after = 0 }: BulkPlace): readonly WaitingRow[] {
    const values = { accountId, bulkId, after, limit: MESSAGES_PER_CHANGE_MAX };
    return this.#statements.waitingOfBulk.all(values) as unknown as WaitingRow[];
  }

  /** A row stays only while it says something. */
  #saveWish(place: BulkPlace, { row }: FoundBulk, changes: Partial<WishRow>) {
    const { accountId, bulkId, now } = place;
    const kept: WishRow = { wish: null, sendAt: null, lastSeq: 0, statusId: 0, errorId: 0, ...row, ...changes };
    if (kept.wish === null && kept.sendAt === null) this.#statements.dropWish.run(accountId, bulkId);
    else this.#statements.saveWish.run({ ...kept, accountId, bulkId, now });
    this.recount();
  }

  /** What has run out of time already is left to the checks, here and below. */
  #pauseAll(rows: readonly WaitingRow[], now: number): readonly WaitingRow[] {
    const going = rows.filter(({ pausedDueAt, checkAt }) => pausedDueAt === null && checkAt > now);
    for (const { seq } of going) this.#statements.pause.run(now + PAUSE_MAX_MS, seq);
    return going;
  }

  #freeAll(rows: readonly WaitingRow[], now: number): readonly WaitingRow[] {
    const paused = rows.filter(({ pausedDueAt, checkAt }) => pausedDueAt !== null && checkAt > now);
    const spreads = new Spreads();
    for (const row of paused) {
      const times = timesFor(row, spreads, Math.max(row.pausedDueAt ?? 0, now), now);
      this.#statements.free.run({ ...times, seq: row.seq, state: times.dueAt > now ? "held" : "queued" });
    }
    return paused;
  }

  #rescheduleAll(rows: readonly WaitingRow[], from: number, now: number): readonly WaitingRow[] {
    const alive = rows.filter(({ checkAt }) => checkAt > now);
    const spreads = new Spreads();
    for (const row of alive) {
      const times = timesFor(row, spreads, from, now);
      if (row.pausedDueAt !== null) this.#statements.reschedulePaused.run({ ...times, seq: row.seq });
      else this.#statements.reschedule.run({ ...times, seq: row.seq, state: times.dueAt > now ? "held" : "queued" });
    }
    return alive;
  }

  #cancel({ seq, state, attempts }: Pick<WaitingRow, "seq" | "state" | "attempts">, how: CanceledOutcome, at: number) {
    const { statusId, errorId } = how;
    this.#move({ seq, from: state, attempts, to: "canceled", statusId, errorId, at });
  }

  #answer({ accountId, bulkId, now }: BulkPlace): Pick<BulkChanged, "bulk" | "isAllowed"> {
    const bulk = this.#reader.find(accountId, bulkId, now);
    return { bulk: bulk === null ? null : recordOf(bulk), isAllowed: true };
  }
}

const UNKNOWN: BulkChanged = { bulk: null, isAllowed: false, changedCount: 0, next: null };

function recordOf({ bulkId, status, sendAt }: FoundBulk): BulkRecord {
  return { bulkId, status, sendAt };
}

/** What was accepted under the id of a canceled bulk afterwards is not meant. */
function isCanceled({ wish, lastSeq }: WishRow, seq: number): boolean {
  return wish === "canceled" && seq <= lastSeq;
}

/** Null when there were fewer than a change may take. */
function nextAfter(rows: readonly WaitingRow[]): number | null {
  return rows.length < MESSAGES_PER_CHANGE_MAX ? null : (rows.at(-1)?.seq ?? null);
}

/** One spread for each speed limit: requests that share a bulk's id may have different ones. */
class Spreads {
  readonly #byLimit = new Map<string, Spread>();

  of(limit: ConstructorParameters<typeof Spread>[0]): Spread {
    const key = JSON.stringify(limit);
    let spread = this.#byLimit.get(key);
    if (spread === undefined) {
      spread = new Spread(limit);
      this.#byLimit.set(key, spread);
    }
    return spread;
  }
}

/** The new times of a message that should leave at `at`: by its window and its request's speed limit. */
function timesFor(row: WaitingRow, spreads: Spreads, at: number, now: number) {
  // Of a pause, its beginning is known by its latest end.
  const since = row.pausedDueAt === null ? now : row.checkAt - PAUSE_MAX_MS;
  const former = { dueAt: row.pausedDueAt ?? row.dueAt ?? now, expiresAt: row.expiresAt };
  const { deliveryTimeWindow = null, sendingSpeedLimit } = timingOf(row.options);
  const dueAt =
    sendingSpeedLimit === undefined
      ? timesInWindow(row.options, at, 0).dueAt
      : spreads.of(sendingSpeedLimit).next(deliveryTimeWindow, at);
  return { dueAt, expiresAt: expiryAfterWaiting(former, since, dueAt) };
}

function prepareAll(database: DatabaseSync) {
  return {
    countWishes: database.prepare(countWishes),
    saveWish: database.prepare(saveWish),
    dropWish: database.prepare(dropWish),
    purgeWishes: database.prepare(purgeWishes),
    waitingOfBulk: database.prepare(waitingOfBulk),
    findBulkOfMessage: database.prepare(findBulkOfMessage),
    pause: database.prepare(pauseMessage),
    free: database.prepare(freeMessage),
    reschedule: database.prepare(rescheduleMessage),
    reschedulePaused: database.prepare(reschedulePausedMessage),
  };
}
