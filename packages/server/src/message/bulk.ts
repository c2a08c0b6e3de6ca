/**
 * What a bulk is doing, and what its customer may still do to it. A bulk has no state of its own beside the customer's
 * wish (paused, canceled): all else follows from its messages.
 */
export type BulkStatus = "PENDING" | "PAUSED" | "PROCESSING" | "CANCELED" | "FINISHED" | "FAILED";

/** A customer's wish for a bulk, as long as it holds. */
export type BulkWish = "paused" | "canceled";

/** A bulk's messages, counted. */
export interface BulkCounts {
  readonly total: number;
  /** In no final state. */
  readonly open: number;
  /** Open and with no carrier: queued or held. */
  readonly waiting: number;
  /** Those that have been with a carrier, have ended other than refused, or whose time has come. */
  readonly begun: number;
  readonly rejected: number;
  readonly canceled: number;
}

export function bulkStatusOf(counts: BulkCounts, wish: BulkWish | null): BulkStatus {
  if (counts.open === 0) {
    if (counts.canceled > 0) return "CANCELED";
    return counts.rejected === counts.total ? "FAILED" : "FINISHED";
  }
  if (wish === "paused") return "PAUSED";
  // What a carrier had when the rest was canceled comes to its end, and nothing more will leave.
  if (wish === "canceled" && counts.waiting === 0) return "CANCELED";
  return counts.begun > 0 ? "PROCESSING" : "PENDING";
}

/** What is to be done so that a bulk has a status; null where it is not in the customer's hands. */
export type BulkAction = "pause" | "resume" | "cancel" | "nothing";

/**
 * A customer may hold what waits, free it again, and cancel; whether a bulk is PENDING or PROCESSING is a question of
 * its time, so either word frees it. Asking for what is so already is allowed and done again: it changes nothing, unless
 * an earlier request was stopped in the middle, which is finished by it.
 */
export function bulkActionFor(from: BulkStatus, to: BulkStatus): BulkAction | null {
  if (from === "CANCELED" || from === "FINISHED" || from === "FAILED") return from === to ? "nothing" : null;
  switch (to) {
    case "PAUSED":
      return "pause";
    case "CANCELED":
      return "cancel";
    case "PENDING":
    case "PROCESSING":
      return from === "PAUSED" || from === to ? "resume" : null;
    // Nobody can ask for these: they come about.
    case "FINISHED":
    case "FAILED":
      return null;
  }
}

/** Whether what waits may be given another time. */
export function canReschedule(status: BulkStatus): boolean {
  return status === "PENDING" || status === "PAUSED" || status === "PROCESSING";
}
