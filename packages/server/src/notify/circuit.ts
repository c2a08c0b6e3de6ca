/**
 * The circuit of one receiver. Closed: it gets what is due. After `FAILURES_UNTIL_OPEN` calls that failed one after the
 * other it opens: it gets nothing for a while, then one call to try (half-open). That one closes it, or opens it for
 * twice as long. What waits meanwhile is due all the time and loses no attempt by it.
 *
 * It never holds up a single webhook: after as many failures of its own, Infobip's schedule waits longer.
 */
export const FAILURES_UNTIL_OPEN = 3;
/** Shares of the retry schedule's base: with a minute a quarter of a minute first, and five minutes at most. */
const OPEN_FIRST_OF_BASE = 1 / 4;
const OPEN_MAX_OF_BASE = 5;

/** The receiver read the body and did not like it: it is there, and the next body may suit it. */
const ABOUT_THE_BODY: ReadonlySet<number> = new Set([400, 413, 415, 422]);

export function countsForCircuit(outcome: { readonly ok: boolean; readonly status?: number }): boolean {
  return !outcome.ok && !(outcome.status !== undefined && ABOUT_THE_BODY.has(outcome.status));
}

/** How long a receiver is left alone after so many failed calls; null: not at all. */
export function openMsAfter(failures: number, retryBaseMs: number): number | null {
  if (failures < FAILURES_UNTIL_OPEN) return null;
  const doublings = Math.min(failures - FAILURES_UNTIL_OPEN, 30);
  return Math.min(retryBaseMs * OPEN_FIRST_OF_BASE * 2 ** doublings, retryBaseMs * OPEN_MAX_OF_BASE);
}
