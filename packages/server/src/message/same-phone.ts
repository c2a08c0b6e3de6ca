/** So many digits at the end make a phone; fewer must be the whole number. */
export const PHONE_TAIL_DIGITS = 7;

const SEPARATORS = /[\s().+-]/g;
const DIGITS = /^[0-9]+$/;

/**
 * A number as it can be compared, whoever wrote it: digits without the zeros in front, which stand for a country or a
 * region. Null where it is none, as an alphanumeric address.
 */
export function phoneDigitsOf(written: string): string | null {
  const digits = written.replaceAll(SEPARATORS, "");
  if (!DIGITS.test(digits)) return null;
  const significant = digits.replace(/^0+/, "");
  return significant === "" ? null : significant;
}

/** Two numbers that `phoneDigitsOf` gave: the same, or one of them lacks only what stands in front. */
export function isSamePhone(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short === long || (short.length >= PHONE_TAIL_DIGITS && long.endsWith(short));
}

/** What two numbers that are the same have in common, as a key to find them by. */
export function phoneTailOf(digits: string): string {
  return digits.slice(-PHONE_TAIL_DIGITS);
}
