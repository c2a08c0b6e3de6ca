import type { Violation } from "./error.ts";

/** A place in a template's text that a send fills. */
export interface Placeholder {
  /** Its place in the request's list, from 1. */
  readonly number: number;
  /** As the template has it: its number, or a name. */
  readonly name: string;
}

const NUMBERED = /\{\{\s*([1-9][0-9]{0,2})\s*\}\}/g;
const NAMED = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/**
 * A text's placeholders, each once, in the order of their numbers: 2 comes before 10. Infobip documents numbered ones
 * only, and that the values go in the order of the template; a template that was made elsewhere with names is therefore
 * filled in the order in which its names stand.
 */
export function readPlaceholders(templateText: string): readonly Placeholder[] {
  const numbers = new Set(Array.from(templateText.matchAll(NUMBERED), ([, digits]) => Number(digits)));
  if (numbers.size > 0) {
    return [...numbers].toSorted((left, right) => left - right).map((number) => ({ number, name: String(number) }));
  }
  const names = new Set(Array.from(templateText.matchAll(NAMED), ([, name = ""]) => name));
  return [...names].map((name, index) => ({ number: index + 1, name }));
}

/** Numbers that stand twice, and gaps. */
export function checkPlaceholders(value: unknown): readonly Violation[] {
  if (typeof value !== "object" || value === null) return [];
  const numbers = Object.keys(value).map(numberOf);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined)
    return [{ property: "placeholders", violation: `has {{${twice}}} as _${twice} and ${twice}` }];
  // The request is a list: a gap would move every later value into a place that is not its own.
  return missingOf(
    Array.from({ length: Math.max(0, ...numbers) }, (_, index) => index + 1),
    new Set(numbers),
  );
}

/** Every way in which the values do not fit the body's placeholders. */
export function checkBody(placeholders: Readonly<Record<string, string>>, bodyText: string): readonly Violation[] {
  const wanted = readPlaceholders(bodyText).map(({ number }) => number);
  const given = new Set(Object.keys(placeholders).map(numberOf));
  const tooMany = [...given].filter((number) => !wanted.includes(number));
  return [
    ...missingOf(wanted, given),
    ...tooMany.map((number) => ({ property: `placeholders._${number}`, violation: "is not in the template" })),
  ];
}

function missingOf(wanted: readonly number[], given: ReadonlySet<number>): readonly Violation[] {
  return wanted
    .filter((number) => !given.has(number))
    .map((number) => ({ property: `placeholders._${number}`, violation: "is required" }));
}

/** The values in the order of their numbers. As texts, `_10` would come before `_2`. */
export function placeholderValues(placeholders: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(placeholders)
    .toSorted(([left], [right]) => numberOf(left) - numberOf(right))
    .map(([, value]) => value);
}

function numberOf(name: string): number {
  return Number(name.replace("_", ""));
}
