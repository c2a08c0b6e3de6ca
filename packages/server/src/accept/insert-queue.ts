import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/faults.ts";
import type {
  InsertOptions,
  InsertResult,
  KeyedRequest,
  NewKeyedRequest,
  NewMessage,
  NewShortLink,
  RoomOffer,
  Store,
} from "../store/store.ts";
import { settleOffers } from "./claimed-messages.ts";

export interface InsertQueueOptions {
  readonly store: Pick<Store, "insertMessages">;
  readonly clock: Clock;
  /** Messages in memory between a request and its commit; beyond that requests are refused with 429. */
  readonly pendingMessagesMax: number;
  /** Messages on disk without a final state; beyond that requests are refused with 429. */
  readonly openMessagesMax: number;
  /** Messages older than this block no messageId; 0: a messageId is taken as long as its message is kept. */
  readonly duplicateLookBackHours: number;
  /** Room in carriers for messages that are about to be inserted; each offer is settled, whatever comes of them. */
  readonly offersFor: (messages: readonly NewMessage[]) => readonly RoomOffer[];
  /** Whether carriers have room for all of them, or will in a moment; `pendingCount` is that of this queue. */
  readonly roomFor: (messages: readonly NewMessage[], pendingCount: number) => "now" | "soon" | "none";
  /** Messages that were not claimed with their insert: somebody has to look at them. Not called without any. */
  readonly onInserted: (messages: readonly NewMessage[]) => void;
}

interface Waiting {
  readonly messages: readonly NewMessage[];
  /** Null where the request had no `Idempotency-Key`. */
  readonly keyed: KeyedRequest | null;
  readonly shortLinks: readonly NewShortLink[];
  readonly resolve: (inserted: readonly boolean[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Commits on their way at the same time: one is written while the next is gathered. */
const INSERTS_IN_FLIGHT_MAX = 2;
/** Messages handed to the store in one call. A request's messages are never divided: they stand or fall together. */
const MESSAGES_PER_INSERT_MAX = 1_000;
/** Between two looks for room, and how many there are before messages are inserted without it. */
export const HELD_CHECK_MS = 5;
export const HELD_CHECKS_MAX = 40;
const HOUR_MS = 3_600_000;

/**
 * Gathers the messages of requests that come in together into calls to the store, and tells each request what became
 * of its own. A request resolves only after its commit. When the store cannot take more, it is refused at once: a
 * client that hears 429 keeps its messages, a queue without end would lose them.
 */
export class InsertQueue {
  readonly #options: InsertQueueOptions;
  #waiting: Waiting[] = [];
  #pendingCount = 0;
  /** Null until the store has told it: there may be messages from before the start. */
  #openCount: number | null = null;
  #inFlight = 0;
  #isScheduled = false;
  #recount: Promise<void> | null = null;

  constructor(options: InsertQueueOptions) {
    this.#options = options;
  }

  /** Messages between a request and its commit, now. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /**
   * @returns for each message whether it was stored; false means that its messageId was there already
   * @param keyed kept with the messages, in the same commit
   * @param shortLinks likewise; `message` counts within `messages`
   * @throws Fault ACCEPT_QUEUE_FULL, OPEN_MESSAGES_FULL: nothing was stored. STORE_*: the transaction failed.
   *   IDEMPOTENCY_KEY_BUSY: the key was taken meanwhile, and nothing of this request was stored.
   */
  insert(
    messages: readonly NewMessage[],
    keyed: KeyedRequest | null = null,
    shortLinks: readonly NewShortLink[] = [],
  ): Promise<readonly boolean[]> {
    if (messages.length === 0) return Promise.resolve([]);
    // Messages end without this queue's knowledge: what looks full is counted again before anybody is refused.
    if (this.#isStoreFull(messages.length))
      return this.#countAgain().then(() => this.#enqueue(messages, keyed, shortLinks));
    return this.#enqueue(messages, keyed, shortLinks);
  }

  #enqueue(
    messages: readonly NewMessage[],
    keyed: KeyedRequest | null,
    shortLinks: readonly NewShortLink[],
  ): Promise<readonly boolean[]> {
    return new Promise((resolve, reject) => {
      if (this.#pendingCount + messages.length > this.#options.pendingMessagesMax) throw new Fault("ACCEPT_QUEUE_FULL");
      if (this.#isStoreFull(messages.length)) throw new Fault("OPEN_MESSAGES_FULL");
      this.#pendingCount += messages.length;
      this.#waiting.push({ messages, keyed, shortLinks, resolve, reject });
      this.#schedule();
    });
  }

  #isStoreFull(messageCount: number): boolean {
    if (this.#openCount === null) return true;
    return this.#openCount + this.#pendingCount + messageCount > this.#options.openMessagesMax;
  }

  /** An insert of nothing tells the number of open messages. Requests that come meanwhile wait for the same answer. */
  #countAgain(): Promise<void> {
    this.#recount ??= this.#options.store
      .insertMessages([])
      .then(({ openCount }) => {
        this.#openCount = openCount;
      })
      .finally(() => {
        this.#recount = null;
      });
    return this.#recount;
  }

  /** Requests that arrive in the same turn of the event loop share a call. */
  #schedule() {
    if (this.#isScheduled || this.#inFlight >= INSERTS_IN_FLIGHT_MAX || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => this.#insertNext(0));
  }

  /**
   * A message that is claimed with its insert is written once less and never looked for. So where carriers have no room
   * but will in a moment, what has come in waits for it: then messages are accepted as fast as they leave.
   */
  #insertNext(checks: number) {
    const requests = this.#waiting.slice(0, this.#nextCount());
    const messages = requests.flatMap((request) => request.messages);
    if (checks < HELD_CHECKS_MAX && this.#options.roomFor(messages, this.#pendingCount) === "soon") {
      this.#options.clock.after(HELD_CHECK_MS, () => this.#insertNext(checks + 1));
      return;
    }
    this.#waiting.splice(0, requests.length);
    this.#isScheduled = false;
    void this.#flush(requests, messages);
  }

  /** Of the requests that wait, how many share the next call. */
  #nextCount(): number {
    let messageCount = 0;
    const index = this.#waiting.findIndex((waiting) => {
      messageCount += waiting.messages.length;
      return messageCount > MESSAGES_PER_INSERT_MAX;
    });
    return index === -1 ? this.#waiting.length : Math.max(index, 1);
  }

  /** Never rejects: every failure goes to the requests that it belongs to. */
  async #flush(requests: readonly Waiting[], messages: readonly NewMessage[]) {
    this.#inFlight += 1;
    this.#schedule();
    let offers: readonly RoomOffer[] = [];
    let result: InsertResult | null = null;
    try {
      offers = this.#options.offersFor(messages);
      result = await this.#options.store.insertMessages(messages, this.#optionsOf(requests, offers));
      this.#settle(requests, result);
    } catch (error) {
      for (const request of requests) request.reject(error);
    } finally {
      // In the turn of the store's answer, with nothing awaited before: its calls are answered in their order, claims
      // among them, so whatever was claimed before these messages has been handed over before them.
      settleOffers(offers, messages, result?.claimed);
      this.#inFlight -= 1;
      this.#pendingCount -= messages.length;
      this.#schedule();
    }
    const claimed = result?.claimed;
    const left = claimed === undefined ? messages : messages.filter((_, index) => claimed[index] === null);
    if (result !== null && left.length > 0) this.#options.onInserted(left);
  }

  #optionsOf(requests: readonly Waiting[], offers: readonly RoomOffer[]): InsertOptions {
    const { duplicateLookBackHours } = this.#options;
    const shortLinks = shortLinksOf(requests);
    const keyed = {
      requests: keyedOf(requests),
      ...(shortLinks.length === 0 ? {} : { shortLinks }),
      ...(offers.length === 0 ? {} : { claims: offers.map(({ claim }) => claim) }),
    };
    return duplicateLookBackHours === 0 ? keyed : { ...keyed, duplicateLookBackMs: duplicateLookBackHours * HOUR_MS };
  }

  #settle(requests: readonly Waiting[], result: InsertResult) {
    this.#openCount = result.openCount;
    let start = 0;
    let keyedCount = 0;
    for (const request of requests) {
      const isFree = request.keyed === null || result.keysFree?.[keyedCount] === true;
      if (request.keyed !== null) keyedCount += 1;
      if (isFree) request.resolve(result.inserted.slice(start, start + request.messages.length));
      else request.reject(new Fault("IDEMPOTENCY_KEY_BUSY"));
      start += request.messages.length;
    }
  }
}

/** Each with the place of its own messages among those of the call. */
function keyedOf(requests: readonly Waiting[]): NewKeyedRequest[] {
  const keyed: NewKeyedRequest[] = [];
  let from = 0;
  for (const request of requests) {
    const until = from + request.messages.length;
    if (request.keyed !== null) keyed.push({ ...request.keyed, from, until });
    from = until;
  }
  return keyed;
}

/** Each with the place of its message among those of the call. */
function shortLinksOf(requests: readonly Waiting[]): NewShortLink[] {
  const links: NewShortLink[] = [];
  let from = 0;
  for (const { messages, shortLinks } of requests) {
    for (const link of shortLinks) links.push({ ...link, message: from + link.message });
    from += messages.length;
  }
  return links;
}
