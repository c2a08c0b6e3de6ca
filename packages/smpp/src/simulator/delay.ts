import { fieldError } from "../errors.ts";

/** Milliseconds: always the same, evenly spread, or exponential (most short, some long) and cut at `maxMs`. */
export type Delay =
  | number
  | { readonly minMs: number; readonly maxMs: number }
  | { readonly meanMs: number; readonly maxMs: number };

/** A day: longer than any test, shorter than what a timer can hold. */
export const DELAY_MS_MAX = 86_400_000;

export function checkDelay(delay: Delay): void {
  const numbers = typeof delay === "number" ? [delay] : Object.values(delay as Readonly<Record<string, number>>);
  if (!numbers.every((ms) => ms >= 0 && ms <= DELAY_MS_MAX)) {
    throw fieldError("delay", `is 0 to ${DELAY_MS_MAX} ms`);
  }
  if (typeof delay !== "number" && "minMs" in delay && delay.minMs > delay.maxMs) {
    throw fieldError("delay", "has a minMs of at most its maxMs");
  }
}

export function delayMsOf(delay: Delay, random: () => number): number {
  if (typeof delay === "number") return delay;
  if ("minMs" in delay) return Math.round(delay.minMs + random() * (delay.maxMs - delay.minMs));
  return Math.min(delay.maxMs, Math.round(-delay.meanMs * Math.log(1 - random())));
}
