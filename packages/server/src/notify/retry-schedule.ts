/**
 * Infobip's push retry: one minute plus n² minutes before retry n, counted from 0, at most 20 retries; the last one
 * comes 41 hours and 30 minutes after the first attempt.
 *
 * @param failedAttempts attempts made so far, from 1
 * @returns delay in milliseconds, or null when it is to be given up
 */
export function retryDelayMs(
  failedAttempts: number,
  limits: { readonly retryBaseMs: number; readonly retriesMax: number },
): number | null {
  const retry = failedAttempts - 1;
  if (retry >= limits.retriesMax) return null;
  return limits.retryBaseMs + limits.retryBaseMs * retry ** 2;
}

/** Half as many reports with every failed attempt, down to one: the largest bucket, 2000, is there after eleven. */
const BUCKET_HALVINGS_MAX = 11;

/**
 * How many reports go into one request. A receiver that chokes on one report would otherwise fail the other 99 with it
 * until all are given up; halving finds the bad one and lets the rest through.
 */
export function bucketSizeAfter(failedAttempts: number, bucketSize: number): number {
  return Math.max(1, bucketSize >> Math.min(failedAttempts, BUCKET_HALVINGS_MAX));
}

/** From the first attempt to the last retry, in milliseconds; 41 hours and 30 minutes with Infobip's numbers. */
export function retrySpanMs(limits: { readonly retryBaseMs: number; readonly retriesMax: number }): number {
  let span = 0;
  for (let attempt = 1; attempt <= limits.retriesMax; attempt += 1) span += retryDelayMs(attempt, limits) ?? 0;
  return span;
}
