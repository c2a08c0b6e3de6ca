import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What is sealed begins so; nothing that is kept in clear does. */
const PREFIX = "sealed:1:";

/** Seals secrets for the store, so that a copy of the database alone tells none of them. */
export interface SecretBox {
  /** @param place where the secret is kept: what was sealed for one place opens at no other */
  seal(secret: string, place: string): string;
  /** @throws Error when it was sealed with another key, for another place, or when there is no key */
  open(kept: string, place: string): string;
}

/** @param key of 32 octets; null: secrets are kept in clear, and what is sealed cannot be opened */
export function createSecretBox(key: Buffer | null): SecretBox {
  if (key !== null && key.length !== KEY_BYTES) throw new RangeError(`the key must have ${KEY_BYTES} octets`);
  return {
    seal(secret, place) {
      if (key === null) return secret;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([nonce, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return PREFIX + sealed.toString("base64");
    },
    open(kept, place) {
      if (!kept.startsWith(PREFIX)) return kept;
      if (key === null) throw new Error("a secret is sealed, and there is no key to open it (webhooks.secretKeyFile)");
      const sealed = Buffer.from(kept.slice(PREFIX.length), "base64");
      const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const opened = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return opened.toString("utf8");
    },
  };
}
