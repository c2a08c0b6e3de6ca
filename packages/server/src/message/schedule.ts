import { VALIDITY_MAX_MS } from "./limits.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const TIME_UNIT_MS = { SECONDS: SECOND_MS, MINUTES: MINUTE_MS, HOURS: HOUR_MS } as const;

export interface ValidityPeriod {
  amount: number;
  /** MINUTES when absent. */
  timeUnit?: keyof typeof TIME_UNIT_MS | undefined;
}

/** How long a message may be tried, in milliseconds: as asked, else `defaultMs`, and never above 48 hours. */
export function validityMs(period: ValidityPeriod | undefined, defaultMs: number): number {
  const askedMs = period === undefined ? defaultMs : period.amount * TIME_UNIT_MS[period.timeUnit ?? "MINUTES"];
  return Math.min(askedMs, VALIDITY_MAX_MS);
}

/** Monday first, as Infobip lists them; the place in the list is the number that the arithmetic below uses. */
export const DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"] as const;
export type Day = (typeof DAYS)[number];

/** 1 January 1970, day 0 of the epoch, was a Thursday. */
const EPOCH_DAY_NUMBER = 3;

export interface TimeOfDay {
  /** 0..23 */
  hour: number;
  /** 0..59 */
  minute: number;
}

/**
 * When a message may be sent, in UTC. `days` are the days on which the window opens. It holds from `from` (included) to
 * `to` (excluded); with `from` later than `to` it stays open over midnight into a day that need not be in `days`, and
 * with both equal it stays open for 24 hours. Without `from` it opens at midnight, without `to` it closes at midnight.
 */
export interface DeliveryTimeWindow {
  days: readonly Day[];
  from?: TimeOfDay | undefined;
  to?: TimeOfDay | undefined;
}

const sinceMidnightMs = (time: TimeOfDay): number => time.hour * HOUR_MS + time.minute * MINUTE_MS;

/**
 * The first instant at or after `atMs` (epoch milliseconds) that lies inside the window; `atMs` itself when it does.
 * Throws a RangeError for a window without days: it would never open, and every schema refuses it.
 */
export function nextOpening(window: DeliveryTimeWindow, atMs: number): number {
  const openingMs = window.from === undefined ? 0 : sinceMidnightMs(window.from);
  const closingMs = window.to === undefined ? DAY_MS : sinceMidnightMs(window.to);
  const durationMs = closingMs > openingMs ? closingMs - openingMs : closingMs - openingMs + DAY_MS;
  const today = Math.floor(atMs / DAY_MS);
  // From yesterday, whose window may still be open over midnight, to this day a week on, when it was the only one and
  // is over for today.
  for (let day = today - 1; day <= today + DAYS.length; day += 1) {
    const weekday = DAYS[(((day + EPOCH_DAY_NUMBER) % DAYS.length) + DAYS.length) % DAYS.length];
    if (weekday === undefined || !window.days.includes(weekday)) continue;
    const opensMs = day * DAY_MS + openingMs;
    if (atMs < opensMs + durationMs) return Math.max(atMs, opensMs);
  }
  throw new RangeError("A delivery time window needs at least one day.");
}
