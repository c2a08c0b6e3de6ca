import { readFileSync } from "node:fs";
import { createSecretBox, type SecretBox } from "../kernel/secret-box.ts";

/** @throws Error when the file cannot be read or does not hold 32 octets in Base64 */
export function openSecretBox(keyFile: string): SecretBox {
  if (keyFile === "") return createSecretBox(null);
  try {
    return createSecretBox(Buffer.from(readFileSync(keyFile, "utf8").trim(), "base64"));
  } catch (cause) {
    throw new Error(`webhooks.secretKeyFile: ${(cause as Error).message}`, { cause });
  }
}
