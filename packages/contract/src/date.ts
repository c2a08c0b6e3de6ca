/**
 * Dates on the wire: `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, always three fraction digits and an offset without colon.
 * Infobip's Java client parses with exactly that pattern and throws on `Z`, on `+00:00` and on missing milliseconds;
 * so what we write is fixed and what we read is lenient.
 */

const DATE = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{0,9}))?(?:Z|([+-])(\d{2})(?::?(\d{2}))?)$/;

const OFFSET_HOURS_MAX = 18;
const MINUTE_MS = 60_000;

/**
 * The seconds that were written last, each where its number says: the dates of a report, and of those around it, are
 * mostly of a few. A power of two.
 */
const SECONDS_REMEMBERED = 16;
const secondsRemembered: number[] = Array.from({ length: SECONDS_REMEMBERED }, () => Number.NaN);
const textsRemembered: string[] = Array.from({ length: SECONDS_REMEMBERED }, () => "");

/** What follows the second, by its milliseconds. */
const ENDINGS: readonly string[] = Array.from({ length: 1000 }, (_, ms) => `.${String(ms).padStart(3, "0")}+0000`);

/** `epochMs` in UTC, cut to whole milliseconds. Defined for the years 0 to 9999. @throws RangeError for what is no time */
export function formatDate(epochMs: number): string {
  const ms = Math.trunc(epochMs);
  const second = Math.floor(ms / 1000);
  const place = second & (SECONDS_REMEMBERED - 1);
  if (secondsRemembered[place] !== second) {
    textsRemembered[place] = new Date(ms).toISOString().slice(0, -5);
    secondsRemembered[place] = second;
  }
  return `${textsRemembered[place]}${ENDINGS[ms - second * 1000]}`;
}

/**
 * Milliseconds since the epoch, or undefined when the text is no date. Offsets `Z`, `+01:00`, `+0100` and `+01`;
 * fraction of 0 to 9 digits or none, cut after milliseconds. A space instead of `T`, a missing offset, a leap second
 * and a day that the month does not have are refused.
 */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const number = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day, hour, minute, second] = [number(1), number(2), number(3), number(4), number(5), number(6)];
  const [offsetHours, offsetMinutes] = [number(9), number(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > OFFSET_HOURS_MAX || offsetMinutes > 59) return undefined;
  const milliseconds = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const date = new Date(0);
  // Not Date.UTC: it reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, milliseconds);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offsetMs = (offsetHours * 60 + offsetMinutes) * MINUTE_MS;
  return match[8] === "-" ? date.getTime() + offsetMs : date.getTime() - offsetMs;
}
