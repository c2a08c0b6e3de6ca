import type { Channel } from "../message/destination.ts";
import { compileConditions, type Condition, type Facts, type RuleDefinition } from "./conditions.ts";
import { type Lane, type RouteDefinition, RouteLanes } from "./lanes.ts";
import type { Network } from "./networks.ts";
import type { PrefixTree } from "./prefix-tree.ts";
import type { Price } from "./tables.ts";

export interface RoutingDefinition {
  /** In order. */
  readonly routes: readonly RouteDefinition[];
  /** In order. None: the first route that serves the channel. */
  readonly rules: readonly RuleDefinition[];
  /** Null where nothing asks what a number is. */
  readonly networks: PrefixTree<Network> | null;
  readonly prices: readonly Price[];
}

interface Rule {
  readonly definition: RuleDefinition;
  readonly conditions: readonly Condition[];
  readonly route: RouteLanes;
}

export interface ExplainedRule {
  /** From 1, in the order of the file. */
  readonly rule: number;
  readonly route: string;
  readonly isMatch: boolean;
  /** True for the rule that decides; false also for one that would match, but comes later. */
  readonly isChosen: boolean;
  readonly conditions: readonly {
    readonly condition: string;
    readonly wanted: string;
    readonly got: string;
    readonly isMet: boolean;
  }[];
}

export interface Explanation {
  readonly network: Network | null;
  readonly rules: readonly ExplainedRule[];
  readonly lane: Lane | null;
  /** In the order in which they stand in for each other. */
  readonly carriers: readonly { readonly carrier: string; readonly weight: number; readonly cost: number }[];
}

/** Whoever chooses: a table, or what holds the table of the moment. */
export interface RouteChooser {
  /** Null means REJECTED_ROUTE_NOT_AVAILABLE. */
  choose(facts: Facts, destination: string): Lane | null;
}

/**
 * The rules and routes of a configuration, compiled. Pure: the same message gets the same lane, and `explain` walks the
 * same conditions as `choose`.
 */
export class RoutingTable implements RouteChooser {
  /** Every lane by its name. */
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly #routes: readonly RouteLanes[];
  readonly #rules: readonly Rule[];
  readonly #networks: PrefixTree<Network> | null;

  constructor({ routes, rules, networks, prices }: RoutingDefinition) {
    this.#networks = networks;
    this.#routes = routes.map((route) => new RouteLanes(route, prices));
    this.lanes = new Map(this.#routes.flatMap(({ lanes }) => lanes).map((lane) => [lane.name, lane]));
    const byName = new Map(this.#routes.map((route) => [route.definition.name, route]));
    this.#rules = rules.flatMap((definition) => {
      const route = byName.get(definition.route);
      return route === undefined
        ? []
        : [{ definition, conditions: compileConditions(definition, route.definition), route }];
    });
  }

  /** Called for every message: plain loops, and nothing is allocated. */
  choose(facts: Facts, destination: string): Lane | null {
    if (this.#rules.length === 0) {
      for (let index = 0; index < this.#routes.length; index += 1) {
        const route = this.#routes[index] as RouteLanes;
        if (route.definition.channels.includes(facts.channel)) return this.#laneOf(route, destination);
      }
      return null;
    }
    const network = this.#networkOf(destination);
    for (let index = 0; index < this.#rules.length; index += 1) {
      const rule = this.#rules[index] as Rule;
      if (isMatch(rule, facts, destination, network)) return rule.route.laneFor(destination, network);
    }
    return null;
  }

  #laneOf(route: RouteLanes, destination: string): Lane {
    return route.laneFor(destination, route.definition.split === "cost" ? this.#networkOf(destination) : null);
  }

  #networkOf(destination: string): Network | null {
    return this.#networks === null ? null : this.#networks.find(destination);
  }

  explain(facts: Facts, destination: string): Explanation {
    const network = this.#networkOf(destination);
    const lane = this.choose(facts, destination);
    let hasChosen = false;
    const rules = this.#rules.map((rule, index): ExplainedRule => {
      const matches = isMatch(rule, facts, destination, network);
      const isChosen = matches && !hasChosen;
      hasChosen ||= matches;
      const conditions = rule.conditions.map((condition) => ({
        condition: condition.name,
        wanted: condition.wanted,
        got: condition.got(facts, destination, network),
        isMet: condition.isMet(facts, destination, network),
      }));
      return { rule: index + 1, route: rule.definition.route, isMatch: matches, isChosen, conditions };
    });
    return { network, rules, lane, carriers: lane === null ? [] : this.#explainCarriers(lane, network) };
  }

  #explainCarriers(lane: Lane, network: Network | null): Explanation["carriers"] {
    const route = this.#routes.find(({ definition }) => definition.name === lane.route);
    return lane.carriers.map((carrier) => ({
      carrier,
      weight: route?.definition.carriers.find((candidate) => candidate.carrier === carrier)?.weight ?? 0,
      cost: route?.costOf(carrier, network) ?? 0,
    }));
  }

  /** Routes in their order, with the channels that they serve. */
  get routes(): readonly { readonly name: string; readonly channels: readonly Channel[] }[] {
    return this.#routes.map(({ definition }) => definition);
  }
}

function isMatch(rule: Rule, facts: Facts, destination: string, network: Network | null): boolean {
  const { conditions } = rule;
  for (let index = 0; index < conditions.length; index += 1) {
    if (!(conditions[index] as Condition).isMet(facts, destination, network)) return false;
  }
  return true;
}
