/**
 * How a carrier writes the ids of its answers. Kept ids have one notation, in which receipts find them; query_sm wants
 * the carrier's own, which is kept beside it as long as the carrier can be asked. For messages from before that it is
 * guessed.
 */
import type { MessageForm } from "./form.ts";
import { idOfAnswer } from "./message-ids.ts";

/** Learns from each answer: how wide ids are that begin with zeros, and the case of their letters. */
export class AnswerIds {
  readonly #notations: MessageForm["messageIds"];
  /** Zeros are written up to so many characters; 0: none were seen. */
  #width = 0;
  #isLower = false;

  constructor(notations: MessageForm["messageIds"]) {
    this.#notations = notations;
  }

  /** An id as it was answered. */
  note(messageId: string) {
    if (messageId.length > 1 && messageId.startsWith("0")) this.#width = messageId.length;
    if (/[a-z]/.test(messageId)) this.#isLower = true;
    else if (/[A-Z]/.test(messageId)) this.#isLower = false;
  }

  /**
   * What an id that is kept may have been in its answer, the likeliest first, none twice.
   *
   * @param spelledId as it was kept beside it; it may be of an earlier submission
   */
  formsOf(kept: string, spelledId?: string): readonly string[] {
    if (spelledId !== undefined && idOfAnswer(spelledId, this.#notations) === kept) return [spelledId];
    const isHex = this.#notations.answers === "hex" && /^\d+$/.test(kept);
    const bare = isHex ? BigInt(kept).toString(16).toUpperCase() : kept;
    const inBothCases = [bare.toLowerCase(), bare];
    if (!this.#isLower && !isHex) inBothCases.reverse();
    return [...new Set([...inBothCases.map((id) => id.padStart(this.#width, "0")), ...inBothCases])];
  }
}
