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

/**
 * What an id of a receipt may have been in the answer, in the order in which it is to be tried, none twice. One where
 * the notations are configured.
 */
export function idsOfReceipt(messageId: string, notations: Notations): readonly IdCandidate[] {
  const raw = messageId.trim();
  const { answers, receipts } = notations;
  const candidates: IdCandidate[] = [];
  const add = (id: string, reading: IdReading) => {
    if (!candidates.some((known) => known.id === id)) candidates.push({ id, reading });
  };
  if (receipts !== "auto" && answers !== "auto") {
    add(canonicalMessageId(raw, receipts), "same");
    return candidates;
  }
  if (receipts === "hex" || receipts === "decimal") {
    const decimal = canonicalMessageId(raw, receipts);
    const hex = DECIMAL.test(decimal) ? BigInt(decimal).toString(16).toUpperCase() : decimal;
    if (receipts === "hex") add(hex, "same");
    add(decimal, receipts === "hex" ? "hex-to-decimal" : "same");
    if (receipts === "decimal") add(hex, "decimal-to-hex");
    return candidates;
  }
  add(idOfAnswer(raw, notations), "same");
  if (receipts === "raw") return candidates;
  if (answers === "hex" || answers === "decimal") {
    add(
      canonicalMessageId(raw, answers === "hex" ? "decimal" : "hex"),
      answers === "hex" ? "decimal-to-hex" : "hex-to-decimal",
    );
    return candidates;
  }
  if (DECIMAL.test(raw)) add(canonicalMessageId(BigInt(raw).toString(16), "raw"), "decimal-to-hex");
  if (HEX.test(raw)) add(BigInt(`0x${raw}`).toString(), "hex-to-decimal");
  if (UUID_DASHED.test(raw)) add(canonicalMessageId(raw.replaceAll("-", ""), "raw"), "dashes");
  const bare = UUID_BARE.exec(raw);
  if (bare !== null) add(canonicalMessageId(bare.slice(1).join("-"), "raw"), "dashes");
  return candidates;
}
