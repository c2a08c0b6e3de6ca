import type { TSchema } from "typebox";
import { VIOLATION_LENGTH_MAX, VIOLATIONS_MAX } from "./limits.ts";

/** `property` as Infobip writes it, for example `messages[0].content.text`. */
export type Violation = { property: string; violation: string };

interface Refinement {
  check(value: unknown): boolean;
  error(value: unknown): string;
}

/** The keywords of our schemas. A test holds that no schema of the contract uses another one. */
interface Keywords {
  type?: string;
  enum?: readonly unknown[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: Keywords;
  properties?: Record<string, Keywords>;
  patternProperties?: Record<string, Keywords>;
  required?: readonly string[];
  dependentRequired?: Record<string, readonly string[]>;
  not?: { required: readonly string[] };
  anyOf?: readonly Keywords[];
  "~refine"?: readonly Refinement[];
}

/** Every keyword that `violationsOf` checks. */
export const CHECKED_KEYWORDS: readonly string[] = [
  "type",
  "enum",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "uniqueItems",
  "items",
  "properties",
  "patternProperties",
  "required",
  "dependentRequired",
  "not",
  "anyOf",
  "~refine",
];

const NULL = "must not be null";

/**
 * What is wrong with `value`, in the order of the schema, at most `VIOLATIONS_MAX`; empty when it fits. Texts are the
 * phrases of Jakarta Bean Validation, which Infobip's own answers use, and hold nothing of the value.
 *
 * This walks the schema itself instead of reading a validator's error list: a union must be judged by the branch that
 * the body's keys choose, a missing property named itself, and the work must stop at the limit.
 */
export function violationsOf(schema: TSchema, value: unknown): Violation[] {
  const found: Violation[] = [];
  visit(schema as Keywords, value, "", found);
  return found;
}

function add(found: Violation[], property: string, violation: string): void {
  if (found.length >= VIOLATIONS_MAX) return;
  found.push({ property, violation: violation.slice(0, VIOLATION_LENGTH_MAX) });
}

function visit(schema: Keywords, value: unknown, path: string, found: Violation[]): void {
  if (found.length >= VIOLATIONS_MAX) return;
  if (schema.anyOf !== undefined) return visitUnion(schema.anyOf, value, path, found);
  if (value === null || value === undefined) return add(found, path, NULL);
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return add(found, path, `must be one of [${schema.enum.join(", ")}]`);
  }
  if (schema.type !== undefined && !isOfType(schema.type, value)) {
    return add(found, path, schema.type === "string" ? "must be a string" : `must be ${withArticle(schema.type)}`);
  }
  if (typeof value === "string") visitString(schema, value, path, found);
  else if (typeof value === "number") visitNumber(schema, value, path, found);
  else if (Array.isArray(value)) visitArray(schema, value, path, found);
  else if (typeof value === "object") visitObject(schema, value as Record<string, unknown>, path, found);
}

function visitUnion(branches: readonly Keywords[], value: unknown, path: string, found: Violation[]): void {
  const names = typeof value === "object" && value !== null && !Array.isArray(value) ? typesOf(branches) : undefined;
  if (names === undefined) return visit(chooseBranch(branches, value), value, path, found);
  const { type } = value as { type?: unknown };
  const branch = branches[names.indexOf(type)];
  if (branch !== undefined) return visit(branch, value, path, found);
  visit({ type: "string", enum: names }, type, path === "" ? "type" : `${path}.type`, found);
}

/** Where each branch has a `type` of its own, that chooses between them: the types in the branches' order. */
function typesOf(branches: readonly Keywords[]): unknown[] | undefined {
  const types: unknown[] = [];
  for (const { properties } of branches) {
    const values = properties?.["type"]?.enum;
    if (values?.length !== 1) return undefined;
    types.push(values[0]);
  }
  return types;
}

/** Keys decide: an object belongs to the last branch of which it has a required key, else to the first of its type. */
function chooseBranch(branches: readonly Keywords[], value: unknown): Keywords {
  const [first] = branches;
  if (first === undefined) throw new Error("A union needs a branch");
  const ofType = branches.find(({ type }) => type !== undefined && isOfType(type, value)) ?? first;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return ofType;
  return branches.findLast((branch) => branch.required?.some((name) => Object.hasOwn(value, name))) ?? ofType;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function visitString(schema: Keywords, value: string, path: string, found: Violation[]): void {
  const { minLength = 0, maxLength } = schema;
  // Code points, as JSON Schema counts. A string has at most as many of them as UTF-16 units.
  const tooLong = maxLength !== undefined && value.length > maxLength && Array.from(value).length > maxLength;
  if (value.length < minLength) add(found, path, "must not be blank");
  if (tooLong || (value.length < minLength && maxLength !== undefined)) {
    add(found, path, `size must be between ${minLength} and ${maxLength}`);
  }
  if (!tooLong) refine(schema, value, path, found);
}

function visitNumber(schema: Keywords, value: number, path: string, found: Violation[]): void {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && value < minimum) add(found, path, `must be greater than or equal to ${minimum}`);
  if (maximum !== undefined && value > maximum) add(found, path, `must be less than or equal to ${maximum}`);
}

function visitArray(schema: Keywords, value: readonly unknown[], path: string, found: Violation[]): void {
  const { minItems = 0, maxItems, items } = schema;
  if (value.length < minItems) add(found, path, "must not be empty");
  if (maxItems !== undefined && value.length > maxItems) {
    return add(found, path, `size must be between ${minItems} and ${maxItems}`);
  }
  if (schema.uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    add(found, path, "must only contain unique elements");
  }
  if (items === undefined) return;
  for (const [index, item] of value.entries()) {
    if (found.length >= VIOLATIONS_MAX) return;
    visit(items, item, `${path}[${index}]`, found);
  }
}

function visitObject(schema: Keywords, value: Record<string, unknown>, path: string, found: Violation[]): void {
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) add(found, at(name), NULL);
  }
  for (const [name, others] of Object.entries(schema.dependentRequired ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    for (const other of others) if (!Object.hasOwn(value, other)) add(found, at(other), NULL);
  }
  if (schema.not?.required.every((name) => Object.hasOwn(value, name)) === true) {
    for (const name of schema.not.required) add(found, at(name), "must be null");
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(value, name)) visit(property, value[name], at(name), found);
  }
  for (const [pattern, property] of Object.entries(schema.patternProperties ?? {})) {
    const names = Object.keys(value).filter((name) => new RegExp(pattern, "u").test(name));
    for (const name of names) visit(property, value[name], at(name), found);
  }
  refine(schema, value, path, found);
}

function refine(schema: Keywords, value: unknown, path: string, found: Violation[]): void {
  for (const refinement of schema["~refine"] ?? []) {
    if (!refinement.check(value)) add(found, path, refinement.error(value));
  }
}

/** Deepest level at which `withoutNulls` looks; the deepest request of the contract, an order in a template, nests twelve deep. */
const NULLS_DEPTH_MAX = 16;

/**
 * A copy of a parsed body without properties that are null. Clients whose serializer writes absent properties as null
 * work with Infobip, whose contract only knows absent ones: when a body is refused, try it again without its nulls.
 */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth >= NULLS_DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  const entries = Object.entries(value).filter(([, property]) => property !== null);
  return Object.fromEntries(entries.map(([name, property]) => [name, withoutNulls(property, depth + 1)]));
}
