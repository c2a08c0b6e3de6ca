import { type Random, seededRandom } from "../../src/kernel/random.ts";

/** Randomness from the variable's seed, or a new one that is printed, so that a failure can be repeated. */
export function randomFromEnvironment(variable: string): { readonly seed: number; readonly random: Random } {
  const seed = Number(process.env[variable] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${variable}=${seed}\n`);
  return { seed, random: seededRandom(seed) };
}

/** From `low` to `high`, both included. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random.float() * (high - low + 1));
}

export function oneOf<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random.float() * items.length)] ?? items[0];
}

export function isChosen(random: Random, probability: number): boolean {
  return random.float() < probability;
}
