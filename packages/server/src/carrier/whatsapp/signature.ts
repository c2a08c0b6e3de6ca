import { createHmac, timingSafeEqual } from "node:crypto";

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether `X-Hub-Signature-256` is Meta's: HMAC-SHA256 with the app's secret over the bytes as they came, since Meta
 * writes what is not ASCII as \uXXXX and signs that.
 */
export function isSigned(body: Uint8Array, header: string | undefined, appSecret: string): boolean {
  const given = SIGNATURE.exec(header ?? "")?.[1];
  if (given === undefined) return false;
  return timingSafeEqual(createHmac("sha256", appSecret).update(body).digest(), Buffer.from(given, "hex"));
}

/** In constant time, whatever their lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac("sha256", "compared").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
