import type { TemplateStatus } from "../options.ts";

/** What becomes of a template that was made or edited, by its name; the names are those of the sandbox's senders. */
export interface ReviewOutcome {
  readonly prefix: string;
  /** In Markdown. */
  readonly description: string;
  /** Null: it is not made. */
  readonly status: TemplateStatus | null;
  /** Of the webhook; null: none comes. */
  readonly event: string | null;
  readonly reason: string | null;
}

const outcome = (
  prefix: string,
  description: string,
  status: ReviewOutcome["status"],
  event: string | null = status,
  reason: string | null = null,
): ReviewOutcome => ({ prefix, description, status, event, reason });

export const REVIEW_OUTCOMES: readonly ReviewOutcome[] = [
  outcome(
    "reject_",
    "`REJECTED`, with the reason `INVALID_FORMAT`; sends are refused: 132001",
    "REJECTED",
    "REJECTED",
    "INVALID_FORMAT",
  ),
  outcome("pend_", "`PENDING` for ever; sends are refused: 132001", "PENDING", null),
  outcome("pause_", "`PAUSED`; sends are refused: 132015", "PAUSED"),
  outcome("flag_", "`APPROVED`, and flagged by a webhook", "APPROVED", "FLAGGED"),
  outcome("disable_", "`DISABLED`; sends are refused: 132016", "DISABLED"),
  outcome("taken_", "refused (100, subcode 2388024), as if there was one of that name and language", null),
];
const APPROVED = outcome("", "`APPROVED`", "APPROVED");

export function reviewOf(name: string): ReviewOutcome {
  return REVIEW_OUTCOMES.find(({ prefix }) => name.startsWith(prefix)) ?? APPROVED;
}
