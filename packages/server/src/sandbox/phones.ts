import { formatDate, type MessageContext, type SandboxMessage } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/faults.ts";
import { parseDestination } from "../message/destination.ts";
import type { MessageOptions, OutboundMessage } from "../store/store.ts";

/** Messages that the virtual phones remember. Older ones are forgotten first. */
export const PHONE_MESSAGES_MAX = 200;
/** Read marks that the virtual phones remember. Older ones are forgotten first. */
const READ_MARKS_MAX = 1_000;
/** Clients that wait for a message at the same time. */
const WAITERS_MAX = 1_000;

export interface PhoneFilter {
  readonly to?: string;
  readonly from?: string;
  readonly channel?: "SMS" | "WHATSAPP";
  /** A part of the text. */
  readonly text?: string;
  /** Received at this time or later. */
  readonly since?: number;
  readonly limit?: number;
}

/** Which carrier brought a message, and under which id. */
export interface Bearer {
  readonly carrier: string;
  readonly carrierMessageId: string;
}

interface Received {
  readonly message: OutboundMessage;
  readonly receivedAt: number;
  readonly bearer: Bearer;
}

interface Waiter {
  readonly fits: (received: Received) => boolean;
  readonly wake: () => void;
}

/**
 * What the virtual phones received, for tests to look at: in memory, bounded, and forgotten by a restart. A message
 * that was handed over twice is here twice.
 */
export class Phones {
  readonly #clock: Clock;
  /** A ring: `#next` is where the next message goes, in place of the oldest. */
  #ring: Received[] = [];
  #next = 0;
  readonly #waiters = new Set<Waiter>();
  readonly #readMarks = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  receive(message: OutboundMessage, receivedAt: number, bearer: Bearer) {
    const received = { message, receivedAt, bearer };
    this.#ring[this.#next] = received;
    this.#next = (this.#next + 1) % PHONE_MESSAGES_MAX;
    for (const waiter of this.#waiters) if (waiter.fits(received)) waiter.wake();
  }

  markRead({ accountId, messageId }: { readonly accountId: number; readonly messageId: string }) {
    this.#readMarks.add(`${accountId} ${messageId}`);
    const [oldest] = this.#readMarks;
    if (this.#readMarks.size > READ_MARKS_MAX && oldest !== undefined) this.#readMarks.delete(oldest);
  }

  /** Whether the phone that wrote it was told that it was read. */
  isRead(accountId: number, messageId: string): boolean {
    return this.#readMarks.has(`${accountId} ${messageId}`);
  }

  /** The newest first. */
  messages(accountId: number, filter: PhoneFilter = {}): readonly SandboxMessage[] {
    const fits = predicateOf(accountId, filter);
    const limit = filter.limit ?? PHONE_MESSAGES_MAX;
    const found: SandboxMessage[] = [];
    for (const received of this.#newestFirst()) {
      if (found.length >= limit) break;
      if (fits(received)) found.push(shown(received));
    }
    return found;
  }

  /** The one received last, of those with this id. */
  message(accountId: number, messageId: string): SandboxMessage | null {
    const received = this.#find(accountId, messageId);
    return received === null ? null : shown(received);
  }

  /** Who brought it. */
  bearerOf(accountId: number, messageId: string): Bearer | null {
    return this.#find(accountId, messageId)?.bearer ?? null;
  }

  #find(accountId: number, messageId: string): Received | null {
    for (const received of this.#newestFirst()) {
      if (received.message.accountId === accountId && received.message.messageId === messageId) return received;
    }
    return null;
  }

  /**
   * As `messages`, as soon as there is one; empty after `waitMs`, or when `signal` or `release` ends the wait.
   *
   * @throws Fault SANDBOX_WAITERS_FULL
   */
  async waitFor(
    accountId: number,
    filter: PhoneFilter,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<readonly SandboxMessage[]> {
    const found = this.messages(accountId, filter);
    if (found.length > 0 || waitMs === 0 || signal?.aborted === true) return found;
    if (this.#waiters.size >= WAITERS_MAX) throw new Fault("SANDBOX_WAITERS_FULL");
    const woken = Promise.withResolvers<void>();
    const wake = () => woken.resolve();
    const waiter = { fits: predicateOf(accountId, filter), wake };
    const timer = this.#clock.after(waitMs, wake);
    signal?.addEventListener("abort", wake, { once: true });
    this.#waiters.add(waiter);
    await woken.promise;
    this.#waiters.delete(waiter);
    signal?.removeEventListener("abort", wake);
    timer.cancel();
    return this.messages(accountId, filter);
  }

  clear(accountId: number) {
    this.#ring = [...this.#newestFirst()].filter(({ message }) => message.accountId !== accountId).toReversed();
    this.#next = this.#ring.length % PHONE_MESSAGES_MAX;
  }

  /** Whoever waits is answered now: the server stops. */
  release() {
    for (const { wake } of this.#waiters) wake();
  }

  *#newestFirst(): Generator<Received> {
    const { length } = this.#ring;
    for (let age = 1; age <= length; age += 1) {
      const received = this.#ring[(this.#next - age + length) % length];
      if (received !== undefined) yield received;
    }
  }
}

function predicateOf(accountId: number, filter: PhoneFilter): (received: Received) => boolean {
  const to = filter.to === undefined ? undefined : addressOf(filter.to);
  const { from, channel, text, since = Number.NEGATIVE_INFINITY } = filter;
  return ({ message, receivedAt }) =>
    message.accountId === accountId &&
    receivedAt >= since &&
    (to === undefined || message.destination === to) &&
    (from === undefined || message.sender === from) &&
    (channel === undefined || message.channel === channel) &&
    (text === undefined || message.text.includes(text));
}

/** A number is found however it is written, as it is when one sends to it. */
function addressOf(to: string): string {
  const parsed = parseDestination("WHATSAPP", to);
  return "address" in parsed ? parsed.address : to;
}

function shown({ message, receivedAt }: Received): SandboxMessage {
  return {
    messageId: message.messageId,
    channel: message.channel,
    from: message.sender,
    to: message.destination,
    text: message.text,
    ...(message.channel === "WHATSAPP" ? contentOf(message) : {}),
    encoding: message.encoding,
    messageCount: message.partCount,
    receivedAt: formatDate(receivedAt),
    ...(message.possibleDuplicate ? { possibleDuplicate: true } : {}),
  };
}

/** What WhatsApp's messages have beside their text; a text has its own in its content, as the request had it. */
function contentOf({ text, options }: OutboundMessage): Pick<SandboxMessage, "type" | "content" | "context"> {
  const { type, content, context } = (options === null ? {} : JSON.parse(options)) as MessageOptions;
  return {
    type: type ?? "TEXT",
    content: type === undefined ? { text, ...content } : { ...content },
    ...(context === undefined ? {} : { context: context as MessageContext }),
  };
}
