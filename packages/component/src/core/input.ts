import type { Violation } from "./error.ts";
import { DESTINATION_COUNT_MAX, OPEN_OBJECT_DEPTH_MAX, OPEN_OBJECT_VALUE_COUNT_MAX } from "./limits.ts";
import type {
  ArrayProperty,
  DynamicProperty,
  NamedProperty,
  NumberProperty,
  ObjectProperty,
  Property,
  StringProperty,
} from "./properties.ts";

/** Stands for a value that is known only when its data pill is resolved: any type may come. */
export const DEFERRED: unique symbol = Symbol("deferred");
/** Likewise, for text with data pills in it: it will be a string. */
export const DEFERRED_TEXT: unique symbol = Symbol("deferred text");

/**
 * Checks a value against properties. Every violation is found, not only the first; a value is never repeated in one,
 * because texts and phone numbers are personal.
 */
export function checkProperties(properties: readonly NamedProperty[], value: unknown, path = ""): readonly Violation[] {
  if (value === DEFERRED) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ property: path === "" ? "input" : path, violation: `must be an object, not ${kindOf(value)}` }];
  }
  const names = new Set(properties.map(({ name }) => name));
  const unknown = Object.keys(value).filter((name) => !names.has(name));
  return [
    ...properties.flatMap((property) => {
      const member = Object.hasOwn(value, property.name)
        ? (value as Record<string, unknown>)[property.name]
        : undefined;
      return checkMember(property, member, join(path, property.name));
    }),
    ...unknown.map((name) => ({ property: join(path, name), violation: "is not a property of this action" })),
  ];
}

function checkMember(property: Property, value: unknown, path: string): readonly Violation[] {
  if (value !== undefined) return checkValue(property, value, path);
  return property.required === true ? [{ property: path, violation: "is required" }] : [];
}

function checkValue(property: Property, value: unknown, path: string): readonly Violation[] {
  if (value === DEFERRED) return [];
  switch (property.type) {
    case "STRING":
      return checkString(property, value, path);
    case "INTEGER":
      return Number.isSafeInteger(value)
        ? []
        : [{ property: path, violation: `must be an integer, not ${kindOf(value)}` }];
    case "NUMBER":
      return checkNumber(property, value, path);
    case "ARRAY":
      return checkArray(property, value, path);
    case "DYNAMIC_PROPERTIES":
      return checkDynamic(property, value, path);
    case "OBJECT":
      return property.isOpen === true
        ? checkOpen(value, path)
        : checkProperties((property satisfies ObjectProperty).properties, value, path);
  }
}

/** Any object that can stand in a request as it is. */
function checkOpen(value: unknown, path: string): readonly Violation[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ property: path, violation: `must be an object, not ${kindOf(value)}` }];
  }
  let count = 0;
  const isJson = (inner: unknown, depth: number): boolean => {
    count += 1;
    if (depth > OPEN_OBJECT_DEPTH_MAX || count > OPEN_OBJECT_VALUE_COUNT_MAX) return false;
    if (typeof inner === "object" && inner !== null) {
      return (Array.isArray(inner) ? Array.from(inner as unknown[]) : Object.values(inner)).every((member) =>
        isJson(member, depth + 1),
      );
    }
    if (typeof inner === "number") return Number.isFinite(inner);
    return ["string", "boolean", "undefined"].includes(typeof inner) || inner === null || isDeferred(inner);
  };
  if (isJson(value, 1)) return [];
  const limits = `${OPEN_OBJECT_VALUE_COUNT_MAX} values at most, ${OPEN_OBJECT_DEPTH_MAX} levels deep`;
  return [{ property: path, violation: `must be JSON of ${limits}` }];
}

const isDeferred = (value: unknown): boolean => value === DEFERRED || value === DEFERRED_TEXT;

function checkString(property: StringProperty, value: unknown, path: string): readonly Violation[] {
  if (value === DEFERRED_TEXT) return [];
  if (typeof value !== "string") return [{ property: path, violation: `must be a string, not ${kindOf(value)}` }];
  if (value.trim() === "") return [{ property: path, violation: "must not be blank" }];
  const { maxLength } = property;
  if (maxLength !== undefined && value.length > maxLength && codePointCount(value) > maxLength) {
    return [{ property: path, violation: `must be at most ${maxLength} characters` }];
  }
  if (property.options !== undefined && !property.options.includes(value)) {
    return [{ property: path, violation: `must be one of ${property.options.join(", ")}` }];
  }
  return [];
}

function checkNumber({ minValue, maxValue }: NumberProperty, value: unknown, path: string): readonly Violation[] {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return [{ property: path, violation: `must be a number, not ${kindOf(value)}` }];
  }
  if (minValue !== undefined && value < minValue) {
    return [{ property: path, violation: `must be at least ${minValue}` }];
  }
  if (maxValue !== undefined && value > maxValue) return [{ property: path, violation: `must be at most ${maxValue}` }];
  return [];
}

/** Names that do not fit are counted, not repeated: a text may have slipped into their place. */
function checkDynamic(property: DynamicProperty, value: unknown, path: string): readonly Violation[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ property: path, violation: `must be an object, not ${kindOf(value)}` }];
  }
  const entries = Object.entries(value);
  const { maxProperties, namePattern } = property;
  if (entries.length > maxProperties) {
    return [{ property: path, violation: `must have at most ${maxProperties} properties` }];
  }
  const pattern = new RegExp(namePattern, "u");
  const known = entries.filter(([name]) => pattern.test(name));
  const unknownCount = entries.length - known.length;
  return [
    ...known.flatMap(([name, member]) => checkValue({ type: "STRING" }, member, join(path, name))),
    ...(unknownCount === 0
      ? []
      : [{ property: path, violation: `has ${unknownCount} name(s) that do not fit ${namePattern}` }]),
  ];
}

function checkArray(property: ArrayProperty, value: unknown, path: string): readonly Violation[] {
  if (!Array.isArray(value)) return [{ property: path, violation: `must be an array, not ${kindOf(value)}` }];
  if (property.required === true && value.length === 0) return [{ property: path, violation: "must not be empty" }];
  const { maxItems = DESTINATION_COUNT_MAX } = property;
  if (value.length > maxItems) return [{ property: path, violation: `must have at most ${maxItems} items` }];
  const [item] = property.items;
  // Array.from also visits the holes of a sparse array.
  return Array.from(value as unknown[], (member, index) => checkValue(item, member, `${path}[${index}]`)).flat();
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === DEFERRED_TEXT) return "a string";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return value === undefined ? "missing" : `a ${typeof value}`;
}

function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
