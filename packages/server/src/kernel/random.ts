import { randomBytes } from "node:crypto";

/** Randomness is injected, so that a failing test can be repeated from its printed seed. */
export interface Random {
  /** Uniform in [0, 1). Never used for secrets. */
  float(): number;
}

export const systemRandom: Random = { float: () => Math.random() };

/** mulberry32: small, fast, good enough for jitter and tests, and the same sequence for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    float() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** `byteCount` random octets for secrets, as lower-case hex. */
export function secretHex(byteCount: number): string {
  return randomBytes(byteCount).toString("hex");
}
