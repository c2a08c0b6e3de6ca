import { ERROR, STATUS } from "@posthorn/contract";
import type { UncertainPolicy } from "./carrier.ts";
import type { CheckRow, Move } from "../store/store.ts";

/**
 * What becomes of a message that a carrier may have or may not have. `resend` queues it again and says so in its log
 * and report (it may arrive twice); `hold` leaves it to a receipt, and it ends as EXPIRED_DLR_UNKNOWN without one.
 * There is no third way: nobody can know.
 */
export function moveAfterDoubt(
  message: Pick<CheckRow, "seq" | "state" | "attempts" | "expiresAt">,
  policy: UncertainPolicy,
  now: number,
  backoffMs: number,
  carrierMessageId?: string,
): Move {
  const base = {
    seq: message.seq,
    from: message.state,
    attempts: message.attempts,
    at: now,
    checkAt: message.expiresAt,
    ...(carrierMessageId === undefined ? {} : { carrierMessageId }),
  };
  const outcome = { statusId: STATUS.PENDING_ENROUTE, errorId: ERROR.NO_ERROR };
  return policy === "resend"
    ? { ...base, ...outcome, to: "queued", dueAt: now + backoffMs, doubt: "resent" }
    : { ...base, ...outcome, to: "uncertain", doubt: "held" };
}
