import type { Clock } from "../kernel/clock.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { RouteChooser } from "../route/choose-route.ts";
import type {
  IdempotencyClaim,
  KeyedRequest,
  KeyPlatform,
  MessageCommon,
  NewMessage,
  NewShortLink,
  WebhookKind,
} from "../store/store.ts";
import type { BlocklistGate } from "./blocklist-gate.ts";
import type { FloodingFilter } from "./flooding.ts";
import { type SendAnswer, withDuplicates } from "./idempotency.ts";
import type { InsertQueue } from "./insert-queue.ts";
import { type Draft, Judge, type SharedDraft } from "./judge.ts";
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

/** What an answer tells of each message. */
export type Accepted = Pick<NewMessage, "messageId" | "destination" | "statusId"> & {
  readonly common: Pick<MessageCommon, "partCount">;
};

/** A request's messages, judged. */
interface Judged {
  readonly accountId: number;
  readonly messages: readonly NewMessage[];
  /** Those of each message; null: none has any. */
  readonly shortLinks: readonly SharedDraft["shortLinks"][] | null;
  readonly claim: IdempotencyClaim | null;
  readonly judgedAt: number;
}

/**
 * Stores a request's messages in one commit, and answers what each became. Resolves after the commit. It throws at
 * once, or rejects later.
 *
 * @param answerOf makes the answer as it is when no `messageId` was taken. With a `claim`, which is the request's
 *   `Idempotency-Key`, it is asked before the commit, because that is when the answer is kept.
 * @throws RequestRefused 403 for a message of an application that the caller's key is not linked to
 */
export function accept<Answer extends SendAnswer>(
  context: AcceptContext,
  accountId: number,
  drafts: readonly Draft[],
  claim: IdempotencyClaim | null,
  answerOf: (accepted: readonly Accepted[]) => Answer,
): Promise<Answer> {
  const judgedAt = context.clock.now();
  const linked = context.platform === undefined ? drafts : platformed(drafts, context.platform);
  const messages = judgeAll(context, linked, judgedAt);
  const hasLinks = context.shortener !== undefined && drafts.some(({ shared }) => shared.shortLinks !== undefined);
  const shortLinks = hasLinks ? drafts.map(({ shared }) => shared.shortLinks) : null;
  // From here on nothing holds the drafts any more: many requests wait for a commit.
  return storeJudged(context, { accountId, messages, shortLinks, claim, judgedAt }, answerOf);
}

async function storeJudged<Answer extends SendAnswer>(
  context: AcceptContext,
  { accountId, messages: judged, shortLinks, claim, judgedAt }: Judged,
  answerOf: (accepted: readonly Accepted[]) => Answer,
): Promise<Answer> {
  // Asked first, so that an account without a blocklist does not wait for one.
  const messages = context.blocklist.isEmpty(accountId) ? judged : await refuseBlocked(context, accountId, judged);
  const kept = claim === null ? null : answerOf(messages);
  const keyed = claim === null ? null : { ...claim, accountId, answer: JSON.stringify(kept), createdAt: judgedAt };
  const links = shortLinks === null ? [] : linksOf(shortLinks, messages);
  const inserted = await (context.flooding === null
    ? context.insertQueue.insert(messages, keyed, links)
    : insertCounted(context, messages, keyed, links));
  const entityIds = entitiesOf(messages);
  if (entityIds !== null) await context.onEntities(accountId, entityIds);
  const answer = kept ?? answerOf(messages);
  if (!inserted.includes(false)) return answer;
  return withDuplicates(
    answer,
    inserted.flatMap((isInserted, index) => (isInserted ? [] : [index])),
  );
}

function judgeAll(context: AcceptContext, drafts: readonly Draft[], now: number): readonly NewMessage[] {
  const judge = new Judge(context.routing, context.flooding, now);
  if (context.flooding === null) return drafts.map((draft) => judge.judge(draft));
  const judged: NewMessage[] = [];
  try {
    for (const draft of drafts) judged.push(judge.judge(draft));
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
  for (const { common, destination, state } of messages) {
    const { accountId, text, carrier } = common;
    if (state !== "rejected") flooding.giveBack({ accountId, destination, text, carrier });
  }
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
function linksOf(
  shortLinks: readonly SharedDraft["shortLinks"][],
  messages: readonly NewMessage[],
): readonly NewShortLink[] {
  const links: NewShortLink[] = [];
  for (const [message, { state }] of messages.entries()) {
    if (state === "rejected") continue;
    for (const link of shortLinks[message] ?? []) links.push({ ...link, message });
  }
  return links;
}

/** Null where no message names one, which is the usual case. */
function entitiesOf(messages: readonly NewMessage[]): ReadonlySet<string> | null {
  let entityIds: Set<string> | null = null;
  for (const { common } of messages) {
    const { entityId } = common;
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
