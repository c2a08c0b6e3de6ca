import type { Violation } from "./core/error.ts";

/** A value that the caller gives to a workflow; a data pill by its name. */
export interface WorkflowInput {
  readonly name: string;
  readonly label?: string;
  readonly description?: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly defaultValue?: unknown;
}

const isText = (value: unknown): boolean => typeof value === "string";

/** Types of inputs, in lower case. Dates and times come as text in JSON. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: isText,
  date: isText,
  date_time: isText,
  time: isText,
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === "boolean",
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};
const DEFAULT_TYPE = "string";
const INPUT_KEYS = ["name", "label", "description", "type", "required", "defaultValue", "testValue"];

/** Checks the declarations. Names are checked by the caller, who knows which are taken. */
export function checkInputs(inputs: readonly unknown[], violations: Violation[]): readonly WorkflowInput[] {
  return inputs.map((value, index) => {
    const path = `inputs[${index}]`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      violations.push({ property: path, violation: "must be an object" });
      return { name: "" };
    }
    const input = value as WorkflowInput;
    for (const key of Object.keys(input).filter((key) => !INPUT_KEYS.includes(key))) {
      violations.push({ property: `${path}.${key}`, violation: "is not known to this runner" });
    }
    const { required, defaultValue } = input;
    if (!isType(typeOf(input)))
      violations.push({ property: `${path}.type`, violation: `must be one of ${Object.keys(TYPES).join(", ")}` });
    else if (defaultValue !== undefined && defaultValue !== null && !fits(input, defaultValue)) {
      violations.push({ property: `${path}.defaultValue`, violation: `must be of type ${typeOf(input)}` });
    }
    if (required !== undefined && required !== null && typeof required !== "boolean") {
      violations.push({ property: `${path}.required`, violation: "must be true or false" });
    }
    return input;
  });
}

/** The values of a run: given or default. Declarations were checked before. */
export function bindInputs(
  inputs: readonly WorkflowInput[],
  given: Readonly<Record<string, unknown>>,
): { values: Map<string, unknown>; violations: readonly Violation[] } {
  const values = new Map<string, unknown>();
  const violations: Violation[] = [];
  for (const input of inputs) {
    const property = `inputs.${input.name}`;
    const value = (Object.hasOwn(given, input.name) ? given[input.name] : undefined) ?? input.defaultValue ?? undefined;
    if (value === undefined) {
      if (input.required === true) violations.push({ property, violation: "is required" });
    } else if (fits(input, value)) values.set(input.name, value);
    else violations.push({ property, violation: `must be of type ${typeOf(input)}` });
  }
  const names = new Set(inputs.map(({ name }) => name));
  for (const name of Object.keys(given).filter((key) => !names.has(key))) {
    violations.push({ property: `inputs.${name}`, violation: "is not an input of this workflow" });
  }
  return { values, violations };
}

function typeOf(input: WorkflowInput): string {
  return typeof input.type === "string" ? input.type.toLowerCase() : (input.type ?? DEFAULT_TYPE);
}

function isType(type: unknown): boolean {
  return typeof type === "string" && Object.hasOwn(TYPES, type);
}

function fits(input: WorkflowInput, value: unknown): boolean {
  return TYPES[typeOf(input)]?.(value) ?? false;
}
