import type { Parsed } from "./answer.ts";
import { isActionName, COMPONENT } from "./component.ts";
import { amendError, isComponentError, violationError } from "./error.ts";
import { exchange, RETRY_LIMITS, type RetryLimits } from "./exchange.ts";
import type { NamedProperty } from "./properties.ts";
import type { HttpRequest, HttpResponse, Runtime } from "./runtime.ts";

/** A value that a form can offer for a property. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

export type LookupInput = Readonly<Record<string, string | undefined>>;

interface LookupOf<Kind extends string, Result> {
  readonly kind: Kind;
  /** Properties that have to be filled in first. */
  readonly dependsOn: readonly string[];
  request(input: LookupInput): HttpRequest;
  read(response: HttpResponse, input: LookupInput): Parsed<Result>;
}

/** What a form asks of the server to offer one property: values to choose from, or the properties inside it. */
export type Lookup = LookupOf<"options", readonly Option[]> | LookupOf<"properties", readonly NamedProperty[]>;
export type LookupResult =
  | { readonly kind: "options"; readonly options: readonly Option[] }
  | { readonly kind: "properties"; readonly properties: readonly NamedProperty[] };

export interface LookupCall {
  readonly action: string;
  /** The property that is to be filled in. */
  readonly property: string;
  /** What was filled in so far; anything that is no text counts as not there. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A person waits in front of a form, and asks again by opening it again. */
const LOOKUP_ATTEMPTS_MAX = 2;

/**
 * Asks for the values or the properties that a property can have.
 *
 * @throws ComponentError INVALID_INPUT naming what has no lookup, or what has to be filled in first
 */
export async function lookUpProperty(
  { action, property, input }: LookupCall,
  runtime: Runtime,
  options: { readonly signal?: AbortSignal | undefined } = {},
  limits: RetryLimits = RETRY_LIMITS,
): Promise<LookupResult> {
  const lookup = lookupsOf(action)[property];
  if (lookup === undefined) throw violationError("INVALID_INPUT", [{ property, violation: "has nothing to look up" }]);
  const given: LookupInput = Object.fromEntries(
    Object.entries(input).filter(([, value]) => typeof value === "string" && value.trim() !== ""),
  ) as LookupInput;
  const missing = lookup.dependsOn.filter((name) => given[name] === undefined);
  if (missing.length > 0) {
    throw violationError(
      "INVALID_INPUT",
      missing.map((name) => ({ property: name, violation: `is required to look up ${property}` })),
    );
  }
  const ask = <Result>(of: LookupOf<string, Result>): Promise<Result> =>
    notSent(
      exchange(
        {
          action: `${action}.${property}`,
          request: of.request(given),
          limits: { ...limits, attemptsMax: Math.min(limits.attemptsMax, LOOKUP_ATTEMPTS_MAX) },
          signal: options.signal,
          parse: (response) => of.read(response, given),
        },
        runtime,
      ),
    );
  if (lookup.kind === "options") return { kind: "options", options: await ask(lookup) };
  return { kind: "properties", properties: await ask(lookup) };
}

/** Every lookup of an action by its property; none for an unknown action. */
export function lookupsOf(action: string): Readonly<Record<string, Lookup>> {
  if (!isActionName(action)) return {};
  const { lookups = {} } = COMPONENT.actions[action] as { readonly lookups?: Readonly<Record<string, Lookup>> };
  return lookups;
}

/** Whatever became of a question, no message was sent by it. */
export async function notSent<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    throw isComponentError(error) ? amendError(error, { outcome: "not-sent" }) : error;
  }
}
