/**
 * The sends below version 3 that come as a body. Each is a translation into an `SmsSource`: other names, minutes for
 * the validity, a schedule for every message, and ids that are clipped instead of refused.
 */
import {
  BULK_ID_CLIPPED_LENGTH,
  DeliveryTimeWindow,
  MESSAGE_ID_CLIPPED_LENGTH,
  messageStatus,
  RegionalOptions,
  type SmsBinaryMessage,
  type SmsBinaryRequest,
  type SmsMessageContent,
  type SmsMultiText,
  type SmsResponse,
  type SmsSingleText,
  type SmsTextualMessage,
  type SmsTextualRequest,
  type SmsTracking,
  UrlOptions,
} from "@posthorn/contract";
import type { IdempotencyClaim } from "../store/store.ts";
import { type AcceptContext, requireUrl, webhookKindOf } from "./acceptance.ts";
import { knownPart } from "./known-part.ts";
import {
  acceptSms,
  refuseTooMany,
  sendAtOf,
  type SmsRequest,
  type SmsSource,
  speedLimitOf,
  urlOptionsOf,
  windowOf,
} from "./sms-request.ts";

/** `POST /sms/2/text/advanced`. @throws as `acceptSmsMessages` */
export async function acceptSmsAdvancedText(
  context: AcceptContext,
  accountId: number,
  request: SmsTextualRequest,
  claim: IdempotencyClaim | null,
): Promise<SmsResponse> {
  const { bulkId, messages, urlOptions, tracking, includeSmsCountInResponse } = request;
  const shared = {
    ...(urlOptions === undefined ? {} : { tracking: knownPart(UrlOptions, urlOptions) }),
    ...conversionOf(tracking),
  };
  const contents = messages.map(({ text, transliteration, language }) =>
    text === undefined || text === "" ? null : { text, ...given({ transliteration, language }) },
  );
  const shortening = urlOptionsOf(urlOptions ?? legacyUrlOptionsOf(tracking), "urlOptions.trackingUrl");
  const sources = advancedSources(context, messages, contents, shared).map((source) => ({
    ...source,
    urlOptions: shortening,
  }));
  const speedLimit = speedLimitOf(request.sendingSpeedLimit, "sendingSpeedLimit");
  return send(context, { accountId, bulkId, sources, claim, speedLimit }, includeSmsCountInResponse === true);
}

/** `POST /sms/2/binary/advanced`. @throws as `acceptSmsMessages` */
export async function acceptSmsAdvancedBinary(
  context: AcceptContext,
  accountId: number,
  { bulkId, messages, sendingSpeedLimit }: SmsBinaryRequest,
  claim: IdempotencyClaim | null,
): Promise<SmsResponse> {
  const contents = messages.map(({ binary }) => {
    if (binary === undefined) return null;
    const { hex, dataCoding, esmClass } = binary;
    return { hex, ...given({ dataCoding, esmClass }) };
  });
  const sources = advancedSources(context, messages, contents, {});
  const speedLimit = speedLimitOf(sendingSpeedLimit, "sendingSpeedLimit");
  return send(context, { accountId, bulkId, sources, claim, speedLimit }, false);
}

/** `POST /sms/1/text/single` and `POST /sms/2/text/single`. @throws as `acceptSmsMessages` */
export async function acceptSmsSingle(
  context: AcceptContext,
  accountId: number,
  request: SmsSingleText,
  claim: IdempotencyClaim | null,
): Promise<SmsResponse> {
  return sendSingles(context, accountId, [request], () => "to", claim);
}

/** `POST /sms/1/text/multi`. @throws as `acceptSmsMessages` */
export async function acceptSmsMulti(
  context: AcceptContext,
  accountId: number,
  { messages }: SmsMultiText,
  claim: IdempotencyClaim | null,
): Promise<SmsResponse> {
  return sendSingles(context, accountId, messages, (index) => `messages[${index}].to`, claim);
}

/** Their answers have always had the count. */
async function sendSingles(
  context: AcceptContext,
  accountId: number,
  messages: readonly SmsSingleText[],
  nameOf: (index: number) => string,
  claim: IdempotencyClaim | null,
): Promise<SmsResponse> {
  const lists = messages.map(({ to }) => [to].flat());
  const counts = lists.map((list) => list.length);
  refuseTooMany(counts, context.destinationsPerRequestMax, nameOf);
  const now = context.clock.now();
  const sources = messages.map(({ from, text }, index) => {
    const destinations = (lists[index] ?? []).map((to) => ({ to }));
    return { ...PLAIN, sender: from, destinations, content: { text }, sendAt: now };
  });
  return send(context, { accountId, bulkId: undefined, sources, claim }, true);
}

/** What a message is that says nothing but sender, destinations and text. */
const PLAIN = {
  validityPeriod: undefined,
  window: null,
  callbackData: undefined,
  applicationId: undefined,
  entityId: undefined,
  campaignReferenceId: undefined,
  webhookUrl: null,
  webhookKind: "SMS_V1",
  wantsReport: true,
  options: null,
} as const;

type AdvancedMessage = Omit<SmsTextualMessage, "text"> | Omit<SmsBinaryMessage, "binary">;

function advancedSources(
  context: AcceptContext,
  messages: readonly AdvancedMessage[],
  contents: readonly (SmsMessageContent | null)[],
  shared: Readonly<Record<string, unknown>>,
): readonly SmsSource[] {
  const counts = messages.map(({ destinations }) => destinations.length);
  refuseTooMany(counts, context.destinationsPerRequestMax, (index) => `messages[${index}].destinations`);
  const now = context.clock.now();
  return contents.map((content, index) => {
    // One content was made for each message.
    const message = messages[index] as AdvancedMessage;
    const path = `messages[${index}]`;
    const webhookUrl = requireUrl(message.notifyUrl, `${path}.notifyUrl`);
    const contentTypePath = `${path}.notifyContentType`;
    return {
      sender: message.from,
      destinations: message.destinations.map(({ to, messageId }) => ({
        to,
        messageId: messageId === undefined ? undefined : clipped(messageId, MESSAGE_ID_CLIPPED_LENGTH),
      })),
      content,
      sendAt: sendAtOf(message.sendAt, now, `${path}.sendAt`),
      validityPeriod: message.validityPeriod === undefined ? undefined : { amount: message.validityPeriod },
      window: windowOf(message.deliveryTimeWindow, `${path}.deliveryTimeWindow`),
      callbackData: message.callbackData,
      applicationId: message.applicationId,
      entityId: message.entityId,
      campaignReferenceId: message.campaignReferenceId,
      webhookUrl,
      webhookKind: webhookKindOf("SMS_V1", message.notifyContentType, webhookUrl !== null, contentTypePath),
      wantsReport: true,
      options: { ...optionsOf(message), ...shared },
    };
  });
}

/** Under the names that version 3 gives them, so that whoever reads them later knows one. */
function optionsOf(message: AdvancedMessage): Readonly<Record<string, unknown>> {
  const { flash, deliveryTimeWindow, regional, intermediateReport } = message;
  return {
    ...(deliveryTimeWindow === undefined
      ? {}
      : { deliveryTimeWindow: knownPart(DeliveryTimeWindow, deliveryTimeWindow) }),
    ...(regional === undefined ? {} : { regional: knownPart(RegionalOptions, regional) }),
    ...given({ flash }),
    ...(intermediateReport === true ? { intermediateReport } : {}),
  };
}

/** Conversion tracking as version 3 says it, with what only the older versions have beside it. */
export function conversionOf(tracking: SmsTracking | undefined): { conversionTracking?: object } {
  if (tracking === undefined) return {};
  const { type, track, processKey, baseUrl } = tracking;
  const shared = given({ conversionTrackingName: type, track, processKey, baseUrl });
  return { conversionTracking: { useConversionTracking: true, ...shared } };
}

/** Before there were URL options, `track` said it: URL, and the address of the links in `baseUrl`. */
export function legacyUrlOptionsOf(tracking: SmsTracking | undefined): UrlOptions | undefined {
  if (tracking?.track?.toUpperCase() !== "URL") return undefined;
  return tracking.baseUrl === undefined ? {} : { customDomain: tracking.baseUrl };
}

/** Only the members that are there. */
export function given<Value extends object>(
  members: Value,
): { [Name in keyof Value]?: Exclude<Value[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Value]?: Exclude<Value[Name], undefined> };
}

interface Send {
  readonly accountId: number;
  readonly bulkId: string | undefined;
  readonly sources: readonly SmsSource[];
  readonly claim: IdempotencyClaim | null;
  readonly speedLimit?: SmsRequest["speedLimit"];
}

/** Accepts, and answers as every version below 3 does. */
export async function send(
  context: AcceptContext,
  { accountId, bulkId, sources, claim, speedLimit }: Send,
  withCount: boolean,
): Promise<SmsResponse> {
  const request = {
    accountId,
    bulkId: bulkId === undefined ? undefined : clipped(bulkId, BULK_ID_CLIPPED_LENGTH),
    messages: sources,
    speedLimit,
  };
  return acceptSms(context, request, claim, (knownBulkId, accepted) => ({
    bulkId: knownBulkId,
    messages: accepted.map(({ destination, statusId, messageId, common }) => ({
      to: destination,
      status: messageStatus(statusId),
      messageId,
      ...(withCount ? { smsCount: common.partCount } : {}),
    })),
  }));
}

/** The first `length` characters, as the schemas count them: no character is cut in two. */
function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  return Array.from(text.slice(0, length * 2))
    .slice(0, length)
    .join("");
}
