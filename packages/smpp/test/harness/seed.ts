/** A whole number from the environment, or `fallback`. */
export function numberFromEnvironment(variable: string, fallback: number): number {
  const value = Number(process.env[variable] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${variable} is not a whole number`);
  return value;
}

/** The variable's seed, or a new one; it is printed, so that a failure can be repeated. */
export function seedFromEnvironment(variable: string): number {
  const seed = numberFromEnvironment(variable, Date.now() % 2 ** 31);
  process.stdout.write(`${variable}=${seed}\n`);
  return seed;
}
