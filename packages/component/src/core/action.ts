import type { Parsed } from "./answer.ts";
import type { NamedProperty, ObjectProperty } from "./properties.ts";
import type { HttpRequest, HttpResponse } from "./runtime.ts";

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
  /** The destinations in order; a messageId is made for each. Input was checked before. */
  destinations(input: Input): readonly string[];
  buildRequest(input: Input, context: { readonly messageIds: readonly string[] }): HttpRequest;
  /** `isRepeat`: an earlier request may have carried the same messageIds, so a duplicate rejection means success. */
  parseResponse(response: HttpResponse, context?: { readonly isRepeat: boolean }): Parsed<Output>;
}
