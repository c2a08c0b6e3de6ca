import type { TSchema } from "typebox";
import { didYouMean } from "./did-you-mean.ts";
import {
  CARRIER_TYPES,
  ENTRIES_SCHEMA,
  type Entries,
  ENTRY_NAME,
  ENTRY_NAME_RULE,
  ROUTE_SCHEMA,
} from "./entries-schema.ts";
import { leafOf, refusalOfLeaf } from "./settings.ts";

/** Where in the file: keys and indices from its root. */
export type EntryPath = readonly (string | number)[];
export type RefuseEntry = (path: EntryPath, message: string) => void;

export const ENTRY_SECTIONS = ["carriers", "routes", "rules"] as const;
export type EntrySection = (typeof ENTRY_SECTIONS)[number];

/** A new one each time: what the file says is put into it. */
export const noEntries = (): Entries => ({ carriers: {}, routes: {}, rules: [] });

interface Schema extends TSchema {
  type?: string;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  default?: unknown;
  minItems?: number;
  maxItems?: number;
  /** The member that a text, a list or a switch in the mapping's place is. */
  shorthand?: string;
  digits?: true;
  /** What is taken, in words: said where something else was given. */
  rule?: string;
}

const NAME_PATTERN = new RegExp(ENTRY_NAME.pattern);

/** Reads one of the sections of entries into `entries`. What is wrong is told to `refuse`, and left out. */
export function readEntrySection(section: EntrySection, given: unknown, entries: Entries, refuse: RefuseEntry) {
  if (given === null || given === undefined) return;
  if (section === "rules") {
    if (!Array.isArray(given)) return refuse([section], "is a list: each rule begins with a dash");
    const rules = readValue(ENTRIES_SCHEMA.properties.rules as Schema, given, [section], refuse);
    entries.rules = (rules ?? []) as Entries["rules"];
    return;
  }
  if (!isMapping(given))
    return refuse([section], "is a mapping of names: each name stands alone, its members below it");
  const { maxProperties = 0 } = ENTRIES_SCHEMA.properties[section] as { maxProperties?: number };
  const names = Object.keys(given);
  if (names.length > maxProperties) refuse([section], `has ${names.length} entries; at most ${maxProperties} may be`);
  for (const name of names) {
    const path = [section, name];
    if (!NAME_PATTERN.test(name) || name === "none") refuse(path, `expected a name: ${ENTRY_NAME_RULE}`);
    else if (section === "routes") {
      const route = readValue(ROUTE_SCHEMA as Schema, given[name], path, refuse);
      if (route !== undefined) entries.routes[name] = route as Entries["routes"][string];
    } else {
      const carrier = readCarrier(given[name], path, refuse);
      if (carrier !== undefined) entries.carriers[name] = carrier as Entries["carriers"][string];
    }
  }
}

/** A carrier's type says which members it has. */
function readCarrier(given: unknown, path: EntryPath, refuse: RefuseEntry): unknown {
  if (!isMapping(given)) return refuse(path, "expected a mapping, with a type in it");
  const types = Object.keys(CARRIER_TYPES);
  const { type } = given;
  if (typeof type !== "string" || !Object.hasOwn(CARRIER_TYPES, type)) {
    const suggestion = typeof type === "string" ? didYouMean(type, types) : undefined;
    const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
    const got = type === undefined ? "it is missing" : `got ${JSON.stringify(type)}`;
    return refuse(type === undefined ? path : [...path, "type"], `type: expected ${types.join(" or ")}, ${got}${hint}`);
  }
  return readEntry(CARRIER_TYPES[type as keyof typeof CARRIER_TYPES], given, path, refuse);
}

/** An entry with its defaults; undefined when something of it was refused. */
export function readEntry(schema: TSchema, given: unknown, path: EntryPath, refuse: RefuseEntry): unknown {
  return readValue(schema as Schema, given, path, refuse);
}

/** The value with its defaults; undefined when it was refused. */
function readValue(schema: Schema, given: unknown, path: EntryPath, refuse: RefuseEntry): unknown {
  if (schema.properties !== undefined) return readMembers(schema, given, path, refuse);
  if (schema.items !== undefined) return readList(schema, given, path, refuse);
  const value = schema.digits === true && Number.isSafeInteger(given) ? String(given) : given;
  const refusal = refusalOfLeaf(leafOf(path.join("."), schema), schema, value);
  return refusal === undefined ? value : refuse(path, refusal);
}

function readList(schema: Schema, given: unknown, path: EntryPath, refuse: RefuseEntry): unknown {
  const items = Array.isArray(given) ? given : [given];
  const { maxItems = 0 } = schema;
  if (items.length > maxItems) return refuse(path, `has ${items.length} values; at most ${maxItems} may be`);
  if (items.length === 0 && schema.minItems === 1) return refuse(path, "is an empty list; leave it out, or name one");
  const item = schema.items as Schema;
  const values = items.map((value, index) =>
    readValue(item, value, Array.isArray(given) ? [...path, index] : path, refuse),
  );
  return values.includes(undefined) ? undefined : values;
}

function readMembers(schema: Schema, given: unknown, path: EntryPath, refuse: RefuseEntry): unknown {
  const { properties = {}, required = [], shorthand } = schema;
  const whole = shorthand !== undefined && isShorthand(properties[shorthand], given) ? { [shorthand]: given } : given;
  if (!isMapping(whole)) {
    const hint = schema.rule === undefined ? "" : `; ${schema.rule}`;
    return refuse(path, `expected a mapping of ${Object.keys(properties).join(", ")}${hint}`);
  }
  let isRefused = false;
  const note: RefuseEntry = (where, message) => {
    isRefused = true;
    refuse(where, message);
  };
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(whole)) {
    if (Object.hasOwn(properties, name)) continue;
    const suggestion = didYouMean(name, Object.keys(properties));
    const hint =
      suggestion === undefined ? `there are ${Object.keys(properties).join(", ")}` : `did you mean ${suggestion}?`;
    note([...path, name], `unknown member; ${hint}`);
  }
  for (const [name, member] of Object.entries(properties)) {
    if (Object.hasOwn(whole, name)) values[name] = readValue(member, whole[name], [...path, name], note);
    else if (member.default !== undefined) values[name] = member.default;
    else if (required.includes(name)) note(path, `${name} is missing`);
  }
  return isRefused ? undefined : values;
}

/** A switch alone stands for the mapping whose switch it is; a text or a list for any other. */
function isShorthand(member: Schema | undefined, given: unknown): boolean {
  if (member?.type === "boolean") return typeof given === "boolean";
  return typeof given === "string" || Array.isArray(given);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
