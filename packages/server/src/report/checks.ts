import { ERROR, STATUS } from "@posthorn/contract";
import type { Carrier, SubmittedMessage } from "../carrier/carrier.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { MessageState } from "../message/state.ts";
import { moveAfterDoubt } from "../carrier/uncertain.ts";
import type { CheckRow, Move, Receipt, Store } from "../store/store.ts";

const CHECK_INTERVAL_MS = 1_000;
const CHECKS_PER_ROUND_MAX = 500;
/** A carrier that does not answer a query must not keep all other messages from being looked at. */
const QUERY_TIMEOUT_MS = 10_000;
const IS_WITH_CARRIER: ReadonlySet<MessageState> = new Set(["submitted", "uncertain"]);

export interface ChecksOptions {
  readonly store: Pick<Store, "dueChecks" | "moveMessages">;
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly clock: Clock;
  readonly log: Log;
  /** A submitted message that has not ended is looked at again after this, and then ever more rarely. */
  readonly queryAfterMs: number;
  /** True while a dispatcher of this process waits for the message's result: it is not in doubt then. */
  readonly isInFlight: (seq: number) => boolean;
  readonly onReceipts: (carrier: string, receipts: readonly Receipt[]) => Promise<unknown>;
  readonly onReports: () => void;
  readonly onQueued: () => void;
}

/**
 * No silent end: every open message has a time at which somebody looks at it, whatever else happened to it.
 *
 * - waiting (held, queued) at the end of its validity, or of the longest pause: expired
 * - claimed when its lease is over: in doubt, unless this process still waits for its result (a clock that jumps ahead
 *   ends every lease, and must not send every message in flight twice)
 * - submitted: the carrier is asked, where it can be; at the end of its validity it ends as EXPIRED_DLR_UNKNOWN
 * - uncertain: as submitted, but that a carrier can be asked only where its id is known
 */
export function startChecks(options: ChecksOptions): WorkLoop {
  return startWorkLoop({
    name: "checks",
    clock: options.clock,
    log: options.log,
    pollIntervalMs: CHECK_INTERVAL_MS,
    round: () => runChecks(options),
  });
}

export async function runChecks(options: ChecksOptions): Promise<boolean> {
  const now = options.clock.now();
  const rows = await options.store.dueChecks(now, CHECKS_PER_ROUND_MAX);
  if (rows.length === 0) return false;
  await askCarriers(options, rows, now);
  // Those that a receipt has just ended have left the state that these moves ask for, so nothing happens to them. One
  // whose receipt named an id that we do not know is decided like all others: it must end some time.
  const moves = rows.map((row) => decide(options, row, now));
  await options.store.moveMessages(moves);
  if (moves.some((move) => move.to === "expired")) options.onReports();
  if (moves.some((move) => move.to === "queued")) options.onQueued();
  return rows.length === CHECKS_PER_ROUND_MAX;
}

/** Receipts that the carriers gave when asked are recorded like those that they send. */
async function askCarriers(options: ChecksOptions, rows: readonly CheckRow[], now: number) {
  for (const [name, carrier] of options.carriers) {
    const asked = rows.filter((row) => row.carrier === name && IS_WITH_CARRIER.has(row.state));
    const messages = asked.flatMap(submittedMessagesOf);
    if (carrier.query === undefined || messages.length === 0) continue;
    try {
      const answers = await inTime(options.clock, QUERY_TIMEOUT_MS, carrier.query(messages));
      const known = answers.filter((answer) => answer !== null && answer !== undefined);
      const receipts = known.map((answer) => ({ ...answer, carrier: name }));
      if (receipts.length > 0) await options.onReceipts(name, receipts);
    } catch (error) {
      options.log.warn(
        { event: "checks.query_failed", carrier: name, count: messages.length, err: error, now },
        "query failed",
      );
    }
  }
}

/** One for each id that a receipt is missing of. */
function submittedMessagesOf(row: CheckRow): readonly SubmittedMessage[] {
  const { carrierMessageId, submittedAt, openPartIds, spelledIds, messageId, sender, destination } = row;
  if (carrierMessageId === null || submittedAt === null) return [];
  return (openPartIds ?? [carrierMessageId]).map((id, index) => ({
    carrierMessageId: id,
    ...spelled(spelledIds?.[index]),
    messageId,
    sender,
    destination,
    submittedAt,
  }));
}

function spelled(spelledId: string | null | undefined): Pick<SubmittedMessage, "spelledId"> {
  return spelledId === null || spelledId === undefined ? {} : { spelledId };
}

async function inTime<Value>(clock: Clock, limitMs: number, work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(limitMs, () => late.reject(new Error(`no answer in ${limitMs} ms`)));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    timer.cancel();
  }
}

function decide(options: ChecksOptions, row: CheckRow, now: number): Move {
  const base = { seq: row.seq, from: row.state, attempts: row.attempts, at: now };
  const isOver = row.expiresAt <= now;
  if (row.state === "claimed") {
    const outcome = { statusId: STATUS.PENDING_ENROUTE, errorId: ERROR.NO_ERROR };
    if (options.isInFlight(row.seq)) return { ...base, ...outcome, to: "claimed", checkAt: now + options.queryAfterMs };
    const policy = options.carriers.get(row.carrier)?.uncertainPolicy ?? "hold";
    return moveAfterDoubt(row, policy, now, 0);
  }
  if (row.state === "queued" || row.state === "held") {
    return { ...base, to: "expired", statusId: STATUS.EXPIRED_EXPIRED, errorId: ERROR.EC_VALIDITY_EXPIRED };
  }
  if (isOver) {
    return { ...base, to: "expired", statusId: STATUS.EXPIRED_DLR_UNKNOWN, errorId: ERROR.NO_ERROR };
  }
  // Still waiting for its receipt: the same state, looked at again later.
  return {
    ...base,
    to: row.state,
    statusId: row.state === "uncertain" ? STATUS.PENDING_ENROUTE : STATUS.PENDING_WAITING_DELIVERY,
    errorId: ERROR.NO_ERROR,
    checkAt: Math.min(
      row.expiresAt,
      now + Math.max(options.queryAfterMs, Math.floor((now - (row.submittedAt ?? now)) / 2)),
    ),
  };
}
