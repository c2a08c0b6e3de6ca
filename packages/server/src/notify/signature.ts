import { createHmac } from "node:crypto";
import type { HmacCredentials } from "@posthorn/contract";

/** `prefixed-`: the algorithm's name and `=` before it, as in `sha256=...`. */
export type SignatureFormat = "prefixed-hex" | "prefixed-base64" | "hex" | "base64";

/** Names of OpenSSL's digests, which are also what stands before a prefixed signature. */
const DIGEST = {
  HMAC_MD5: "md5",
  HMAC_SHA_1: "sha1",
  HMAC_SHA_224: "sha224",
  HMAC_SHA_256: "sha256",
  HMAC_SHA_384: "sha384",
  HMAC_SHA_512: "sha512",
} as const satisfies Record<HmacCredentials["algorithm"], string>;

/** The signature of a webhook's body, over its octets as they are sent. */
export function signatureOf(body: string, { algorithm, secretKey }: HmacCredentials, format: SignatureFormat): string {
  const digest = DIGEST[algorithm];
  const signature = createHmac(digest, secretKey)
    .update(body)
    .digest(format.endsWith("hex") ? "hex" : "base64");
  return format.startsWith("prefixed-") ? `${digest}=${signature}` : signature;
}
