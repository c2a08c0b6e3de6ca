import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomFromEnvironment } from "../../test/harness/seed.ts";
import type { DueWebhook } from "../store/store.ts";
import { groupByOrigin, groupByTarget } from "./groups.ts";

const { seed } = randomFromEnvironment("FC_SEED");

const ORIGINS = ["http://a.example", "http://b.example"] as const;

const webhook: fc.Arbitrary<DueWebhook> = fc.record({
  id: fc.integer({ min: 1 }),
  accountId: fc.constant(1),
  url: fc.constantFrom(...ORIGINS.flatMap((origin) => [`${origin}/x`, `${origin}/y`])),
  origin: fc.constantFrom(...ORIGINS),
  attempts: fc.constant(0),
  subscription: fc.constantFrom(null, "s1", "s2"),
  receiverFailures: fc.constant(0),
  kind: fc.constantFrom("SMS_INBOUND", "NUMBER_LOOKUP"),
  body: fc.constant("{}"),
});

test("webhooks are grouped by receiver, in their order, however they are mixed", () => {
  fc.assert(
    fc.property(fc.array(webhook), (webhooks) => {
      assert.deepEqual(
        groupByOrigin(webhooks),
        Map.groupBy(webhooks, ({ origin }) => origin),
      );
    }),
    { seed },
  );
});

test("calls are shared by one kind for one subscription, or for one URL where there is none", () => {
  fc.assert(
    fc.property(fc.array(webhook), (webhooks) => {
      const expected = Map.groupBy(webhooks, ({ kind, subscription, url }) =>
        JSON.stringify([kind, subscription ?? url]),
      );
      assert.deepEqual([...groupByTarget(webhooks).values()], [...expected.values()]);
    }),
    { seed },
  );
});
