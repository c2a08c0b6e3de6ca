const DIGITS = 10;
const ZERO = 48;

/**
 * The value of the longest of many prefixes that a number begins with. Compiled into two flat arrays, so that looking
 * up touches no object until the value is found, and allocates nothing.
 */
export class PrefixTree<Value> {
  /** Ten nodes for each node, by the next digit; 0: no prefix goes on so. */
  readonly #next: Int32Array;
  /** For each node the place of its value; 0: none. */
  readonly #valueAt: Int32Array;
  readonly #values: readonly (Value | null)[];
  readonly size: number;

  /** Of the same prefix twice the last counts. What is no digit ends a prefix. */
  constructor(prefixes: Iterable<readonly [prefix: string, value: Value]>) {
    const next: number[] = Array.from({ length: DIGITS }, () => 0);
    const valueAt: number[] = [0];
    const values: (Value | null)[] = [null];
    let size = 0;
    for (const [prefix, value] of prefixes) {
      let node = 0;
      for (let at = 0; at < prefix.length; at += 1) {
        const digit = prefix.charCodeAt(at) - ZERO;
        if (digit < 0 || digit >= DIGITS) break;
        const slot = node * DIGITS + digit;
        if (next[slot] === 0) {
          next[slot] = valueAt.length;
          valueAt.push(0);
          for (let added = 0; added < DIGITS; added += 1) next.push(0);
        }
        node = next[slot] as number;
      }
      if (valueAt[node] === 0) size += 1;
      valueAt[node] = values.length;
      values.push(value);
    }
    this.#next = Int32Array.from(next);
    this.#valueAt = Int32Array.from(valueAt);
    this.#values = values;
    this.size = size;
  }

  find(digits: string): Value | null {
    let node = 0;
    let found = this.#valueAt[0] as number;
    for (let at = 0; at < digits.length; at += 1) {
      const digit = digits.charCodeAt(at) - ZERO;
      if (digit < 0 || digit >= DIGITS) break;
      node = this.#next[node * DIGITS + digit] as number;
      if (node === 0) break;
      const value = this.#valueAt[node] as number;
      if (value !== 0) found = value;
    }
    return this.#values[found] as Value | null;
  }
}
