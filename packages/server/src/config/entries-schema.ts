import { type Static, Type } from "typebox";
import {
  choice,
  DAY_MS,
  type DeepReadonly,
  flag,
  integer,
  listOf,
  members,
  number,
  optionalInteger,
  words,
} from "./schema-kit.ts";
import { smppCarrier } from "./smpp-carrier-schema.ts";
import { whatsappCloudCarrier } from "./whatsapp-carrier-schema.ts";

/**
 * What the file names itself: carriers, routes and rules. They stand in the file alone, because a name of somebody's
 * own fits neither an environment variable nor a flag. A list may be written as its only value.
 */

export const ENTRY_NAME = { pattern: "^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$" } as const;
export const ENTRY_NAME_RULE =
  "1 to 40 small letters, digits, - and _ in between, that do not spell none (which is what refused messages have)";

const CARRIERS_MAX = 100;
const ROUTES_MAX = 1000;
const RULES_MAX = 1000;
const CARRIERS_PER_ROUTE_MAX = 16;
const CHANNELS = ["SMS", "WHATSAPP"] as const;

const entryName = (description: string) => words(description, ENTRY_NAME_RULE, ENTRY_NAME.pattern);
const channels = Type.Optional(
  listOf(
    Type.Enum(CHANNELS, { description: "A channel." }),
    "Channels that it is used for. Absent: all that its type can.",
  ),
);

const sandboxCarrier = members(
  {
    type: Type.Literal("sandbox", { description: "What kind of carrier it is." }),
    channels,
    deliveryDelayMs: optionalInteger("In place of sandbox.deliveryDelayMs.", "ms", 0, DAY_MS),
    windowSize: optionalInteger("In place of sandbox.windowSize.", "messages", 1, 100_000),
    paused: flag("Whether it starts taking nothing, as if it were down.", false),
    uncertain: Type.Optional(Type.Enum(["resend", "hold"] as const, { description: "In place of sandbox.uncertain." })),
  },
  "Virtual phones. Several may stand side by side, to try out routes; they share their phones.",
);

/** A carrier of each type, by the type's name: a new type is one member here and one where carriers are made. */
export const CARRIER_TYPES = {
  sandbox: sandboxCarrier,
  smpp: smppCarrier,
  "whatsapp-cloud": whatsappCloudCarrier,
} as const;

type CarrierType = keyof typeof CARRIER_TYPES;
export type CarrierEntry = { [Type in CarrierType]: DeepReadonly<Static<(typeof CARRIER_TYPES)[Type]>> }[CarrierType];

const routeCarrier = Type.Object(
  {
    carrier: entryName("A carrier's name."),
    weight: integer("Its part of the destinations, when the route is split by weight; 0: a reserve.", {
      unit: "parts",
      default: 1,
      minimum: 0,
      maximum: 1_000_000,
    }),
    cost: number("What it charges where the price file says nothing.", {
      unit: "account.currency",
      default: 0,
      minimum: 0,
      maximum: 1_000_000,
    }),
  },
  {
    additionalProperties: false,
    shorthand: "carrier",
    description: "One carrier of a route. Its name alone will do.",
  },
);

export const ROUTE_SCHEMA = Type.Object(
  {
    split: choice(
      "Who serves a destination first. order: the first carrier all; weight: each its part, one destination always the same; cost: the cheapest for the destination.",
      ["order", "weight", "cost"],
      "order",
    ),
    carriers: Type.Array(routeCarrier, {
      minItems: 1,
      maxItems: CARRIERS_PER_ROUTE_MAX,
      description: "In the order in which they stand in for each other.",
    }),
  },
  {
    additionalProperties: false,
    shorthand: "carriers",
    description: "A route: a queue that carriers serve. The list of carriers alone will do.",
  },
);

export const ROUTE_CARRIER_SCHEMA = routeCarrier;

export const RULE_SCHEMA = members(
  {
    channel: Type.Optional(listOf(Type.Enum(CHANNELS, { description: "A channel." }), "Any of these channels.")),
    sender: Type.Optional(
      listOf(
        words("A sender; * stands for any text.", "a sender, * for any text in it", "^.+$", { digits: true }),
        "Any of these senders; case counts, * stands for any text: Shop, Shop*, *shop*.",
      ),
    ),
    prefix: Type.Optional(
      listOf(
        words("The digits that a number begins with.", "1 to 15 digits without + or 00", "^[1-9][0-9]{0,14}$", {
          digits: true,
        }),
        "Any of these beginnings of the destination.",
      ),
    ),
    country: Type.Optional(
      listOf(
        words("A country.", "two capital letters (ISO 3166-1), in quotes for NO", "^[A-Z]{2}$"),
        "Any of these countries of the destination.",
      ),
    ),
    mcc: Type.Optional(
      listOf(
        words("A mobile country code.", "three digits", "^[0-9]{3}$", { digits: true }),
        "Any of these MCCs; known from routing.prefixFile.",
      ),
    ),
    mnc: Type.Optional(
      listOf(
        words("A mobile network code.", "two or three digits in quotes", "^[0-9]{2,3}$"),
        "Any of these MNCs, together with mcc.",
      ),
    ),
    account: Type.Optional(
      listOf(
        Type.Integer({ description: "An account's number.", unit: "account", minimum: 1, maximum: 2 ** 53 - 1 }),
        "Any of these accounts.",
      ),
    ),
    application: Type.Optional(
      listOf(words("An applicationId.", "an applicationId", "^.+$", { digits: true }), "Any of these applications."),
    ),
    route: entryName("The route that is taken when all of the above hold."),
  },
  "A rule. All of its conditions must hold; without any it always holds.",
);

export const ENTRIES_SCHEMA = Type.Object({
  carriers: Type.Record(Type.String(), Type.Union(Object.values(CARRIER_TYPES)), {
    maxProperties: CARRIERS_MAX,
    description:
      "Carriers by their names. None: the sandbox alone, where sandbox.enabled says so. What is named here is all there is.",
  }),
  routes: Type.Record(Type.String(), ROUTE_SCHEMA, {
    maxProperties: ROUTES_MAX,
    description: "Routes by their names. None: each carrier has a route of its own, with its name.",
  }),
  rules: Type.Array(RULE_SCHEMA, {
    maxItems: RULES_MAX,
    description:
      "Which messages take which route. The first rule that holds decides; when none does, the message is rejected. No rules at all: the first route that serves the channel.",
  }),
});

type RouteEntry = DeepReadonly<Static<typeof ROUTE_SCHEMA>>;
type RuleEntry = DeepReadonly<Static<typeof RULE_SCHEMA>>;

export interface Entries {
  carriers: Record<string, CarrierEntry>;
  routes: Record<string, RouteEntry>;
  rules: readonly RuleEntry[];
}
