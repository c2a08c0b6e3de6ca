import { randomFillSync } from "node:crypto";

/**
 * The name of a short link. It is a secret of a kind: whoever guesses one sees where somebody else was sent.
 * 62^10 is 8.4 * 10^17. With ten million links alive one guess in 84 billion hits: at a thousand guesses a second one
 * in two and a half years. A new code meets an old one as seldom. Two characters less would make it one in six hours.
 */
export const SHORT_CODE_LENGTH = 10;

/** All of them are one septet of GSM 7, with every national table, and none needs an escape in a URL. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PATTERN = new RegExp(`^[0-9A-Za-z]{${SHORT_CODE_LENGTH}}$`);

/** Octets from here on are thrown away: with them the first letters would come more often than the others. */
const OCTET_LIMIT = 256 - (256 % ALPHABET.length);

/** The system is asked for many octets at once: asking costs more than they do. Each is used once. */
const pool = new Uint8Array(4096);
let used = pool.length;

function nextOctet(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 1;
  return pool[used - 1] ?? 0;
}

export function isShortCode(text: string): boolean {
  return PATTERN.test(text);
}

export function newShortCode(): string {
  let code = "";
  while (code.length < SHORT_CODE_LENGTH) {
    const octet = nextOctet();
    if (octet < OCTET_LIMIT) code += ALPHABET.charAt(octet % ALPHABET.length);
  }
  return code;
}
