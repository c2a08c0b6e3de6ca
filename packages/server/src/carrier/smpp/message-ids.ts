/**
 * The ids of messages, which carriers answer in one notation and report in another: padded with zeros, in the other
 * letter case, hexadecimal here and decimal there, with the dashes of a UUID or without.
 */
import { canonicalMessageId } from "@posthorn/smpp";
import type { MessageForm } from "./form.ts";

/** How a receipt's id must be read to become the answer's. */
export type IdReading = "same" | "hex-to-decimal" | "decimal-to-hex" | "dashes";

export interface IdCandidate {
  readonly id: string;
  readonly reading: IdReading;
}

type Notations = MessageForm["messageIds"];

/** The id of an answer as it is kept. */
export function idOfAnswer(messageId: string, { answers }: Notations): string {
  return canonicalMessageId(messageId, answers === "auto" ? "raw" : answers);
}

const HEX = /^[\da-f]{1,64}$/i;
const DECIMAL = /^\d{1,64}$/;
const UUID_DASHED = /^([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4})-([\da-f]{12})$/i;
const UUID_BARE = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/i;

/** In the order in which they are tried. */
const READINGS: readonly IdReading[] = ["same", "decimal-to-hex", "hex-to-decimal", "dashes"];

/**
 * What an id of a receipt was in the answer if it is read so; null where it cannot be. For receipts whose notation is not
 * configured as hexadecimal or decimal.
 */
export function idAsRead(messageId: string, reading: IdReading, notations: Notations): string | null {
  if (reading === "same") return idOfAnswer(messageId, notations);
  const { answers, receipts } = notations;
  if (receipts === "raw") return null;
  const raw = messageId.trim();
  if (answers === "hex") return reading === "decimal-to-hex" ? canonicalMessageId(raw, "decimal") : null;
  if (answers === "decimal") return reading === "hex-to-decimal" ? canonicalMessageId(raw, "hex") : null;
  switch (reading) {
    case "decimal-to-hex":
      return DECIMAL.test(raw) ? canonicalMessageId(BigInt(raw).toString(16), "raw") : null;
    case "hex-to-decimal":
      return HEX.test(raw) ? BigInt(`0x${raw}`).toString() : null;
    case "dashes": {
      if (UUID_DASHED.test(raw)) return canonicalMessageId(raw.replaceAll("-", ""), "raw");
      const bare = UUID_BARE.exec(raw);
      return bare === null ? null : canonicalMessageId(bare.slice(1).join("-"), "raw");
    }
  }
}

/**
 * What an id of a receipt may have been in the answer, in the order in which it is to be tried, none twice. One where
 * the notations are configured.
 */
export function idsOfReceipt(messageId: string, notations: Notations): readonly IdCandidate[] {
  const { answers, receipts } = notations;
  const candidates: IdCandidate[] = [];
  const add = (id: string | null, reading: IdReading) => {
    if (id !== null && !candidates.some((known) => known.id === id)) candidates.push({ id, reading });
  };
  if (receipts !== "auto" && answers !== "auto") {
    add(canonicalMessageId(messageId, receipts), "same");
    return candidates;
  }
  if (receipts === "hex" || receipts === "decimal") {
    const decimal = canonicalMessageId(messageId, receipts);
    const hex = DECIMAL.test(decimal) ? BigInt(decimal).toString(16).toUpperCase() : decimal;
    if (receipts === "hex") add(hex, "same");
    add(decimal, receipts === "hex" ? "hex-to-decimal" : "same");
    if (receipts === "decimal") add(hex, "decimal-to-hex");
    return candidates;
  }
  for (const reading of READINGS) add(idAsRead(messageId, reading, notations), reading);
  return candidates;
}
