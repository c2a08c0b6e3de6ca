import type { Random } from "../../src/kernel/random.ts";
import { integerBetween, isChosen, oneOf } from "../harness/seed.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const TEXTS = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\udc00x",
  "\uffff",
  "{{pin}}",
  "€[]{}^~\\|",
  "Ğüneş ğ ış",
  "Привет",
  "😀",
  "a".repeat(161),
  "😀".repeat(40),
  "x".repeat(2_049),
  "ü".repeat(4_001),
  "__proto__",
  "constructor",
  "' or 1=1 --",
  "2031-02-29T25:00:00.000+0000",
  "2031-02-28T10:00:00.000+0000",
  "http://",
  "javascript:alert(1)",
  "+385 98 123",
  "00385981234567",
  "385981234567",
  "1",
  "9".repeat(64),
  "GET / HTTP/1.1\r\n\r\n",
] as const;

const SCALARS: readonly [Json, ...Json[]] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  0.5,
  48,
  999,
  1e21,
  -1e308,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  ...TEXTS,
  [],
  {},
  [null],
  [[]],
  { "": "" },
  { to: { to: {} } },
];

/** A copy of a body with a few places deleted, replaced, repeated or nested. */
export function mutated(random: Random, body: object): object {
  const copy = structuredClone(body) as Record<string, unknown>;
  const times = integerBetween(random, 0, 4);
  for (let time = 0; time < times; time += 1) mutateOnePlace(random, copy);
  return copy;
}

function mutateOnePlace(random: Random, root: Record<string, unknown>) {
  const [parent, name] = somePlace(random, root);
  const holder = parent as Record<string, unknown>;
  switch (integerBetween(random, 0, 6)) {
    case 0:
      delete holder[name];
      break;
    case 1:
      holder[name] = nested(random, holder[name]);
      break;
    case 2:
      repeat(random, parent, name);
      break;
    case 3:
      if (typeof holder[name] === "string") holder[name] = spliced(random, holder[name]);
      break;
    default:
      // What is put in may be changed by the next mutation.
      holder[name] = structuredClone(oneOf(random, SCALARS));
  }
}

function repeat(random: Random, parent: object, name: string) {
  const value = structuredClone((parent as Record<string, unknown>)[name]);
  if (!Array.isArray(parent)) (parent as Record<string, unknown>)[`${name}2`] = value;
  else for (let times = integerBetween(random, 1, 40); times > 0; times -= 1) parent.push(structuredClone(value));
}

function somePlace(random: Random, root: object): [parent: object, name: string] {
  let parent = root;
  for (;;) {
    const names = Object.keys(parent);
    const [first, ...others] = names;
    if (first === undefined) return [parent, "more"];
    const name = oneOf(random, [first, ...others]);
    const value = (parent as Record<string, unknown>)[name];
    if (typeof value !== "object" || value === null || isChosen(random, 0.2)) return [parent, name];
    parent = value;
  }
}

function nested(random: Random, value: unknown): unknown {
  let result = value;
  for (let depth = integerBetween(random, 1, isChosen(random, 0.05) ? 300 : 3); depth > 0; depth -= 1) {
    result = isChosen(random, 0.5) ? [result] : { deeper: result };
  }
  return result;
}

function spliced(random: Random, text: string): string {
  const at = integerBetween(random, 0, text.length);
  return text.slice(0, at) + oneOf(random, TEXTS) + text.slice(isChosen(random, 0.5) ? at : at + 1);
}

/** The body's octets, sometimes cut, with an octet of another value, or with octets between that are no UTF-8. */
export function octetsOf(random: Random, body: object): Buffer {
  const octets = Buffer.from(JSON.stringify(body));
  if (!isChosen(random, 0.05) || octets.length === 0) return octets;
  const at = integerBetween(random, 0, octets.length - 1);
  switch (integerBetween(random, 0, 2)) {
    case 0:
      return octets.subarray(0, at);
    case 1:
      octets[at] = integerBetween(random, 0, 255);
      return octets;
    default:
      return Buffer.concat([octets.subarray(0, at), Buffer.from([0xff, 0x00, 0xc3, 0x22]), octets.subarray(at)]);
  }
}

/** A body's members as query parameters: lists are repeated, and what is no text is written as JSON. */
export function queryOf(body: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      query.append(name, typeof item === "string" ? item.toWellFormed() : (JSON.stringify(item) ?? ""));
    }
  }
  return query.toString();
}
