/**
 * Reads requests property by property; what is wrong is a GraphError whose details name the property. 100: it is not
 * what it has to be, or unknown; 131008: it is missing; 131009: its value cannot be.
 */
import { GraphError } from "../errors.ts";
import { isObject, type JsonObject, valueAt } from "../json.ts";

export interface TextBounds {
  readonly min?: number;
  readonly max?: number;
}

export class ObjectReader {
  readonly object: JsonObject;
  readonly path: string;

  constructor(object: JsonObject, path: string) {
    this.object = object;
    this.path = path;
  }

  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  has(name: string): boolean {
    const value = valueAt(this.object, name);
    return value !== undefined && value !== null;
  }

  required(name: string): unknown {
    const value = valueAt(this.object, name);
    if (value === undefined || value === null) throw new GraphError(131008, `${this.pathOf(name)} is missing`);
    return value;
  }

  text(name: string, bounds: TextBounds = {}): string {
    const value = this.required(name);
    if (typeof value !== "string") throw new GraphError(100, `${this.pathOf(name)} is not a text`);
    checkLength(value, this.pathOf(name), bounds);
    return value;
  }

  optionalText(name: string, bounds: TextBounds = {}): string | null {
    return this.has(name) ? this.text(name, bounds) : null;
  }

  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new GraphError(131009, `${this.pathOf(name)} is one of ${choices.join(", ")}`);
    return found;
  }

  flag(name: string): boolean {
    const value = valueAt(this.object, name) ?? false;
    if (typeof value !== "boolean") throw new GraphError(100, `${this.pathOf(name)} is not true or false`);
    return value;
  }

  number(name: string, min: number, max: number): number {
    const value = this.required(name);
    // Strings too: Meta's OpenAPI has them for coordinates, and its examples have numbers.
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || Number.isNaN(number)) {
      throw new GraphError(100, `${this.pathOf(name)} is not a number`);
    }
    if (number < min || number > max) throw new GraphError(131009, `${this.pathOf(name)} is ${min} to ${max}`);
    return number;
  }

  url(name: string): string {
    const value = this.text(name);
    if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) {
      throw new GraphError(131009, `${this.pathOf(name)} is not an http or https URL`);
    }
    return value;
  }

  child(name: string): ObjectReader {
    const value = this.required(name);
    if (!isObject(value)) throw new GraphError(100, `${this.pathOf(name)} is not an object`);
    return new ObjectReader(value, this.pathOf(name));
  }

  optionalChild(name: string): ObjectReader | null {
    return this.has(name) ? this.child(name) : null;
  }

  children(name: string, min: number, max: number): readonly ObjectReader[] {
    const value = this.required(name);
    if (!Array.isArray(value)) throw new GraphError(100, `${this.pathOf(name)} is not a list`);
    if (value.length < min || value.length > max) {
      throw new GraphError(131009, `${this.pathOf(name)} has ${min} to ${max} elements`);
    }
    return value.map((element: unknown, index) => {
      const path = `${this.pathOf(name)}[${index}]`;
      if (!isObject(element)) throw new GraphError(100, `${path} is not an object`);
      return new ObjectReader(element, path);
    });
  }

  only(names: readonly string[]): void {
    for (const name of Object.keys(this.object)) {
      if (!names.includes(name)) throw new GraphError(100, `${this.pathOf(name)} is not known`);
    }
  }
}

/** In UTF-16 units, as counted by those who reported Meta's answers. */
function checkLength(value: string, path: string, { min = 1, max = Infinity }: TextBounds): void {
  if (value.length < min) throw new GraphError(131009, `${path} is empty`);
  if (value.length > max) {
    throw new GraphError(131009, `${path} has ${value.length} characters, and ${max} at most are allowed`);
  }
}

export function checkUnique(values: readonly string[], path: string): void {
  if (new Set(values).size < values.length) throw new GraphError(131009, `${path} are not all different`);
}
