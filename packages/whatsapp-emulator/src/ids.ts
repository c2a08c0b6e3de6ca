/** Ids as the Cloud API has them. They follow from counters and `random`, so a test's are the same each time. */
export class Ids {
  readonly #random: () => number;
  #next: number;

  constructor(random: () => number) {
    this.#random = random;
    this.#next = Math.floor(random() * 1e6);
  }

  /** Of a message: `wamid.` and base64, which has the user's number in it, as Meta's has. */
  wamid(user: string): string {
    const octets = Buffer.concat([
      Buffer.from([0x1d, 0x05, user.length & 0xff]),
      Buffer.from(user, "latin1"),
      Buffer.from([0x15, 0x02, 0x00, 0x11, 0x18, 0x12]),
      Buffer.from(this.hex(18), "latin1"),
      Buffer.from([0x00]),
    ]);
    return `wamid.${octets.toString("base64")}`;
  }

  /** Of media and templates: digits. */
  object(): string {
    this.#next += 1;
    return `${1 + Math.floor(this.#random() * 8)}${String(this.#next).padStart(14, "0")}`;
  }

  /** Capital hexadecimal digits; the last of them count, so no two are the same. */
  hex(length: number): string {
    this.#next += 1;
    let text = "";
    for (let index = 0; index < length - 8; index += 1) text += Math.floor(this.#random() * 16).toString(16);
    return (text + (this.#next % 2 ** 32).toString(16).padStart(8, "0")).toUpperCase();
  }

  traceId(): string {
    return `A${this.hex(22)}`;
  }
}

const DIGITS_MIN = 5;
/** E.164. */
const DIGITS_MAX = 15;

/** The digits of a phone number in any notation; null where it is none. */
export function digitsOf(number: string): string | null {
  if (!/^\+?[\d\s().-]+$/.test(number)) return null;
  const digits = number.replaceAll(/\D/g, "");
  return digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX ? digits : null;
}

const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;

export function isUserId(text: string): boolean {
  return USER_ID.test(text);
}

/**
 * The business-scoped id (BSUID) of the user with a number. Meta's tells nothing of the number; this one has it in it,
 * so that a magic number is magic by its id too.
 */
export function userIdOf(digits: string): string {
  return `${digits.startsWith("44") ? "GB" : digits.startsWith("1") ? "US" : "ZZ"}.${digits}`;
}

/** The digits that a user id of `userIdOf` has in it, so that both names are one user; else the id itself. */
export function userOfId(userId: string): string {
  const rest = userId.slice(userId.indexOf(".") + 1);
  return userId === userIdOf(rest) && digitsOf(rest) === rest ? rest : userId;
}
