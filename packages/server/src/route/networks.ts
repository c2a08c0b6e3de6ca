import { countryPrefixes } from "../message/number-country.ts";
import { PrefixTree } from "./prefix-tree.ts";

/** What a number's beginning tells of it. MCC and MNC are known only where the operator's table says so. */
export interface Network {
  readonly prefix: string;
  readonly country: string | null;
  readonly mcc: string | null;
  readonly mnc: string | null;
}

/** The built-in table, once made: it takes a moment, and never changes. */
let countries: readonly Network[] | null = null;

function countryNetworks(): readonly Network[] {
  countries ??= [...countryPrefixes()]
    // Of a prefix that is there twice the first counts, and in the tree the last.
    .toReversed()
    .map(([prefix, country]) => ({ prefix, country, mcc: null, mnc: null }));
  return countries;
}

/**
 * Countries by calling code, and on top of them the operator's own prefixes. A row without a country has the one that
 * its prefix tells.
 */
export function createNetworks(rows: readonly Network[]): PrefixTree<Network> {
  const builtIn = new PrefixTree(countryNetworks().map((network) => [network.prefix, network] as const));
  const own = rows.map((row) =>
    row.country === null ? { ...row, country: builtIn.find(row.prefix)?.country ?? null } : row,
  );
  return new PrefixTree([...countryNetworks(), ...own].map((network) => [network.prefix, network] as const));
}
