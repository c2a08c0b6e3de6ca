import type { Channel } from "../message/destination.ts";
import { fitsSenderPattern, senderPattern } from "../message/sender-pattern.ts";
import type { RouteDefinition } from "./lanes.ts";
import type { Network } from "./networks.ts";
import { PrefixTree } from "./prefix-tree.ts";

/** What rules look at, beside the destination. */
export interface Facts {
  readonly channel: Channel;
  readonly sender: string;
  readonly accountId: number;
  readonly applicationId: string | null;
}

/** A condition that is absent holds for everything. */
export interface RuleDefinition {
  readonly channel?: readonly Channel[];
  readonly sender?: readonly string[];
  readonly prefix?: readonly string[];
  readonly country?: readonly string[];
  readonly mcc?: readonly string[];
  readonly mnc?: readonly string[];
  readonly account?: readonly number[];
  readonly application?: readonly string[];
  readonly route: string;
}

export interface Condition {
  readonly name: string;
  readonly wanted: string;
  isMet(facts: Facts, destination: string, network: Network | null): boolean;
  /** What the message has in its place, for people. */
  got(facts: Facts, destination: string, network: Network | null): string;
}

/** The route's own channels are the last condition: a rule does not send where nobody can take it. */
export function compileConditions(rule: RuleDefinition, route: RouteDefinition): readonly Condition[] {
  const { channel, sender, prefix, country, mcc, mnc, account, application } = rule;
  const served = route.channels;
  return [
    channel && member("channel", channel, (facts) => facts.channel),
    sender && senderCondition(sender),
    prefix && prefixCondition(prefix),
    country && member("country", country, (_facts, network) => network?.country ?? null),
    mcc && member("mcc", mcc, (_facts, network) => network?.mcc ?? null),
    mnc && member("mnc", mnc, (_facts, network) => network?.mnc ?? null),
    account && member("account", account, (facts) => facts.accountId),
    application && member("application", application, (facts) => facts.applicationId),
    member("route serves", served, (facts) => facts.channel),
  ].filter((condition) => condition !== undefined);
}

const shown = (value: string | number | null) =>
  value === null ? "unknown" : value === "" ? "(empty)" : String(value);

function member<Value extends string | number>(
  name: string,
  values: readonly Value[],
  valueOf: (facts: Facts, network: Network | null) => Value | null,
): Condition {
  const known: ReadonlySet<Value | null> = new Set(values);
  return {
    name,
    wanted: values.join(", "),
    isMet: (facts, _destination, network) => known.has(valueOf(facts, network)),
    got: (facts, _destination, network) => shown(valueOf(facts, network)),
  };
}

function senderCondition(patterns: readonly string[]): Condition {
  const compiled = patterns.map(senderPattern);
  return {
    name: "sender",
    wanted: patterns.join(", "),
    isMet({ sender }) {
      for (const pieces of compiled) if (fitsSenderPattern(sender, pieces)) return true;
      return false;
    },
    got: ({ sender }) => shown(sender),
  };
}

function prefixCondition(prefixes: readonly string[]): Condition {
  const tree = new PrefixTree(prefixes.map((prefix) => [prefix, prefix] as const));
  return {
    name: "prefix",
    wanted: prefixes.join(", "),
    isMet: (_facts, destination) => tree.find(destination) !== null,
    got: (_facts, destination) => shown(destination),
  };
}
