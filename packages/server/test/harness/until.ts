/** Far longer than anything takes: it only bounds a failing test. */
const GIVE_UP_MS = 20_000;
const POLL_MS = 2;

/**
 * The first answer of `look` that is not false, null or undefined. Tests wait for what they say, never for a time.
 *
 * @param between done between two looks, for example moving a fake clock on
 */
export async function until<Value>(
  what: string,
  look: () => Value | Promise<Value>,
  between: () => unknown = () => undefined,
): Promise<Exclude<Value, false | null | undefined>> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (;;) {
    const value = await look();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<Value, false | null | undefined>;
    }
    if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
    await between();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
