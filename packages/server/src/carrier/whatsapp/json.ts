/** What comes from outside is looked at member by member: nothing of its shape is believed. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object, or an empty one in place of anything else. */
export function objectIn(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The objects of a list; none where it is no list. */
export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A text that says something; undefined in place of anything else. */
export function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberIn(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Seconds since 1970, as a text or a number, in milliseconds. */
export function timeIn(value: unknown): number | undefined {
  const seconds = numberIn(value);
  return seconds === undefined || seconds < 0 ? undefined : Math.round(seconds * 1_000);
}

/** Without the members that are undefined. */
export function known(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
