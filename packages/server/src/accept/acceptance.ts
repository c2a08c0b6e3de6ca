import { ERROR, STATUS } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { parseDestination } from "../message/destination.ts";
import { nextOpening, type DeliveryTimeWindow } from "../message/schedule.ts";
import { SCHEDULE_AHEAD_MAX_DAYS, SCHEDULE_AHEAD_MAX_MS } from "../message/limits.ts";
import type { Spread } from "../message/spread.ts";
import type { RouteChooser } from "../route/choose-route.ts";
import type {
  IdempotencyClaim,
  KeyedRequest,
  KeyPlatform,
  NewMessage,
  NewShortLink,
  ShortLink,
  WebhookKind,
} from "../store/store.ts";
import type { BlocklistGate } from "./blocklist-gate.ts";
import type { FloodingFilter } from "./flooding.ts";
import { type SendAnswer, withDuplicates } from "./idempotency.ts";
import type { InsertQueue } from "./insert-queue.ts";
import { platformed } from "./key-platform.ts";
import type { Shortener } from "./short-links.ts";

/** What accepting needs, whatever the operation. */
export interface AcceptContext {
  readonly insertQueue: Pick<InsertQueue, "insert">;
  readonly routing: RouteChooser;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly destinationsPerRequestMax: number;
  /** Null where a phone may get any number of messages. */
  readonly flooding: FloodingFilter | null;
  /** Absent: URLs go out as they are. */
  readonly shortener?: Shortener;
  readonly blocklist: BlocklistGate;
  /** Entities that messages name, for whoever keeps a list of them. */
  readonly onEntities: (accountId: number, entityIds: ReadonlySet<string>) => Promise<void>;
  /** What the caller's key is linked to. Absent: nothing in particular. */
  readonly platform?: readonly KeyPlatform[];
}

/** The times of a request that limits its sending speed; `property` is where it says so. */
export interface RequestSpread {
  readonly property: string;
  readonly times: Spread;
}

/** What the destinations of a message share, before these and their routes are judged. */
export type SharedDraft = Pick<
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

/** A bad destination is a status of that message inside a 200; the others are sent (facts: section 3.4). */
export function judge(
  { shared, messageId, to }: Draft,
  context: Pick<AcceptContext, "routing" | "flooding">,
  now: number,
): NewMessage {
  const { sendAt, window, spread } = shared;
  const destination = parseDestination(shared.channel, to);
  // As the client wrote it, where it is no address.
  const address = "address" in destination ? destination.address : to;
  const lane = context.routing.choose(shared, address);
  const refused =
    ("refusal" in destination ? { statusId: STATUS[destination.refusal], errorId: ERROR.NO_ERROR } : null) ??
    shared.refusal ??
    (lane === null ? { statusId: STATUS.REJECTED_ROUTE_NOT_AVAILABLE, errorId: ERROR.NO_ERROR } : null) ??
    // The last question, since whoever asks it is counted.
    context.flooding?.take(
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
  // Written out: an object that is made of the rest of another costs several times as much, for every message.
  return {
    accountId: shared.accountId,
    bulkId: shared.bulkId,
    channel: shared.channel,
    sender: shared.sender,
    text: shared.text,
    encoding: shared.encoding,
    partCount: shared.partCount,
    options: shared.options,
    callbackData: shared.callbackData,
    applicationId: shared.applicationId,
    entityId: shared.entityId,
    campaignReferenceId: shared.campaignReferenceId,
    webhookUrl: shared.webhookUrl,
    webhookKind: shared.webhookKind,
    wantsReport: shared.wantsReport,
    // Half a surrogate pair cannot be stored; the client must be told the id that its reports will have.
    messageId: messageId.toWellFormed(),
    destination: address,
    state: refused !== null ? "rejected" : dueAt > now ? "held" : "queued",
    statusId: refused?.statusId ?? shared.acceptedStatusId,
    errorId: refused?.errorId ?? ERROR.NO_ERROR,
    route: lane?.name ?? "none",
    carrier: lane?.carrier ?? "none",
    acceptedAt: now,
    dueAt,
    // Waiting for its hour does not use up a message's time.
    expiresAt: dueAt + shared.validityMs,
  };
}

/** What an answer tells of each message. */
export type Accepted = Pick<NewMessage, "messageId" | "destination" | "partCount" | "statusId">;

/**
 * Stores a request's messages in one commit, and answers what each became. Resolves after the commit.
 *
 * @throws RequestRefused 403 for a message of an application that the caller's key is not linked to
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
  const linked = context.platform === undefined ? drafts : platformed(drafts, context.platform);
  const judged = judgeAll(context, linked, now);
  // Asked first, so that an account without a blocklist does not wait for one.
  const messages = context.blocklist.isEmpty(accountId) ? judged : await refuseBlocked(context, accountId, judged);
  const answer = answerOf(messages);
  const keyed = claim === null ? null : { ...claim, accountId, answer: JSON.stringify(answer), createdAt: now };
  const shortLinks = context.shortener === undefined ? [] : shortLinksOf(drafts, messages);
  const inserted = await (context.flooding === null
    ? context.insertQueue.insert(messages, keyed, shortLinks)
    : insertCounted(context, messages, keyed, shortLinks));
  const entityIds = entitiesOf(messages);
  if (entityIds !== null) await context.onEntities(accountId, entityIds);
  if (!inserted.includes(false)) return answer;
  return withDuplicates(
    answer,
    inserted.flatMap((isInserted, index) => (isInserted ? [] : [index])),
  );
}

function judgeAll(context: AcceptContext, drafts: readonly Draft[], now: number): readonly NewMessage[] {
  if (context.flooding === null) return drafts.map((draft) => judge(draft, context, now));
  const judged: NewMessage[] = [];
  try {
    for (const draft of drafts) judged.push(judge(draft, context, now));
    return judged;
  } catch (error) {
    giveBack(context, judged);
    throw error;
  }
}

/** What the flooding filter has counted and the blocklist refuses is not counted any more. */
async function refuseBlocked(
  context: AcceptContext,
  accountId: number,
  judged: readonly NewMessage[],
): Promise<readonly NewMessage[]> {
  try {
    const messages = await context.blocklist.refuse(accountId, judged);
    giveBack(
      context,
      judged.filter((_, index) => messages[index]?.state === "rejected"),
    );
    return messages;
  } catch (error) {
    giveBack(context, judged);
    throw error;
  }
}

/** What the flooding filter has counted and the store has not taken is not counted any more. */
async function insertCounted(
  context: AcceptContext,
  messages: readonly NewMessage[],
  keyed: KeyedRequest | null,
  shortLinks: readonly NewShortLink[],
): Promise<readonly boolean[]> {
  try {
    const inserted = await context.insertQueue.insert(messages, keyed, shortLinks);
    giveBack(
      context,
      messages.filter((_, index) => inserted[index] === false),
    );
    return inserted;
  } catch (error) {
    giveBack(context, messages);
    throw error;
  }
}

function giveBack({ flooding }: AcceptContext, messages: readonly NewMessage[]) {
  if (flooding === null) return;
  for (const message of messages) if (message.state !== "rejected") flooding.giveBack(message);
}

/** The kind of a webhook whose body is XML; only those of SMS have one. */
const XML_KINDS = { SMS_V1: "SMS_V1_XML", SMS_V3: "SMS_V3_XML" } as const;

/**
 * The webhook's kind by the content type that the request asks its pushes in; absent or empty means JSON. Without a URL
 * of its own a message has no push that this could be about.
 *
 * @throws InvalidRequest naming `property`
 */
export function webhookKindOf(
  kind: keyof typeof XML_KINDS,
  contentType: string | undefined,
  hasUrl: boolean,
  property: string,
): WebhookKind {
  switch (contentType?.trim().toLowerCase() ?? "") {
    case "":
    case "application/json":
      return kind;
    case "application/xml":
      return hasUrl ? XML_KINDS[kind] : kind;
    default:
      throw new InvalidRequest(property, "must be one of [application/json, application/xml]");
  }
}

/** A message that is refused reaches nobody who could follow its links. */
function shortLinksOf(drafts: readonly Draft[], messages: readonly NewMessage[]): readonly NewShortLink[] {
  const links: NewShortLink[] = [];
  for (const [message, { shared }] of drafts.entries()) {
    const { shortLinks } = shared;
    if (shortLinks === undefined || messages[message]?.state === "rejected") continue;
    for (const link of shortLinks) links.push({ ...link, message });
  }
  return links;
}

/** Null where no message names one, which is the usual case. */
function entitiesOf(messages: readonly NewMessage[]): ReadonlySet<string> | null {
  let entityIds: Set<string> | null = null;
  for (const { entityId } of messages) {
    if (entityId !== null && entityId !== "") (entityIds ??= new Set()).add(entityId);
  }
  return entityIds;
}

/** The last one that was good: a customer's requests name the same URL, and parsing it costs as much as a schema. */
let goodUrlLast = "";

/** Absent, or an http(s) URL. @throws InvalidRequest naming `property` */
export function requireUrl(url: string | undefined, property: string): string | null {
  if (url === undefined || url === "") return null;
  if (url === goodUrlLast) return url;
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol !== "http:" && protocol !== "https:") {
    throw new InvalidRequest(property, "must be a valid http or https URL");
  }
  goodUrlLast = url;
  return url;
}
