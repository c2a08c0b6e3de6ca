import { ERROR, STATUS } from "@posthorn/contract";
import type { UncertainPolicy } from "./carrier.ts";
import { timesInWindow } from "../message/waiting.ts";
import type { CheckRow, Move } from "../store/store.ts";

/**
 * What becomes of a message that a carrier may have or may not have. `resend` queues it again and says so in its log
 * and report (it may arrive twice); `hold` leaves it to a receipt, and it ends as EXPIRED_DLR_UNKNOWN without one.
 * There is no third way: nobody can know.
 */
export function moveAfterDoubt(
  message: Pick<CheckRow, "seq" | "state" | "attempts" | "expiresAt" | "options">,
  policy: UncertainPolicy,
  now: number,
  backoffMs: number,
): Move {
  const base = { seq: message.seq, from: message.state, attempts: message.attempts, at: now };
  const outcome = { statusId: STATUS.PENDING_ENROUTE, errorId: ERROR.NO_ERROR };
  return policy === "resend"
    ? { ...base, ...outcome, ...waitUntil(message, now + backoffMs), doubt: "resent" }
    : { ...base, ...outcome, to: "uncertain", checkAt: message.expiresAt, doubt: "held" };
}

/**
 * Back into the queue until `at`, or held until its delivery window opens after that: the window is judged anew for
 * every try.
 */
export function waitUntil(
  message: Pick<CheckRow, "expiresAt" | "options">,
  at: number,
): Pick<Move, "to" | "dueAt" | "expiresAt" | "checkAt"> {
  const { dueAt, expiresAt } = timesInWindow(message.options, at, message.expiresAt);
  if (dueAt === at) return { to: "queued", dueAt, checkAt: expiresAt };
  return { to: "held", dueAt, expiresAt, checkAt: expiresAt };
}
