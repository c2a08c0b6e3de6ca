import type { Parsed } from "./answer.ts";
import type { Violation } from "./error.ts";
import type { Lookup } from "./lookup.ts";
import type { NamedProperty, ObjectProperty } from "./properties.ts";
import type { HttpRequest, HttpResponse } from "./runtime.ts";

/** A question that has to be answered before the request can be built. */
export interface Preparation<Input> {
  readonly request: HttpRequest;
  /** The input with what was left out. */
  complete(response: HttpResponse): Parsed<Input>;
}

/** One action: its contract as data, and the two pure functions that are all of its behaviour. */
export interface Action<Input, Output> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly properties: readonly NamedProperty[];
  readonly output: ObjectProperty;
  readonly sampleOutput: Output;
  /** For hosts that ask: a send changes the world, and may be repeated only with the same idempotency key. */
  readonly effect: "write";
  readonly idempotent: "with-key";
  /** What a form can ask of the server, by the property that it fills in. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** What the properties cannot say each for itself. A value may stand for a data pill. */
  check?(input: Readonly<Record<string, unknown>>): readonly Violation[];
  /** Undefined when the input says everything. Input was checked before. */
  prepare?(input: Input): Preparation<Input> | undefined;
  /** The destinations in order; a messageId is made for each. Input was checked before. */
  destinations(input: Input): readonly string[];
  buildRequest(input: Input, context: { readonly messageIds: readonly string[] }): HttpRequest;
  /** `isRepeat`: an earlier request may have carried the same messageIds, so a duplicate rejection means success. */
  parseResponse(response: HttpResponse, context?: { readonly isRepeat: boolean }): Parsed<Output>;
}
