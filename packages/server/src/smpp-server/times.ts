/** schedule_delivery_time and validity_period, absolute and relative, in our own terms. */
import { COMMAND_STATUS as S, parseTime } from "@posthorn/smpp";
import { SCHEDULE_AHEAD_MAX_MS } from "../message/limits.ts";

const DAY_SECONDS = 86_400;
/** Months and years of a relative time have no length in the specification; these are ours. */
const MONTH_DAYS = 30;
const YEAR_DAYS = 365;

export interface AskedTimes {
  readonly sendAt: number;
  /** Undefined: as long as a message may be tried. */
  readonly validityS: number | undefined;
}

/** @returns the command status, where a time is none or lies where it cannot */
export function timesOf(schedule: string, validity: string, now: number): AskedTimes | number {
  const scheduledAt = schedule === "" ? now : timeOf(schedule, now);
  // As over HTTP, a time that is past means now.
  if (scheduledAt === null || scheduledAt - now > SCHEDULE_AHEAD_MAX_MS) return S.RINVSCHED;
  const sendAt = Math.max(scheduledAt, now);
  if (validity === "") return { sendAt, validityS: undefined };
  const parsed = parseTime(validity);
  if (parsed === null) return S.RINVEXPIRY;
  // Waiting for its hour does not use up a message's time; a point in time is one, whenever it may leave.
  const validityS = parsed.kind === "relative" ? secondsOf(parsed) : Math.floor((parsed.timeMs - sendAt) / 1000);
  return validityS > 0 ? { sendAt, validityS } : S.RINVEXPIRY;
}

function timeOf(text: string, now: number): number | null {
  const parsed = parseTime(text);
  if (parsed === null) return null;
  return parsed.kind === "absolute" ? parsed.timeMs : now + secondsOf(parsed) * 1000;
}

function secondsOf({ years, months, seconds }: { years: number; months: number; seconds: number }): number {
  return seconds + (years * YEAR_DAYS + months * MONTH_DAYS) * DAY_SECONDS;
}
