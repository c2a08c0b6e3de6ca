import { IDEMPOTENCY_KEY_LENGTH_MAX } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";

const NAME = "Idempotency-Key";
/** As Node names it. */
const HEADER = "idempotency-key";

/** The request's answer is one that was given before, and nothing was done for it now. */
export const REPLAYED_HEADER = "Idempotency-Replayed";

const VISIBLE_ASCII = new RegExp(`^[!-~]{1,${IDEMPOTENCY_KEY_LENGTH_MAX}}$`);

/** @returns null when there is no such header. @throws InvalidRequest naming it, also when it came twice */
export function idempotencyKeyOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | null {
  const value = headers[HEADER];
  if (value === undefined) return null;
  // Node joins a header that comes twice with a comma and a blank.
  if (typeof value === "string" && VISIBLE_ASCII.test(value)) return value;
  throw new InvalidRequest(NAME, `must be 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters without blanks`);
}
