import {
  ERROR,
  parseDate,
  SmsBinaryMessageContent,
  type SmsMessageContent,
  SmsTextMessageContent,
  STATUS,
  type UrlOptions,
} from "@posthorn/contract";
import type { IdGenerator } from "../kernel/ids.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { countBinaryParts, parseHex } from "../message/binary.ts";
import { PART_COUNT_MAX, SCHEDULE_AHEAD_MAX_DAYS, SCHEDULE_AHEAD_MAX_MS, VALIDITY_MAX_MS } from "../message/limits.ts";
import { encodeText, type TextPlan } from "../message/text-plan.ts";
import { type DeliveryTimeWindow, validityMs, type ValidityPeriod } from "../message/schedule.ts";
import { type SpeedLimit, Spread } from "../message/spread.ts";
import type { IdempotencyClaim, MessageCommon, MessageOptions } from "../store/store.ts";
import { accept, type Accepted, type AcceptContext, requireUrl } from "./acceptance.ts";
import type { SendAnswer } from "./idempotency.ts";
import type { Draft, Refusal, RequestSpread, SharedDraft } from "./judge.ts";
import { knownPart } from "./known-part.ts";
import { refuseTooManyLinks, type ShorteningPlan } from "./short-links.ts";

const WINDOW_MINUTES_MIN = 60;
const MINUTES_PER_DAY = 24 * 60;

/**
 * One message of a request, of whatever version of the API. What the schema could not check is checked: whoever makes
 * one has called `sendAtOf`, `windowOf`, `requireUrl` and `webhookKindOf`, with the names that the properties have in its version.
 */
export interface SmsSource extends Pick<MessageCommon, "webhookUrl" | "webhookKind" | "wantsReport"> {
  readonly sender: string | undefined;
  readonly destinations: readonly { readonly to: string; readonly messageId?: string | undefined }[];
  /** Null where the request has none: the message is refused alone. */
  readonly content: SmsMessageContent | null;
  /** How the content travels, where its writer has settled that. Absent: that is worked out here. */
  readonly encoded?: EncodedContent;
  readonly sendAt: number;
  readonly validityPeriod: ValidityPeriod | undefined;
  readonly window: DeliveryTimeWindow | null;
  readonly callbackData: string | undefined;
  readonly applicationId: string | undefined;
  readonly entityId: string | undefined;
  readonly campaignReferenceId: string | undefined;
  /** What has no column of its own, beside the content's own options. Null as good as empty. */
  readonly options: Readonly<Record<string, unknown>> | null;
  /** Absent: the URLs of its text are left alone. `requireUrl` was asked for its `trackingUrl`. */
  readonly urlOptions?: UrlOptions | undefined;
}

export interface SmsRequest {
  readonly accountId: number;
  /** Generated where it is absent or empty. */
  readonly bulkId: string | undefined;
  readonly messages: readonly SmsSource[];
  /** All of them together are not to leave faster than this; absent: as fast as they can. */
  readonly speedLimit?: { readonly limit: SpeedLimit; readonly property: string } | undefined;
}

/**
 * What every SMS operation ends in: one message per destination, in the order of the request, all in one commit.
 *
 * No promise of its own, since whoever calls it has one: it throws at once, or rejects later.
 *
 * @throws InvalidRequest; Fault when the store takes nothing. Nothing is stored then.
 */
export function acceptSms<Answer extends SendAnswer>(
  context: AcceptContext,
  request: SmsRequest,
  claim: IdempotencyClaim | null,
  answerOf: (bulkId: string, accepted: readonly Accepted[]) => Answer,
): Promise<Answer> {
  const bulkId = request.bulkId?.toWellFormed() || context.ids.next();
  const { speedLimit } = request;
  const spread =
    speedLimit === undefined ? null : { property: speedLimit.property, times: new Spread(speedLimit.limit) };
  const plans = plansOf(context, request.messages);
  const drafts = request.messages.map((message, index) =>
    draftsOf(context.ids, request, message, { bulkId, spread, plan: plans?.[index] ?? null }),
  );
  const [only] = drafts;
  const all = only !== undefined && drafts.length === 1 ? only : drafts.flat();
  return accept(context, request.accountId, all, claim, (accepted) => answerOf(bulkId, accepted));
}

/** Null, the usual case, when no message has URLs to shorten. @throws InvalidRequest when they are too many */
function plansOf({ shortener }: AcceptContext, messages: readonly SmsSource[]): (ShorteningPlan | null)[] | null {
  if (shortener === undefined || messages.every(({ urlOptions }) => urlOptions === undefined)) return null;
  let linkCount = 0;
  return messages.map(({ content, urlOptions, destinations }) => {
    if (urlOptions === undefined || content === null || "hex" in content) return null;
    const plan = shortener.plan(content.text, urlOptions);
    linkCount += (plan?.linkCount ?? 0) * destinations.length;
    refuseTooManyLinks(linkCount);
    return plan;
  });
}

/** What a message is given by its request. */
interface Planned {
  readonly bulkId: string;
  readonly spread: RequestSpread | null;
  readonly plan: ShorteningPlan | null;
}

/** What all destinations of a message share is worked out once: all but its text, where each has links of its own. */
function draftsOf(
  ids: IdGenerator,
  request: SmsRequest,
  message: SmsSource,
  { bulkId, spread, plan }: Planned,
): Draft[] {
  const content = message.encoded ?? contentOf(message.content);
  const shared: SharedDraft = {
    accountId: request.accountId,
    bulkId,
    sendAt: message.sendAt,
    channel: "SMS",
    sender: message.sender ?? "",
    text: content.text,
    encoding: content.encoding,
    partCount: content.partCount,
    refusal: content.refusal,
    options: optionsOf(message, content.beside, request.speedLimit?.limit),
    validityMs: validityMs(message.validityPeriod, VALIDITY_MAX_MS),
    window: message.window,
    spread,
    callbackData: message.callbackData ?? null,
    applicationId: message.applicationId ?? null,
    entityId: message.entityId ?? null,
    campaignReferenceId: message.campaignReferenceId ?? null,
    webhookUrl: message.webhookUrl,
    webhookKind: message.webhookKind,
    wantsReport: message.wantsReport,
    acceptedStatusId: STATUS.PENDING_ACCEPTED,
  };
  return message.destinations.map(({ to, messageId }) => ({
    shared: plan === null ? shared : { ...shared, ...shortenedOf(message, plan, request.speedLimit?.limit) },
    messageId: messageId || ids.next(),
    to,
  }));
}

/** Shortened before it is encoded: what is counted is what is sent. */
function shortenedOf(message: SmsSource, plan: ShorteningPlan, speedLimit: SpeedLimit | undefined) {
  const original = message.content as SmsTextMessageContent;
  const shortened = plan.shorten();
  const { beside, ...content } = contentOf({ ...original, text: shortened.text }, original.text);
  return { ...content, options: optionsOf(message, beside, speedLimit), shortLinks: shortened.links };
}

export interface EncodedContent extends Pick<SharedDraft, "text" | "encoding" | "partCount" | "refusal"> {
  /** What the options keep of how the text was made ready. Null as good as empty. */
  readonly beside: Pick<MessageOptions, "originalText" | "nationalTables"> | null;
}

/** @param originalText as the customer wrote it, where that is not the content's own */
function contentOf(content: SmsMessageContent | null, originalText?: string): EncodedContent {
  // No status says that the content is missing; Infobip has one for voice alone.
  if (content === null) {
    return { text: "", encoding: "GSM7", partCount: 1, refusal: refuse(STATUS.REJECTED), beside: null };
  }
  if ("hex" in content) {
    // Read past the limit on purpose: too long and not hexadecimal are different refusals.
    const octets = parseHex(content.hex, content.hex.length);
    const partCount = octets === undefined ? 1 : countBinaryParts(octets, content.dataCoding ?? 0);
    const refusal = octets === undefined ? refuse(STATUS.REJECTED_INVALID_UDH) : refusalOfLength(partCount);
    return { text: content.hex, encoding: "BINARY", partCount, refusal, beside: null };
  }
  const plan = encodeText(content.text, content);
  const { text, encoding, partCount } = plan;
  return {
    text,
    encoding,
    partCount,
    refusal: refusalOfLength(partCount),
    beside: besideOf(originalText ?? content.text, plan),
  };
}

function besideOf(originalText: string, { text, nationalTables }: TextPlan): EncodedContent["beside"] {
  const hasTables = Object.keys(nationalTables).length > 0;
  if (text === originalText && !hasTables) return null;
  return { ...(text === originalText ? {} : { originalText }), ...(hasTables ? { nationalTables } : {}) };
}

export function refusalOfLength(partCount: number): Refusal | null {
  return partCount > PART_COUNT_MAX ? refuse(STATUS.REJECTED_MESSAGE_TOO_LONG) : null;
}

function refuse(statusId: number): Refusal {
  return { statusId, errorId: ERROR.NO_ERROR };
}

/** Null when there is nothing, which is the usual case. */
function optionsOf(
  message: SmsSource,
  beside: EncodedContent["beside"],
  sendingSpeedLimit: SpeedLimit | undefined,
): MessageOptions | null {
  // Most contents are a text and nothing else: there is nothing to look for then.
  const isMore = message.content !== null && Object.keys(message.content).length > 1;
  if (!isMore && message.options === null && beside === null && sendingSpeedLimit === undefined) return null;
  const options: Record<string, unknown> = { ...message.options, ...beside };
  // For the day on which its bulk is moved.
  if (sendingSpeedLimit !== undefined) options["sendingSpeedLimit"] = sendingSpeedLimit;
  if (isMore) {
    const schema = "hex" in message.content ? SmsBinaryMessageContent : SmsTextMessageContent;
    const { text, hex, ...content } = knownPart(schema, message.content) as Record<string, unknown>;
    if (Object.keys(content).length > 0) options["content"] = content;
  }
  return Object.keys(options).length === 0 ? null : options;
}

/** @throws InvalidRequest naming the list of destinations that is one too many */
export function refuseTooMany(
  destinationCounts: readonly number[],
  destinationsMax: number,
  nameOf: (index: number) => string,
) {
  let count = 0;
  for (const [index, more] of destinationCounts.entries()) {
    count += more;
    if (count > destinationsMax) {
      throw new InvalidRequest(nameOf(index), `a request may have at most ${destinationsMax} destinations`);
    }
  }
}

/** Only what the contract knows of a limit is kept. */
export function speedLimitOf(limit: SpeedLimit | undefined, property: string): SmsRequest["speedLimit"] {
  if (limit === undefined) return undefined;
  const { amount, timeUnit = "MINUTE" } = limit;
  return { limit: { amount, timeUnit }, property };
}

/**
 * The `urlOptions` of an `SmsSource`, which are what its request says.
 *
 * @throws InvalidRequest naming `property`, which is where `trackingUrl` stands
 */
export function urlOptionsOf(options: UrlOptions | undefined, property: string): UrlOptions | undefined {
  if (options !== undefined) requireUrl(options.trackingUrl, property);
  return options;
}

/** A date that is past, or none, means now. @throws InvalidRequest naming `property` */
export function sendAtOf(text: string | undefined, now: number, property: string): number {
  const sendAt = text === undefined ? now : (parseDate(text) ?? now);
  if (sendAt - now > SCHEDULE_AHEAD_MAX_MS) {
    throw new InvalidRequest(property, `must be at most ${SCHEDULE_AHEAD_MAX_DAYS} days ahead`);
  }
  return sendAt;
}

/**
 * `from` and `to` come together and at least an hour apart; without them the window is the whole of its days.
 *
 * @throws InvalidRequest naming a property below `property`
 */
export function windowOf(window: DeliveryTimeWindow | undefined, property: string): DeliveryTimeWindow | null {
  if (window === undefined) return null;
  const { days, from, to } = window;
  if ((from === undefined) !== (to === undefined)) {
    const missing = from === undefined ? "from" : "to";
    throw new InvalidRequest(`${property}.${missing}`, "must not be null");
  }
  if (from === undefined || to === undefined) return { days };
  const minutes = (to.hour * 60 + to.minute - from.hour * 60 - from.minute + MINUTES_PER_DAY) % MINUTES_PER_DAY;
  if (minutes < WINDOW_MINUTES_MIN) {
    throw new InvalidRequest(`${property}.to`, "must be at least one hour after from");
  }
  return { days, from, to };
}
