/** The variable's seed, or a new one; it is printed, so that a failure can be repeated. */
export function seedFromEnvironment(variable: string): number {
  const seed = Number(process.env[variable] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${variable}=${seed}\n`);
  return seed;
}
