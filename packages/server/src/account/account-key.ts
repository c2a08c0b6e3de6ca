import { hash } from "node:crypto";

const KEY_LENGTH = 32;

/** In the paths of Infobip's API: the account of whoever asks. */
const OWN_ACCOUNT = "_";

/** The name of an account on the wire, in the shape of Infobip's own: 32 hexadecimal digits. Always the same. */
export function accountKeyOf(accountId: number): string {
  return hash("sha256", `posthorn account ${accountId}`).slice(0, KEY_LENGTH).toUpperCase();
}

/** Whether a path means the account of whoever asks. */
export function isOwnAccount(accountKey: string, accountId: number): boolean {
  return accountKey === OWN_ACCOUNT || accountKey.toUpperCase() === accountKeyOf(accountId);
}
