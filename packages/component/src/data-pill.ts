import type { Violation } from "./core/error.ts";
import { DEFERRED, DEFERRED_TEXT } from "./core/input.ts";
import { INTERPOLATED_LENGTH_MAX, PARAMETER_DEPTH_MAX, PILL_DEPTH_MAX } from "./core/limits.ts";

/**
 * Data pills: `${step.field[0].other}` inside the strings of a task's parameters.
 *
 * A string that is exactly one pill becomes the pill's value, with its type. In any other string the values are filled
 * in as text: strings as they are, numbers and booleans as written, arrays and objects as JSON.
 *
 * Dollar signs before a brace come in pairs: `$${` is the text `${`, and `$$${a}` is a dollar sign and the pill `a`.
 * Other dollar signs mean nothing. A string that starts with `=` is a formula of the reference platform and is refused.
 */

export interface Pill {
  /** As it was written, for messages. */
  readonly source: string;
  /** A step, a workflow input, or a member of the caller's data. */
  readonly name: string;
  readonly path: readonly (string | number)[];
}

export type Template = readonly (string | Pill)[];
export type Scope = ReadonlyMap<string, unknown>;

const PILL = /^([A-Za-z_]\w*)((?:\.[A-Za-z_][\w-]*|\[\d{1,9}\])*)$/;
/** A run of dollar signs before a brace; what follows the brace is read by hand. */
const DOLLARS = /(\$+)\{/g;
/** Names that reach into JavaScript's own objects. No data of a workflow needs them. */
const RESERVED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export function isReservedName(name: string): boolean {
  return RESERVED.has(name);
}

/** The parts of a string, or the rule it breaks. */
export function parseTemplate(text: string): Template | { readonly violation: string } {
  if (text.startsWith("=")) return { violation: "is a formula; formulas are not supported" };
  const parts: (string | Pill)[] = [];
  let literal = "";
  let from = 0;
  for (const match of text.matchAll(DOLLARS)) {
    // A brace inside an earlier pill's text was consumed with that pill.
    if (match.index < from) continue;
    const dollars = match[1] as string;
    literal += text.slice(from, match.index) + "$".repeat(Math.floor(dollars.length / 2));
    from = match.index + dollars.length;
    if (dollars.length % 2 === 0) continue;
    const end = text.indexOf("}", from);
    if (end === -1) return { violation: "has a data pill without its closing brace" };
    const pill = parsePill(text.slice(from + 1, end));
    if ("violation" in pill) return pill;
    if (literal !== "") parts.push(literal);
    parts.push(pill);
    literal = "";
    from = end + 1;
  }
  literal += text.slice(from);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return parts;
}

function parsePill(body: string): Pill | { readonly violation: string } {
  const source = `\${${body}}`;
  const [, name, tail = ""] = PILL.exec(body.trim()) ?? [];
  if (name === undefined) return { violation: `has ${source}, which is not a data pill such as \${step.field[0]}` };
  const path = Array.from(
    tail.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]/g),
    ([, field, index]) => field ?? Number(index),
  );
  if (path.length > PILL_DEPTH_MAX) return { violation: `has ${source}, which is deeper than ${PILL_DEPTH_MAX} steps` };
  if ([name, ...path].some((step) => RESERVED.has(String(step))))
    return { violation: `has ${source}, which uses a reserved name` };
  return { source, name, path };
}

/** The text that parses to these parts. */
export function formatTemplate(parts: Template): string {
  return parts
    .map((part, index) => {
      if (typeof part !== "string") return formatPill(part);
      const isBeforePill = index + 1 < parts.length;
      const escaped = part.replace(/\$+(?=\{)/g, "$&$&");
      return isBeforePill ? escaped.replace(/\$+$/, "$&$&") : escaped;
    })
    .join("");
}

export function formatPill({ name, path }: Pick<Pill, "name" | "path">): string {
  return `\${${name}${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("")}}`;
}

/** The value that a pill names, undefined when there is none. Only own members of plain data are looked at. */
export function lookUp(pill: Pill, scope: Scope): unknown {
  let value: unknown = scope.get(pill.name);
  for (const step of pill.path) {
    if (Array.isArray(value) !== (typeof step === "number")) return undefined;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/**
 * Fills in every pill below `value`; what could not be filled in is a violation. A pill alone may be null only where
 * `isNullAllowed`: no parameter takes null, and the message can still name the pill here.
 */
export function resolvePills(
  value: unknown,
  scope: Scope,
  path: string,
  isNullAllowed = false,
): { value: unknown; violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const resolved = mapStrings(value, path, violations, (template, at) =>
    fill(template, scope, isNullAllowed, (violation) => void violations.push({ property: at, violation })),
  );
  return { value: resolved, violations };
}

/**
 * Replaces what pills will fill in by markers, so that the rest can be checked before anything runs. A string whose
 * pills are all in `known` is filled in already.
 */
export function deferPills(
  value: unknown,
  path: string,
  onPill: (pill: Pill, at: string) => void,
  known: Scope = new Map(),
): { value: unknown; violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const deferred = mapStrings(value, path, violations, (template, at) => {
    for (const part of template) if (typeof part !== "string") onPill(part, at);
    if (template.every((part) => typeof part === "string" || known.has(part.name))) {
      return fill(template, known, false, (violation) => void violations.push({ property: at, violation }));
    }
    return template.length === 1 ? DEFERRED : DEFERRED_TEXT;
  });
  return { value: deferred, violations };
}

/** What a template becomes; where it cannot, a fault is told and the value stays open. */
function fill(template: Template, scope: Scope, isNullAllowed: boolean, fault: (violation: string) => void): unknown {
  const refuse = (violation: string): symbol => {
    fault(violation);
    return DEFERRED;
  };
  const [only] = template;
  if (template.length === 1 && typeof only === "object") {
    const value = lookUp(only, scope);
    if (value === undefined) return refuse(`has ${only.source}, which names no value`);
    return value === null && !isNullAllowed ? refuse(`has ${only.source}, which is null`) : value;
  }
  let text = "";
  for (const part of template) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = lookUp(part, scope);
    if (value === undefined) return refuse(`has ${part.source}, which names no value`);
    if (value === null) return refuse(`has ${part.source}, which is null and cannot be part of a text`);
    text += typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
    if (text.length > INTERPOLATED_LENGTH_MAX) {
      return refuse(`is longer than ${INTERPOLATED_LENGTH_MAX} characters with its data pills`);
    }
  }
  return text;
}

function mapStrings(
  value: unknown,
  path: string,
  violations: Violation[],
  map: (template: Template, at: string) => unknown,
  depth = 0,
): unknown {
  if (depth > PARAMETER_DEPTH_MAX) {
    violations.push({ property: path, violation: `is nested deeper than ${PARAMETER_DEPTH_MAX}` });
    return undefined;
  }
  if (typeof value === "string") {
    const template = parseTemplate(value);
    if (!("violation" in template)) return map(template, path);
    violations.push({ property: path, violation: template.violation });
    return DEFERRED;
  }
  if (Array.isArray(value)) {
    return Array.from(value as unknown[], (item, index) =>
      mapStrings(item, `${path}[${index}]`, violations, map, depth + 1),
    );
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => {
    if (!RESERVED.has(name)) return true;
    violations.push({ property: `${path}.${name}`, violation: "is a reserved name" });
    return false;
  });
  return Object.fromEntries(
    members.map(([name, member]) => [name, mapStrings(member, `${path}.${name}`, violations, map, depth + 1)]),
  );
}
