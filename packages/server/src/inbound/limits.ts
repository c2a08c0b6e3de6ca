const HOUR_MS = 3_600_000;

/** Auto-responses that one phone gets from one number in `AUTO_RESPONSE_WINDOW_MS`: two machines that answer each other stop. */
export const AUTO_RESPONSES_PER_PHONE_MAX = 10;
export const AUTO_RESPONSE_WINDOW_MS = HOUR_MS;
/** Parts of one phone that wait for others: two of the longest messages (255 parts each). */
export const WAITING_PARTS_PER_PHONE_MAX = 510;
/** Parts of all phones that wait for others: some 15 MB of disk. */
export const WAITING_PARTS_MAX = 50_000;
/** A part that a carrier hands over once more comes within this, or counts as another message's. */
export const REPEATED_PART_WINDOW_MS = HOUR_MS;
/** Messages put together in one round. */
export const GROUPS_PER_ROUND_MAX = 50;
/** A carrier's clock may be behind ours by this much: an answer that seems so much older than its message is one. */
export const ANSWER_CLOCK_STEP_MS = 60_000;
/** WhatsApp's rule: so long after a user's message he may be sent anything; at other times only templates. */
export const CONVERSATION_WINDOW_MS = 24 * HOUR_MS;
