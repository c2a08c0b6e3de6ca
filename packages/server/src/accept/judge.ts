import { ERROR, STATUS } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { parseDestination } from "../message/destination.ts";
import { SCHEDULE_AHEAD_MAX_DAYS, SCHEDULE_AHEAD_MAX_MS } from "../message/limits.ts";
import { type DeliveryTimeWindow, nextOpening } from "../message/schedule.ts";
import type { Spread } from "../message/spread.ts";
import type { RouteChooser } from "../route/choose-route.ts";
import type { MessageCommon, MessageOptions, NewMessage, ShortLink } from "../store/store.ts";
import type { FloodingFilter } from "./flooding.ts";

/** The times of a request that limits its sending speed; `property` is where it says so. */
export interface RequestSpread {
  readonly property: string;
  readonly times: Spread;
}

/** What the destinations of a message share, before these and their routes are judged. */
export type SharedDraft = Omit<MessageCommon, "options" | "route" | "carrier" | "acceptedAt" | "expiresAt"> & {
  readonly options: MessageOptions | null;
  /** Not before this: the request's schedule. */
  readonly sendAt: number;
  readonly validityMs: number;
  readonly window: DeliveryTimeWindow | null;
  /** Null: all of the request's messages may leave at once. */
  readonly spread: RequestSpread | null;
  /** Set when the content itself is refused for this message alone. */
  readonly refusal: Refusal | null;
  readonly acceptedStatusId: number;
  /** Those in its text. */
  readonly shortLinks?: readonly ShortLink[];
};

/** One destination of a message. A text with links of its own shares nothing. */
export interface Draft {
  readonly shared: SharedDraft;
  readonly messageId: string;
  readonly to: string;
}

export interface Refusal {
  readonly statusId: number;
  readonly errorId: number;
}

/** Judges the messages of a moment one after the other. What they share is made once. */
export class Judge {
  readonly #routing: RouteChooser;
  readonly #flooding: FloodingFilter | null;
  readonly #now: number;
  /** What the last message shares, and what that was made of. */
  #common: MessageCommon | null = null;
  #shared: SharedDraft | null = null;

  /** @param flooding null: a phone may get any number of messages */
  constructor(routing: RouteChooser, flooding: FloodingFilter | null, now: number) {
    this.#routing = routing;
    this.#flooding = flooding;
    this.#now = now;
  }

  /**
   * A bad destination is a status of that message inside a 200; the others are sent (facts: section 3.4).
   *
   * @throws InvalidRequest when a speed limit would let it leave too late
   */
  judge({ shared, messageId, to }: Draft): NewMessage {
    const now = this.#now;
    const { sendAt, window, spread } = shared;
    const destination = parseDestination(shared.channel, to);
    // As the client wrote it, where it is no address.
    const address = "address" in destination ? destination.address : to;
    const lane = this.#routing.choose(shared, address);
    const refused =
      ("refusal" in destination ? { statusId: STATUS[destination.refusal], errorId: ERROR.NO_ERROR } : null) ??
      shared.refusal ??
      (lane === null ? { statusId: STATUS.REJECTED_ROUTE_NOT_AVAILABLE, errorId: ERROR.NO_ERROR } : null) ??
      // The last question, since whoever asks it is counted.
      this.#flooding?.take(
        { accountId: shared.accountId, destination: address, text: shared.text, carrier: lane?.carrier ?? "" },
        now,
      ) ??
      null;
    const from = Math.max(sendAt, now);
    // What is refused takes nobody's place.
    const isSpread = spread !== null && refused === null;
    const dueAt = isSpread ? spread.times.next(window, from) : window === null ? from : nextOpening(window, from);
    if (isSpread && dueAt - from > SCHEDULE_AHEAD_MAX_MS) {
      const days = SCHEDULE_AHEAD_MAX_DAYS;
      throw new InvalidRequest(spread.property, `must let the last message leave within ${days} days of the first`);
    }
    return {
      common: this.#commonOf(shared, lane?.name ?? "none", lane?.carrier ?? "none", dueAt),
      // Half a surrogate pair cannot be stored; the client must be told the id that its reports will have.
      messageId: messageId.toWellFormed(),
      destination: address.toWellFormed(),
      state: refused !== null ? "rejected" : dueAt > now ? "held" : "queued",
      statusId: refused?.statusId ?? shared.acceptedStatusId,
      errorId: refused?.errorId ?? ERROR.NO_ERROR,
      dueAt,
    };
  }

  #commonOf(shared: SharedDraft, route: string, carrier: string, dueAt: number): MessageCommon {
    // Waiting for its hour does not use up a message's time.
    const expiresAt = dueAt + shared.validityMs;
    const last = this.#common;
    const isAsLast = last !== null && shared === this.#shared && last.expiresAt === expiresAt;
    if (isAsLast && last.route === route && last.carrier === carrier) return last;
    const { options } = shared;
    this.#shared = shared;
    // Written out: an object that is made of the rest of another costs several times as much.
    this.#common = {
      accountId: shared.accountId,
      bulkId: shared.bulkId,
      channel: shared.channel,
      // What is handed over without having been read back from the store is what the store keeps.
      sender: shared.sender.toWellFormed(),
      text: shared.text.toWellFormed(),
      encoding: shared.encoding,
      partCount: shared.partCount,
      route,
      carrier,
      acceptedAt: this.#now,
      expiresAt,
      callbackData: shared.callbackData,
      applicationId: shared.applicationId,
      entityId: shared.entityId,
      campaignReferenceId: shared.campaignReferenceId,
      options: options === null ? null : JSON.stringify(options),
      webhookUrl: shared.webhookUrl,
      webhookKind: shared.webhookKind,
      wantsReport: shared.wantsReport,
    };
    return this.#common;
  }
}
