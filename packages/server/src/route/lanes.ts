import type { Channel } from "../message/destination.ts";
import type { Network } from "./networks.ts";
import type { Price } from "./tables.ts";

export interface RouteCarrier {
  readonly carrier: string;
  readonly weight: number;
  readonly cost: number;
}

export interface RouteDefinition {
  readonly name: string;
  readonly split: "order" | "weight" | "cost";
  readonly carriers: readonly RouteCarrier[];
  /** Those that every one of its carriers serves: any of them may have to. */
  readonly channels: readonly Channel[];
}

/**
 * What messages wait in: a route, or the part of a route that one of its carriers serves first. The order of `carriers`
 * is the one in which they stand in for each other.
 */
export interface Lane {
  /** Stored with the message: the route's name, and where the route is split, behind a slash its first carrier's. */
  readonly name: string;
  readonly route: string;
  /** The first of `carriers`. */
  readonly carrier: string;
  readonly carriers: readonly string[];
}

/** A route with its lanes. Choosing among them looks at the destination alone, so a phone keeps its carrier. */
export class RouteLanes {
  readonly definition: RouteDefinition;
  readonly lanes: readonly Lane[];
  readonly #prices: readonly Price[];
  readonly #weightSum: number;
  readonly #weights: readonly number[];
  readonly #cheapest = new Map<Network | null, Lane>();

  constructor(definition: RouteDefinition, prices: readonly Price[]) {
    this.definition = definition;
    const { name, split, carriers } = definition;
    const names = new Set(carriers.map(({ carrier }) => carrier));
    this.#prices = prices.filter(({ carrier }) => names.has(carrier));
    const leading = carriers.filter(({ weight }) => split !== "weight" || weight > 0);
    this.#weights = leading.map(({ weight }) => weight);
    this.#weightSum = this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.lanes =
      split === "order" || carriers.length === 1
        ? [laneOf(name, name, [...names])]
        : leading.map(({ carrier }) => laneOf(`${name}/${carrier}`, name, [carrier, ...this.#standIns(carrier)]));
  }

  /** The others, in the order of the route; where it is split by cost, by their cost. */
  #standIns(first: string): readonly string[] {
    const others = this.definition.carriers.filter(({ carrier }) => carrier !== first);
    const sorted = this.definition.split === "cost" ? others.toSorted((a, b) => a.cost - b.cost) : others;
    return sorted.map(({ carrier }) => carrier);
  }

  /** Allocates nothing, but once for each network of a route split by cost. */
  laneFor(destination: string, network: Network | null): Lane {
    const only = this.lanes[0] as Lane;
    if (this.lanes.length === 1) return only;
    if (this.definition.split === "cost") return this.#cheapestFor(network);
    let left = spread(destination) % this.#weightSum;
    for (let index = 0; index < this.lanes.length; index += 1) {
      left -= this.#weights[index] as number;
      if (left < 0) return this.lanes[index] as Lane;
    }
    return only;
  }

  #cheapestFor(network: Network | null): Lane {
    const known = this.#cheapest.get(network);
    if (known !== undefined) return known;
    const costs = this.definition.carriers.map(({ carrier }) => this.costOf(carrier, network));
    const lane = this.lanes[costs.indexOf(Math.min(...costs))] as Lane;
    this.#cheapest.set(network, lane);
    return lane;
  }

  /** By the price file: the row that says most about the network; else what the route says. */
  costOf(carrier: string, network: Network | null): number {
    let best: Price | null = null;
    for (const price of this.#prices) {
      if (price.carrier !== carrier || !isOf(price, network)) continue;
      if (best === null || detailOf(price) > detailOf(best)) best = price;
    }
    return best?.price ?? this.definition.carriers.find((candidate) => candidate.carrier === carrier)?.cost ?? 0;
  }
}

function laneOf(name: string, route: string, carriers: readonly string[]): Lane {
  return { name, route, carrier: carriers[0] as string, carriers };
}

function isOf(price: Price, network: Network | null): boolean {
  return (
    (price.country === null || price.country === network?.country) &&
    (price.mcc === null || price.mcc === network?.mcc) &&
    (price.mnc === null || price.mnc === network?.mnc)
  );
}

/** A network counts more than a code of its country, and that more than the country. */
const detailOf = ({ country, mcc, mnc }: Price): number =>
  (mnc === null ? 0 : 4) + (mcc === null ? 0 : 2) + (country === null ? 0 : 1);

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A number from a destination that spreads well, also over destinations that differ in their last digit only: FNV-1a,
 * and murmur's finish so that small divisors see all of its bits. The same in every version and process.
 */
export function spread(destination: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < destination.length; at += 1) hash = Math.imul(hash ^ destination.charCodeAt(at), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
