/**
 * What stands for a message of ours while WhatsApp's own id of it is not known: it goes out as
 * `biz_opaque_callback_data` and comes back in every status, so a status finds its message although the answer to the
 * submission was lost.
 */
import { createHash } from "node:crypto";
import type { OutboundMessage } from "../../store/store.ts";

/** Octets of the digest that tells messages of two data folders apart, whose numbers are the same. */
const DIGEST_CHARACTERS = 12;
const REFERENCE = /^posthorn1\.([1-9][0-9]{0,15})\.[\w-]{12}\.(.{1,150})$/s;
/** `user_message_reference`, in SMPP's sense: as much of a message's number as it can carry. */
const REFERENCE_MASK = 0xffff;

/** At most 190 characters; WhatsApp takes 512. */
export function referenceOf({ seq, messageId, destination }: OutboundMessage): string {
  const digest = createHash("sha256").update(messageId).digest("base64url").slice(0, DIGEST_CHARACTERS);
  return `posthorn1.${seq}.${digest}.${destination}`;
}

export interface ReadReference {
  /** The whole of it: a name of the message. */
  readonly text: string;
  readonly destination: string;
  /** The low 16 bits of the message's seq. */
  readonly low: number;
}

/** Null: it is none of ours. Another program may send with the same number. */
export function readReference(text: string | undefined): ReadReference | null {
  const match = REFERENCE.exec(text ?? "");
  if (match === null) return null;
  const [whole, seq = "", destination = ""] = match;
  return { text: whole, destination, low: Number(BigInt(seq) & BigInt(REFERENCE_MASK)) };
}
