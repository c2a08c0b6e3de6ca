import type { Random } from "./random.ts";

/**
 * Full jitter: a delay anywhere between nothing and the exponential bound, so that callers which failed together do
 * not come back together.
 *
 * @param attempt number of attempts made so far, from 1
 */
export function fullJitterMs(
  attempt: number,
  limits: { readonly baseMs: number; readonly maxMs: number },
  random: Random,
): number {
  const exponent = Math.min(Math.max(attempt, 1) - 1, 30);
  return Math.floor(random.float() * Math.min(limits.maxMs, limits.baseMs * 2 ** exponent));
}
