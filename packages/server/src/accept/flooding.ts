import { ERROR, STATUS } from "@posthorn/contract";
import { hash } from "node:crypto";
import type { Refusal } from "./judge.ts";

const HOUR_MS = 3_600_000;
/**
 * Messages remembered at once, of all accounts and phones: some 50 MiB. Beyond that the oldest is forgotten before its
 * hour is over, so under such a load a phone may get more than its share; nothing is refused that should not be.
 */
export const FLOODING_MEMORY_MAX = 250_000;

export interface FloodingOptions {
  readonly messagesPerHourMax: number;
  readonly identicalPerHourMax: number;
  /** Carriers whose messages are not counted; which they are may change with the configuration. */
  readonly isExempt: (carrier: string) => boolean;
  /** For tests. */
  readonly memoryMax?: number;
}

interface Candidate {
  readonly accountId: number;
  readonly destination: string;
  readonly text: string;
  readonly carrier: string;
}

interface Entry {
  readonly phone: string;
  readonly textHash: string;
  readonly at: number;
  isGone: boolean;
}

/**
 * Keeps a loop in somebody's program from filling a phone: of one account a phone gets so many messages an hour, and so
 * many of the same text. Only what was accepted counts. It remembers in memory: after a restart every phone has its
 * whole share again.
 */
export class FloodingFilter {
  readonly #options: FloodingOptions;
  readonly #byPhone = new Map<string, Entry[]>();
  /** In the order of acceptance; those before `#first` are forgotten. */
  #entries: Entry[] = [];
  #first = 0;

  constructor(options: FloodingOptions) {
    this.#options = options;
  }

  /** Messages that are remembered now. */
  get size(): number {
    return this.#entries.length - this.#first;
  }

  /** Counts the message, or says why it is refused: status 20 REJECTED_FLOODING_FILTER (facts: section 3.4). */
  take({ accountId, destination, text, carrier }: Candidate, now: number): Refusal | null {
    const { isExempt, messagesPerHourMax, identicalPerHourMax, memoryMax = FLOODING_MEMORY_MAX } = this.#options;
    if (isExempt(carrier)) return null;
    this.#forget(now, memoryMax - 1);
    const phone = `${accountId} ${destination}`;
    const entries = this.#byPhone.get(phone) ?? [];
    if (entries.length >= messagesPerHourMax) return refusal(ERROR.EC_DESTINATION_FLOODING);
    const textHash = hashOf(text);
    const identical = entries.filter((entry) => entry.textHash === textHash).length;
    if (identical >= identicalPerHourMax) return refusal(ERROR.EC_DESTINATION_TXT_FLOODING);
    const entry = { phone, textHash, at: now, isGone: false };
    if (entries.length === 0) this.#byPhone.set(phone, entries);
    entries.push(entry);
    this.#entries.push(entry);
    return null;
  }

  /** The message was counted and not stored after all. */
  giveBack({ accountId, destination, text, carrier }: Candidate) {
    if (this.#options.isExempt(carrier)) return;
    const entries = this.#byPhone.get(`${accountId} ${destination}`);
    const textHash = hashOf(text);
    const entry = entries?.findLast((one) => one.textHash === textHash);
    if (entry !== undefined) this.#remove(entry);
  }

  /** What is older than an hour, and the oldest of what is more than `sizeMax`. */
  #forget(now: number, sizeMax: number) {
    for (;;) {
      const oldest = this.#entries[this.#first];
      if (oldest === undefined || (!oldest.isGone && oldest.at > now - HOUR_MS && this.size <= sizeMax)) break;
      this.#remove(oldest);
      this.#first += 1;
    }
    if (this.#first * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }

  #remove(entry: Entry) {
    if (entry.isGone) return;
    entry.isGone = true;
    const entries = this.#byPhone.get(entry.phone) ?? [];
    entries.splice(entries.indexOf(entry), 1);
    if (entries.length === 0) this.#byPhone.delete(entry.phone);
  }
}

function refusal(errorId: number): Refusal {
  return { statusId: STATUS.REJECTED_FLOODING_FILTER, errorId };
}

function hashOf(text: string): string {
  return hash("sha1", text, "base64");
}
