import { ERROR, type MessageStatus, messageStatus, STATUS } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { parseDestination } from "../message/destination.ts";
import { nextOpening, type DeliveryTimeWindow } from "../message/schedule.ts";
import type { RouteChooser } from "../route/choose-route.ts";
import type { IdempotencyClaim, NewMessage } from "../store/store.ts";
import { type SendAnswer, withDuplicates } from "./idempotency.ts";
import type { InsertQueue } from "./insert-queue.ts";

/** What accepting needs, whatever the operation. */
export interface AcceptContext {
  readonly insertQueue: InsertQueue;
  readonly routing: RouteChooser;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly destinationsPerRequestMax: number;
}

/** A message before its destination and route are judged. */
export type Draft = Pick<
  NewMessage,
  | "accountId"
  | "bulkId"
  | "channel"
  | "sender"
  | "text"
  | "encoding"
  | "partCount"
  | "options"
  | "callbackData"
  | "applicationId"
  | "entityId"
  | "campaignReferenceId"
  | "webhookUrl"
  | "webhookKind"
  | "wantsReport"
> & {
  readonly messageId: string;
  readonly to: string;
  /** Not before this: the request's schedule. */
  readonly sendAt: number;
  readonly validityMs: number;
  readonly window: DeliveryTimeWindow | null;
  /** Set when the content itself is refused for this message alone. */
  readonly refusal: Refusal | null;
  readonly acceptedStatusId: number;
};

export interface Refusal {
  readonly statusId: number;
  readonly errorId: number;
}

/** A bad destination is a status of that message inside a 200; the others are sent (facts: section 3.4). */
export function judge(draft: Draft, context: Pick<AcceptContext, "routing">, now: number): NewMessage {
  const { to, sendAt, validityMs, window, refusal, acceptedStatusId, ...rest } = draft;
  const destination = parseDestination(draft.channel, to);
  const address = "address" in destination ? destination.address : to;
  const lane = context.routing.choose(draft, address);
  const refused =
    ("refusal" in destination ? { statusId: STATUS[destination.refusal], errorId: ERROR.NO_ERROR } : null) ??
    refusal ??
    (lane === null ? { statusId: STATUS.REJECTED_ROUTE_NOT_AVAILABLE, errorId: ERROR.NO_ERROR } : null);
  const from = Math.max(sendAt, now);
  const dueAt = window === null ? from : nextOpening(window, from);
  return {
    ...rest,
    // Half a surrogate pair cannot be stored; the client must be told the id that its reports will have.
    messageId: draft.messageId.toWellFormed(),
    destination: address,
    state: refused !== null ? "rejected" : dueAt > now ? "held" : "queued",
    statusId: refused?.statusId ?? acceptedStatusId,
    errorId: refused?.errorId ?? ERROR.NO_ERROR,
    route: lane?.name ?? "none",
    carrier: lane?.carrier ?? "none",
    acceptedAt: now,
    dueAt,
    // Waiting for its hour does not use up a message's time.
    expiresAt: dueAt + validityMs,
  };
}

export interface Accepted {
  readonly messageId: string;
  readonly destination: string;
  readonly partCount: number;
  readonly status: MessageStatus;
}

/**
 * Stores a request's messages in one commit, and answers what each became. Resolves after the commit.
 *
 * `answerOf` makes the answer as it is when no `messageId` was taken: it must be known before the commit, because that
 * is when the answer to a request with an `Idempotency-Key` (`claim`) is kept.
 */
export async function accept<Answer extends SendAnswer>(
  context: AcceptContext,
  accountId: number,
  drafts: readonly Draft[],
  claim: IdempotencyClaim | null,
  answerOf: (accepted: readonly Accepted[]) => Answer,
): Promise<Answer> {
  const now = context.clock.now();
  const messages = drafts.map((draft) => judge(draft, context, now));
  const answer = answerOf(
    messages.map(({ messageId, destination, partCount, statusId }) => ({
      messageId,
      destination,
      partCount,
      status: messageStatus(statusId),
    })),
  );
  const keyed = claim === null ? null : { ...claim, accountId, answer: JSON.stringify(answer), createdAt: now };
  const inserted = await context.insertQueue.insert(messages, keyed);
  return withDuplicates(
    answer,
    inserted.flatMap((isInserted, index) => (isInserted ? [] : [index])),
  );
}

/** Absent, or an http(s) URL. @throws InvalidRequest naming `property` */
export function requireUrl(url: string | undefined, property: string): string | null {
  if (url === undefined || url === "") return null;
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol === "http:" || protocol === "https:") return url;
  throw new InvalidRequest(property, "must be a valid http or https URL");
}
