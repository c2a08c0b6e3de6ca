/** Longer ones are no numbers that a carrier counts with. */
const DIGITS_MAX = 32;
const DECIMAL = /^[0-9]+$/;
const HEXADECIMAL = /^[0-9A-Fa-f]+$/;

/**
 * What a carrier's id reads in other notations of the same number: the decimal one, if it is hexadecimal, and the other
 * way round. Digits alone may be either. Without zeros in front, capital letters.
 */
export function otherNotationsOf(id: string): readonly string[] {
  if (id.length > DIGITS_MAX || !HEXADECIMAL.test(id)) return [];
  const read = DECIMAL.test(id) ? [BigInt(id).toString(16).toUpperCase()] : [];
  const written = BigInt(`0x${id}`).toString();
  return [...new Set([...read, written])].filter((other) => other !== id);
}
