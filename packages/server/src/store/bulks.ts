/** The port's words for bulks. store.ts has the calls. */
import type { BulkStatus } from "../message/bulk.ts";

export interface BulkPlace {
  readonly accountId: number;
  readonly bulkId: string;
  readonly now: number;
  /** The `next` of the change before, where one did not reach all of the bulk. Absent: from its beginning. */
  readonly after?: number;
}

/** How messages of a canceled bulk end. */
export interface CanceledOutcome {
  readonly statusId: number;
  readonly errorId: number;
}

export interface BulkStatusChange extends BulkPlace {
  readonly to: BulkStatus;
  readonly canceled: CanceledOutcome;
}

export interface BulkReschedule extends BulkPlace {
  /** Past means now. */
  readonly sendAt: number;
}

/** The messages that an account sent under one `bulkId`. */
export interface BulkRecord {
  readonly bulkId: string;
  readonly status: BulkStatus;
  /** To when it was rescheduled; else when the first of its messages was accepted or was to leave. */
  readonly sendAt: number;
}

export interface BulkChanged {
  /** As it is after the change. Null: the account has no message of that bulk. */
  readonly bulk: BulkRecord | null;
  /** False: nothing was changed, since a bulk of that status is not to be changed so. */
  readonly isAllowed: boolean;
  /** Messages that got another time or state. */
  readonly changedCount: number;
  /** Where to go on: a commit changes a limited number of messages. Null: all of the bulk was reached. */
  readonly next: number | null;
}
