/** Times as SMPP writes them: YYMMDDhhmmsstnnp (SMPP 3.4 §7.1.1). */
import { fieldError } from "../errors.ts";

const TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+\-R])$/;
const QUARTER_MS = 15 * 60_000;
/** §7.1.1: 00 to 37 is this century, 38 to 99 the last. */
const CENTURY_PIVOT = 38;
/** Months and years have no length in a relative time, so days carry the most: 99. */
export const RELATIVE_SECONDS_MAX = 99 * 86_400 + 86_399;

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** A point in time, in UTC to the tenth of a second. */
export function formatAbsoluteTime(timeMs: number): string {
  const date = new Date(timeMs);
  const year = date.getUTCFullYear();
  if (!(year >= 1938 && year <= 2037)) throw fieldError("time", "is between 1938 and 2037");
  const parts = [year % 100, date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()];
  const tenths = Math.floor(date.getUTCMilliseconds() / 100);
  return `${[...parts, date.getUTCSeconds()].map(twoDigits).join("")}${tenths}00+`;
}

/** From now on by the clock of whoever reads it; safer than a point in time, because clocks differ. */
export function formatRelativeTime(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > RELATIVE_SECONDS_MAX) {
    throw fieldError("seconds", `are 0 to ${RELATIVE_SECONDS_MAX}`);
  }
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return `0000${parts.map(twoDigits).join("")}000R`;
}

export type SmppTime =
  | { readonly kind: "absolute"; readonly timeMs: number }
  | { readonly kind: "relative"; readonly years: number; readonly months: number; readonly seconds: number };

/** Null for anything that is no time, also for the empty one, which means now or the default. */
export function parseTime(text: string): SmppTime | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [years = 0, months = 0, days = 0, hours = 0, minutes = 0, wholeSeconds = 0, tenths = 0, quarters = 0] = match
    .slice(1, 9)
    .map(Number);
  if (match[9] === "R") {
    return { kind: "relative", years, months, seconds: ((days * 24 + hours) * 60 + minutes) * 60 + wholeSeconds };
  }
  const year = years + (years < CENTURY_PIVOT ? 2000 : 1900);
  const local = Date.UTC(year, months - 1, days, hours, minutes, wholeSeconds, tenths * 100);
  const isReal = new Date(local).getUTCMonth() === months - 1 && hours < 24 && minutes < 60 && wholeSeconds < 60;
  if (!isReal || quarters > 48) return null;
  return { kind: "absolute", timeMs: local - (match[9] === "+" ? 1 : -1) * quarters * QUARTER_MS };
}
