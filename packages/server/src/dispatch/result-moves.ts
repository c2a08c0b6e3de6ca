/** From what a carrier says of a message to what the store is told. */
import { ERROR, STATUS } from "@posthorn/contract";
import type { Carrier, SubmitResult } from "../carrier/carrier.ts";
import { moveAfterDoubt, waitUntil } from "../carrier/uncertain.ts";
import { fullJitterMs } from "../kernel/backoff.ts";
import type { Random } from "../kernel/random.ts";
import type { Move, OutboundMessage } from "../store/store.ts";
import { asksForIntermediateReports } from "./intermediate-reports.ts";

export interface MoveRules {
  readonly carrier: Pick<Carrier, "uncertainPolicy">;
  readonly random: Random;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** A message that the carrier has is looked at again after this; absent where the carrier cannot be asked. */
  readonly queryAfterMs?: number;
}

/** @param now the time of the answer */
export function moveOf(message: OutboundMessage, result: SubmitResult, now: number, rules: MoveRules): Move {
  const move = plainMoveOf(message, result, now, rules);
  return asksForIntermediateReports(message.options) ? { ...move, intermediateReport: true } : move;
}

function plainMoveOf(message: OutboundMessage, result: SubmitResult, now: number, rules: MoveRules): Move {
  if (result.outcome === "submitted") return moveOfSubmitted(message, result, now, rules);
  const base = { seq: message.seq, from: "claimed", attempts: message.attempts, at: now } as const;
  switch (result.outcome) {
    case "temporary": {
      const { retryBaseMs, retryMaxMs, random } = rules;
      const backoffMs = fullJitterMs(message.attempts, { baseMs: retryBaseMs, maxMs: retryMaxMs }, random);
      return {
        ...base,
        statusId: STATUS.PENDING_ENROUTE,
        errorId: result.errorId,
        ...waitUntil(message, now + (result.isUnsent === true ? 0 : Math.max(backoffMs, result.retryAfterMs ?? 0))),
      };
    }
    case "permanent":
      return { ...base, to: result.state, statusId: result.statusId, errorId: result.errorId };
    case "uncertain": {
      const { retryBaseMs, retryMaxMs, random } = rules;
      const backoffMs = fullJitterMs(message.attempts, { baseMs: retryBaseMs, maxMs: retryMaxMs }, random);
      const { carrier, queryAfterMs } = rules;
      const claimed = { ...message, state: "claimed" } as const;
      const move = moveAfterDoubt(claimed, carrier.uncertainPolicy, now, backoffMs);
      if (result.carrierMessageId === undefined) return move;
      const known = { ...move, carrierMessageId: result.carrierMessageId, submittedAt: now };
      // The carrier can be asked what became of it.
      if (move.to !== "uncertain" || queryAfterMs === undefined) return known;
      return { ...known, checkAt: Math.min(message.expiresAt, now + queryAfterMs) };
    }
  }
}

/** The most frequent by far, so nothing is spread for it. */
function moveOfSubmitted(
  { seq, attempts, expiresAt }: OutboundMessage,
  { carrierMessageId, partIds, spelledIds }: Extract<SubmitResult, { outcome: "submitted" }>,
  now: number,
  { queryAfterMs }: MoveRules,
): Move {
  const move: Move = {
    seq,
    from: "claimed",
    attempts,
    at: now,
    to: "submitted",
    statusId: STATUS.PENDING_WAITING_DELIVERY,
    errorId: ERROR.NO_ERROR,
    carrierMessageId,
    submittedAt: now,
    checkAt: queryAfterMs === undefined ? expiresAt : Math.min(expiresAt, now + queryAfterMs),
  };
  if (partIds === undefined && spelledIds === undefined) return move;
  return {
    ...move,
    ...(partIds === undefined ? {} : { partIds }),
    ...(spelledIds === undefined ? {} : { spelledIds }),
  };
}

/**
 * What a result says about the carrier. A refusal for good says something about the message only, and what has not left
 * says nothing.
 */
export function verdictOf(result: SubmitResult): "good" | "throttled" | "failed" | "unsent" {
  if (result.outcome === "uncertain") return "failed";
  if (result.outcome !== "temporary") return "good";
  if (result.isUnsent === true) return "unsent";
  return result.isThrottled === true ? "throttled" : "failed";
}
