import { type Violation, violationError } from "./error.ts";
import { IDEMPOTENCY_KEY_LENGTH_MAX, MESSAGE_ID_LENGTH_MAX } from "./limits.ts";
import { sha256Hex } from "./sha256.ts";

/**
 * Part of the hashed text and the visible start of every id we make. PUBLIC CONTRACT: with another derivation an
 * upgrade between a send and its retry would send twice. A change needs a new mark and a new component version.
 */
const DERIVATION = "ph1";
/** 128 bits: two different sends get the same id with a chance of about 10^-20 after a thousand million messages. */
const DIGEST_DIGITS = 32;
const RANDOM_KEY_BYTES = 16;

export interface MessageIdOptions {
  /** Names one send, from 1 to 512 characters. The same key gives the same messageIds, whenever and wherever. */
  readonly idempotencyKey?: string | undefined;
  /** The caller's own ids, one for each destination in order. They win over the key. */
  readonly messageIds?: readonly string[] | undefined;
}

/**
 * One id for each destination: `ph1-` and the first 32 hexadecimal digits of SHA-256 over the JSON text of
 * `["ph1", action, idempotencyKey, destination, occurrence]`.
 *
 * `occurrence` counts from 0 how often the destination came earlier in the list. It is used instead of the index, so
 * that a caller who reorders or shortens the list before repeating a call still does not send twice to anyone.
 */
export function deriveMessageIds(idempotencyKey: string, action: string, destinations: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return destinations.map((destination) => {
    const occurrence = seen.get(destination) ?? 0;
    seen.set(destination, occurrence + 1);
    const digest = sha256Hex(JSON.stringify([DERIVATION, action, idempotencyKey, destination, occurrence]));
    return `${DERIVATION}-${digest.slice(0, DIGEST_DIGITS)}`;
  });
}

/**
 * The ids of one call. Without a key or ids of the caller they are random, and stay the same over the call's retries.
 *
 * @throws ComponentError INVALID_INPUT naming `idempotencyKey` or `messageIds[n]`
 */
export function chooseMessageIds(
  options: MessageIdOptions,
  action: string,
  destinations: readonly string[],
  random: () => number,
): readonly string[] {
  const violations = [...checkKey(options.idempotencyKey), ...checkIds(options.messageIds, destinations.length)];
  if (violations.length > 0) throw violationError("INVALID_INPUT", violations);
  if (options.messageIds !== undefined) return [...options.messageIds];
  return deriveMessageIds(options.idempotencyKey ?? randomKey(random), action, destinations);
}

function randomKey(random: () => number): string {
  const bytes = Array.from({ length: RANDOM_KEY_BYTES }, () => Math.floor(random() * 256));
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function checkKey(key: unknown): readonly Violation[] {
  const property = "idempotencyKey";
  if (key === undefined) return [];
  if (typeof key !== "string") return [{ property, violation: "must be a string" }];
  // A blank key is a template that was not filled in; used as a key it would merge sends that have nothing in common.
  if (key.trim() === "") return [{ property, violation: "must not be blank" }];
  if (key.length <= IDEMPOTENCY_KEY_LENGTH_MAX) return [];
  return [{ property, violation: `must be at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters` }];
}

function checkIds(ids: unknown, destinationCount: number): readonly Violation[] {
  if (ids === undefined) return [];
  if (!Array.isArray(ids) || ids.length !== destinationCount) {
    return [
      { property: "messageIds", violation: `must be an array with one id for each destination (${destinationCount})` },
    ];
  }
  const seen = new Set<unknown>();
  return Array.from(ids as unknown[], (id, index) => {
    const property = `messageIds[${index}]`;
    if (typeof id !== "string" || id.trim() === "")
      return { property, violation: "must be a string that is not blank" };
    if (id.length > MESSAGE_ID_LENGTH_MAX)
      return { property, violation: `must be at most ${MESSAGE_ID_LENGTH_MAX} characters` };
    if (seen.has(id)) return { property, violation: "must not repeat an earlier id" };
    seen.add(id);
    return undefined;
  }).filter((violation) => violation !== undefined);
}
