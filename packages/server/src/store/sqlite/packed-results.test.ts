import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import type { WebhookResult } from "../store.ts";
import { packResults, unpackResults } from "./packed-results.ts";

const { seed } = randomFromEnvironment("FC_SEED");

const ATTEMPTS = [1, 2].map((at) => ({ at, status: 200, durationMs: 3, error: null }));
const id = fc.integer({ min: 1 });
const at = fc.constantFrom(10, 20);
const attempt = fc.constantFrom({}, ...ATTEMPTS.map((given) => ({ attempt: given })));

const result: fc.Arbitrary<WebhookResult> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(id, at, attempt)
      .map(([one, when, given]): WebhookResult => ({ id: one, outcome: "delivered", at: when, ...given })),
  },
  fc.tuple(id, at).map(([one, dueAt]): WebhookResult => ({ id: one, outcome: "unsent", dueAt })),
  fc
    .tuple(id, at)
    .map(([one, when]): WebhookResult => ({ id: one, outcome: "retry", at: when, dueAt: when, error: "HTTP 500" })),
  fc.tuple(id, at).map(([one, when]): WebhookResult => ({ id: one, outcome: "failed", at: when, error: "HTTP 500" })),
);

test("results are after their way between the threads what they were before it, in their order", () => {
  fc.assert(
    fc.property(fc.array(result), (results) => {
      assert.deepEqual(unpackResults(structuredClone(packResults(results))), results);
    }),
    { seed },
  );
});

test("what one call brought there is one result on the way, and two calls are two", () => {
  const [first, second] = ATTEMPTS;
  assert.ok(first !== undefined && second !== undefined);
  const delivered = (attempted: typeof first, ids: readonly number[]) =>
    ids.map((one) => ({ id: one, outcome: "delivered", at: 10, attempt: attempted }) as const);
  assert.deepEqual(packResults([...delivered(first, [1, 2, 3]), ...delivered(second, [4, 5])]), [
    { ids: [1, 2, 3], outcome: "delivered", at: 10, attempt: first },
    { ids: [4, 5], outcome: "delivered", at: 10, attempt: second },
  ]);
});
