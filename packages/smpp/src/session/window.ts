import type { Command, Pdu } from "../codec/pdu.ts";
import { SmppError } from "../errors.ts";

/** SMPP 3.4 §3.2: 0x00000001 to 0x7FFFFFFF. */
const SEQUENCE_NUMBER_MAX = 0x7fffffff;

/**
 * Called once: with the response, whatever its status is, or with the error; and with what the request is about, so that
 * one function may serve all requests of its owner.
 */
export type Settle<Subject = unknown> = (error: SmppError | null, response: Pdu | null, subject: Subject) => void;

interface Pending {
  readonly response: Command;
  readonly settle: Settle;
  readonly subject: unknown;
  readonly deadlineTick: number;
  readonly batch: number;
}

/**
 * Requests of ours that wait for their answers, by sequence number, in the order in which they were sent. Those of one
 * session have the same patience, so the first one is the first to run out.
 */
export class Window {
  readonly #pending = new Map<number, Pending>();
  readonly #onThrow: (error: unknown) => void;
  #lastSequenceNumber: number;

  constructor(firstSequenceNumber: number, onThrow: (error: unknown) => void) {
    this.#lastSequenceNumber = firstSequenceNumber - 1;
    this.#onThrow = onThrow;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** The next number that no request waits with; after the last comes the first. */
  nextSequenceNumber(): number {
    do {
      this.#lastSequenceNumber = this.#lastSequenceNumber >= SEQUENCE_NUMBER_MAX ? 1 : this.#lastSequenceNumber + 1;
    } while (this.#pending.has(this.#lastSequenceNumber));
    return this.#lastSequenceNumber;
  }

  add(sequenceNumber: number, pending: Pending): void {
    this.#pending.set(sequenceNumber, pending);
  }

  /** Whether a request waited for this response; a generic_nack answers any. */
  answer(response: Pdu): boolean {
    const pending = this.#pending.get(response.sequenceNumber);
    if (pending === undefined) return false;
    if (response.command !== pending.response && response.command !== "generic_nack") return false;
    this.#pending.delete(response.sequenceNumber);
    this.#settle(pending, null, response);
    return true;
  }

  /** The answer came and nobody can read it: it is not known what it said. */
  giveUp(sequenceNumber: number, cause: unknown): boolean {
    const pending = this.#pending.get(sequenceNumber);
    if (pending === undefined) return false;
    this.#pending.delete(sequenceNumber);
    this.#settle(pending, new SmppError("SMPP_OUTCOME_UNKNOWN", "The answer cannot be read", { cause }), null);
    return true;
  }

  /** Gives up requests whose time is over. Returns how many. */
  expire(tick: number): number {
    let count = 0;
    for (const [sequenceNumber, pending] of this.#pending) {
      if (pending.deadlineTick > tick) break;
      this.#pending.delete(sequenceNumber);
      count += 1;
      const message = `No answer to sequence number ${sequenceNumber} in time`;
      this.#settle(pending, new SmppError("SMPP_OUTCOME_UNKNOWN", message), null);
    }
    return count;
  }

  /** The session is over. What has not left by `batch` was not sent; what became of the rest nobody knows. */
  clear(batch: number, cause: string): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) {
      const error =
        pending.batch >= batch
          ? new SmppError("SMPP_STATE_INVALID", `The session ended (${cause}) before the request left`)
          : new SmppError("SMPP_OUTCOME_UNKNOWN", `The session ended (${cause}) before the answer`);
      this.#settle(pending, error, null);
    }
  }

  /** One caller that throws must not cost the others their answers. */
  #settle({ settle, subject }: Pending, error: SmppError | null, response: Pdu | null): void {
    try {
      settle(error, response, subject);
    } catch (thrown) {
      this.#onThrow(thrown);
    }
  }
}
