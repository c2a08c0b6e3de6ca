import {
  messageStatus,
  type SmsMessage,
  SmsMessageOptions,
  SmsMessageRequestOptions,
  type SmsRequestEnvelope,
  type SmsResponseEnvelope,
} from "@posthorn/contract";
import { type Accepted, type AcceptContext, requireUrl, webhookKindOf } from "./acceptance.ts";
import type { IdempotencyClaim } from "../store/store.ts";
import { knownPart } from "./known-part.ts";
import {
  acceptSms,
  refuseTooMany,
  sendAtOf,
  type SmsSource,
  speedLimitOf,
  urlOptionsOf,
  windowOf,
} from "./sms-request.ts";

/**
 * `POST /sms/3/messages`: one message per destination, in the order of the request, all in one commit.
 *
 * @throws InvalidRequest for what the schema cannot say; Fault when the store takes nothing. Nothing is stored then.
 */
export async function acceptSmsMessages(
  context: AcceptContext,
  accountId: number,
  request: SmsRequestEnvelope,
  claim: IdempotencyClaim | null,
): Promise<SmsResponseEnvelope> {
  const counts = request.messages.map(({ destinations }) => destinations.length);
  refuseTooMany(counts, context.destinationsPerRequestMax, (index) => `messages[${index}].destinations`);
  const { schedule } = request.options ?? {};
  const sendAt = sendAtOf(schedule?.sendAt, context.clock.now(), "options.schedule.sendAt");
  const messages = request.messages.map((message, index) => sourceOf(message, `messages[${index}]`, sendAt, request));
  const speedLimit = speedLimitOf(schedule?.sendingSpeedLimit, "options.schedule.sendingSpeedLimit");
  const source = { accountId, bulkId: schedule?.bulkId, messages, speedLimit };
  // Awaited: a promise that a function of this kind returns costs two more turns and a job.
  return await acceptSms(context, source, claim, envelopeOf);
}

/** The answer of version 3. */
export function envelopeOf(bulkId: string, accepted: readonly Accepted[]) {
  return { bulkId, messages: accepted.map(entryOf) };
}

function entryOf({ messageId, statusId, destination, common }: Accepted) {
  return { messageId, status: messageStatus(statusId), destination, details: { messageCount: common.partCount } };
}

/** @param path where the message stands in the request, for violations */
function sourceOf(message: SmsMessage, path: string, sendAt: number, request: SmsRequestEnvelope): SmsSource {
  const { sender, destinations, content, options, webhooks } = message;
  const webhookUrl = requireUrl(webhooks?.delivery?.url, `${path}.webhooks.delivery.url`);
  return {
    sender,
    destinations,
    content,
    sendAt,
    validityPeriod: options?.validityPeriod,
    window:
      options?.deliveryTimeWindow === undefined
        ? null
        : windowOf(options.deliveryTimeWindow, `${path}.options.deliveryTimeWindow`),
    callbackData: webhooks?.callbackData,
    applicationId: options?.platform?.applicationId,
    entityId: options?.platform?.entityId,
    campaignReferenceId: options?.campaignReferenceId,
    webhookUrl,
    webhookKind:
      webhooks?.contentType === undefined
        ? "SMS_V3"
        : webhookKindOf("SMS_V3", webhooks.contentType, webhookUrl !== null, `${path}.webhooks.contentType`),
    wantsReport: webhooks?.delivery?.notify !== false,
    options: optionsOf(message, request),
    urlOptions: urlOptionsOf(request.options?.tracking, "options.tracking.trackingUrl"),
  };
}

function optionsOf(message: SmsMessage, request: SmsRequestEnvelope): SmsSource["options"] {
  const isIntermediate = message.webhooks?.delivery?.intermediateReport === true;
  // The usual case on the hot path: nothing to look through.
  if (message.options === undefined && request.options === undefined && !isIntermediate) return null;
  const { platform, validityPeriod, campaignReferenceId, ...rest } = knownPart(SmsMessageOptions, message.options);
  const { schedule, includeSmsCountInResponse, ...requestOptions } = knownPart(
    SmsMessageRequestOptions,
    request.options,
  );
  return { ...rest, ...requestOptions, ...(isIntermediate ? { intermediateReport: true } : {}) };
}
