import type { Ids } from "./ids.ts";
import { isObject } from "./json.ts";
import { BoundedMap } from "./memory.ts";
import { FLOWS_MAX } from "./limits.ts";

export interface FlowError {
  readonly error: string;
  readonly error_type: string;
  readonly message: string;
}

/** A form that a user fills in inside of a chat. */
export interface EmulatedFlow {
  readonly id: string;
  readonly wabaId: string;
  name: string;
  categories: readonly string[];
  status: "DRAFT" | "PUBLISHED" | "DEPRECATED";
  json: unknown;
  errors: readonly FlowError[];
}

/** What a flow has before it is given anything. */
const JSON_FIRST = { version: "7.0", screens: [{ id: "WELCOME", title: "Welcome", terminal: true, layout: {} }] };

export class FlowBook {
  readonly #byId = new BoundedMap<string, EmulatedFlow>(FLOWS_MAX);
  readonly #ids: Ids;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  add(wabaId: string, name: string, categories: readonly string[], cloned?: EmulatedFlow): EmulatedFlow {
    const json = cloned?.json ?? JSON_FIRST;
    const flow = { id: this.#ids.object(), wabaId, name, categories, status: "DRAFT" as const, json };
    const whole: EmulatedFlow = { ...flow, errors: errorsOf(json) };
    this.#byId.set(flow.id, whole);
    return whole;
  }

  find(id: string): EmulatedFlow | undefined {
    return this.#byId.get(id);
  }

  list(wabaId: string): readonly EmulatedFlow[] {
    return this.#byId.values().filter((flow) => flow.wabaId === wabaId);
  }

  remove({ id }: EmulatedFlow): void {
    this.#byId.delete(id);
  }
}

/** As much as is looked at: a version, and screens. */
export function errorsOf(json: unknown): readonly FlowError[] {
  const given = isObject(json) ? json : {};
  return ["version", "screens"]
    .filter((name) => given[name] === undefined)
    .map((name) => ({
      error: "MISSING_REQUIRED_PROPERTY",
      error_type: "JSON_SCHEMA_ERROR",
      message: `The property "${name}" is missing at "$root".`,
    }));
}
