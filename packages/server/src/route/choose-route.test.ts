import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RoutingTable } from "./choose-route.ts";
import type { Facts, RuleDefinition } from "./conditions.ts";
import type { RouteDefinition } from "./lanes.ts";
import { createNetworks, type Network } from "./networks.ts";
import type { Price } from "./tables.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const NETWORKS = createNetworks([
  { prefix: "38591", country: null, mcc: "219", mnc: "10" },
  { prefix: "38598", country: null, mcc: "219", mnc: "01" },
]);
const FACTS: Facts = { channel: "SMS", sender: "Posthorn", accountId: 1, applicationId: null };

const route = (name: string, changes: Partial<RouteDefinition> = {}): RouteDefinition => ({
  name,
  split: "order",
  carriers: [{ carrier: name, weight: 1, cost: 0 }],
  channels: ["SMS", "WHATSAPP"],
  ...changes,
});

const tableOf = (
  routes: readonly RouteDefinition[],
  rules: readonly RuleDefinition[] = [],
  prices: readonly Price[] = [],
) => new RoutingTable({ routes, rules, networks: NETWORKS, prices });

test("without rules the first route that serves the channel is chosen", () => {
  const table = tableOf([route("chat", { channels: ["WHATSAPP"] }), route("both"), route("late")]);
  assert.equal(table.choose(FACTS, "38598")?.name, "both");
  assert.equal(table.choose({ ...FACTS, channel: "WHATSAPP" }, "38598")?.name, "chat");
  assert.equal(tableOf([route("chat", { channels: ["WHATSAPP"] })]).choose(FACTS, "38598"), null);
  assert.equal(tableOf([]).choose(FACTS, "38598"), null);
});

const CASES: readonly [
  rule: Omit<RuleDefinition, "route">,
  facts: Partial<Facts>,
  destination: string,
  holds: boolean,
][] = [
  [{}, {}, "1", true],
  [{ channel: ["SMS"] }, {}, "1", true],
  [{ channel: ["WHATSAPP"] }, {}, "1", false],
  [{ prefix: ["3859", "44"] }, {}, "385981", true],
  [{ prefix: ["3859"] }, {}, "385", false],
  [{ country: ["HR"] }, {}, "38512345", true],
  [{ country: ["HR"] }, {}, "38612345", false],
  [{ country: ["CA"] }, {}, "14165551234", true],
  [{ country: ["US"] }, {}, "14165551234", false],
  [{ country: ["US"] }, {}, "12125551234", true],
  [{ country: ["KZ"] }, {}, "77012345678", true],
  [{ country: ["RU"] }, {}, "79261234567", true],
  [{ country: ["YT"] }, {}, "262639012345", true],
  [{ country: ["MA"] }, {}, "212650123456", true],
  [{ country: ["HR"] }, { channel: "WHATSAPP" }, "HR.abc", false],
  [{ mcc: ["219"], mnc: ["01"] }, {}, "385981", true],
  [{ mcc: ["219"], mnc: ["01"] }, {}, "385911", false],
  [{ mcc: ["219"] }, {}, "38512345", false],
  [{ account: [1, 2] }, {}, "1", true],
  [{ account: [2] }, {}, "1", false],
  [{ application: ["shop"] }, { applicationId: "shop" }, "1", true],
  [{ application: ["shop"] }, {}, "1", false],
  [{ sender: ["Posthorn"] }, {}, "1", true],
  [{ sender: ["posthorn"] }, {}, "1", false],
  [{ sender: ["Post*"] }, {}, "1", true],
  [{ sender: ["*horn"] }, {}, "1", true],
  [{ sender: ["P*t*n"] }, {}, "1", true],
  [{ sender: ["Posth*thorn"] }, {}, "1", false],
  [{ sender: ["Post*"], country: ["DE"] }, {}, "38598", false],
];

test("a rule holds when all of its conditions do", () => {
  for (const [rule, facts, destination, holds] of CASES) {
    const table = tableOf([route("main")], [{ ...rule, route: "main" }]);
    const lane = table.choose({ ...FACTS, ...facts }, destination);
    assert.equal(lane?.name ?? null, holds ? "main" : null, JSON.stringify([rule, facts, destination]));
  }
});

test("a rule does not send to a route that cannot serve the channel", () => {
  const table = tableOf([route("sms", { channels: ["SMS"] }), route("all")], [{ route: "sms" }, { route: "all" }]);
  assert.equal(table.choose({ ...FACTS, channel: "WHATSAPP" }, "38598")?.name, "all");
  const [first] = table.explain({ ...FACTS, channel: "WHATSAPP" }, "38598").rules;
  assert.deepEqual(first?.conditions, [{ condition: "route serves", wanted: "SMS", got: "WHATSAPP", isMet: false }]);
});

test("a star in a sender stands for what it stands for in a pattern", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*]{1,8}$/), fc.stringMatching(/^[ab]{0,10}$/), (pattern, sender) => {
      const table = tableOf([route("main")], [{ sender: [pattern], route: "main" }]);
      const oracle = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
      assert.equal(table.choose({ ...FACTS, sender }, "1") !== null, oracle.test(sender), `${pattern} ${sender}`);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

const anyRule: fc.Arbitrary<RuleDefinition> = fc.record(
  {
    channel: fc.constantFrom(["SMS"] as const, ["WHATSAPP"] as const),
    sender: fc.constantFrom(["A*"], ["*b", "C"], ["*"]),
    prefix: fc.constantFrom(["385"], ["38598", "44"], ["1"]),
    country: fc.constantFrom(["HR"], ["GB", "US"], ["CA"]),
    mcc: fc.constant(["219"]),
    account: fc.constantFrom([1], [2, 3]),
    application: fc.constantFrom(["shop"], ["bank"]),
    route: fc.constantFrom("one", "split", "cheap", "sms"),
  },
  { requiredKeys: ["route"] },
) as fc.Arbitrary<RuleDefinition>;

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  channel: fc.constantFrom("SMS", "WHATSAPP"),
  sender: fc.constantFrom("Abc", "Ab", "C", ""),
  accountId: fc.integer({ min: 1, max: 3 }),
  applicationId: fc.constantFrom(null, "shop", "bank"),
});

const anyDestination = fc.oneof(
  fc.constantFrom("385981234567", "385911234567", "447700900123", "14165551234", "HR.abc"),
  fc.stringMatching(/^[1-9][0-9]{4,14}$/),
);

const two = [
  { carrier: "a", weight: 2, cost: 0.03 },
  { carrier: "b", weight: 1, cost: 0.02 },
];
const ROUTES = [
  route("one"),
  route("split", { split: "weight", carriers: two }),
  route("cheap", { split: "cost", carriers: two }),
  route("sms", { channels: ["SMS"] }),
];

test("every message gets the lane of the first rule that holds and no other, each time the same, and explain agrees", () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 8 }), anyFacts, anyDestination, (rules, facts, destination) => {
      const table = tableOf(ROUTES, rules);
      const lane = table.choose(facts, destination);
      assert.equal(table.choose({ ...facts }, destination), lane);
      if (lane !== null) assert.equal(table.lanes.get(lane.name), lane);
      const explained = table.explain(facts, destination);
      assert.equal(explained.lane, lane);
      if (rules.length === 0) return;
      const held = explained.rules.findIndex(({ conditions }) => conditions.every(({ isMet }) => isMet));
      assert.equal(lane?.route, explained.rules[held]?.route);
      assert.equal(
        explained.rules.findIndex(({ isChosen }) => isChosen),
        held,
      );
      assert.equal(explained.rules.filter(({ isChosen }) => isChosen).length, held === -1 ? 0 : 1);
      for (const { isMatch, conditions } of explained.rules)
        assert.equal(
          isMatch,
          conditions.every(({ isMet }) => isMet),
        );
      assert.deepEqual(
        explained.carriers.map(({ carrier }) => carrier),
        lane?.carriers ?? [],
      );
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

test("a route split by weight gives each carrier its part of the phones, within 3 per cent, and a reserve none", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 5 }),
      fc.nat(1_000_000),
      (weights, from) => {
        const sum = weights.reduce((left, right) => left + right, 0);
        fc.pre(sum > 0);
        const carriers = weights.map((weight, index) => ({ carrier: `c${index}`, weight, cost: 0 }));
        const table = tableOf([route("main", { split: "weight", carriers })]);
        const counts = new Map<string, number>();
        const phones = 5_000;
        for (let phone = 0; phone < phones; phone += 1) {
          const lane = table.choose(FACTS, String(385_980_000_000 + from + phone));
          assert.deepEqual(
            [...(lane?.carriers ?? [])].toSorted(),
            carriers.map(({ carrier }) => carrier),
          );
          counts.set(lane?.carrier ?? "", (counts.get(lane?.carrier ?? "") ?? 0) + 1);
        }
        for (const { carrier, weight } of carriers) {
          assert.ok(
            Math.abs((counts.get(carrier) ?? 0) / phones - weight / sum) < 0.03,
            `${carrier} of ${weights.join()}`,
          );
          if (weight === 0) assert.equal(counts.has(carrier), false);
        }
      },
    ),
    { seed: SEED, numRuns: 30 },
  );
});

const price = (carrier: string, amount: number, changes: Partial<Network> = {}): Price => ({
  carrier,
  country: null,
  mcc: null,
  mnc: null,
  price: amount,
  ...changes,
});

test("a route split by cost takes the cheapest for the network: its price, its country's, or what the route says", () => {
  const prices = [
    price("a", 0.05, { country: "HR" }),
    price("a", 0.01, { country: "HR", mcc: "219", mnc: "01" }),
    price("b", 0.04, { country: "HR" }),
    price("elsewhere", 0.0001),
  ];
  const table = tableOf([route("cheap", { split: "cost", carriers: two })], [], prices);
  const carrierFor = (destination: string) => table.choose(FACTS, destination)?.carrier;
  assert.equal(carrierFor("385981234567"), "a", "its own network's price");
  assert.equal(carrierFor("385911234567"), "b", "the country's prices");
  assert.equal(carrierFor("447700900123"), "b", "the route's costs");
  const { carriers, lane } = table.explain(FACTS, "385981234567");
  assert.equal(lane?.name, "cheap/a");
  assert.deepEqual(
    carriers.map(({ carrier, cost }) => [carrier, cost]),
    [
      ["a", 0.01],
      ["b", 0.04],
    ],
  );
});
