import {
  parseDate,
  STATUS,
  ERROR,
  type SmsMessage,
  SmsBinaryMessageContent,
  SmsMessageOptions,
  SmsMessageRequestOptions,
  type SmsRequestEnvelope,
  type SmsResponseEnvelope,
  SmsTextMessageContent,
} from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { countBinaryParts, parseHex } from "../message/binary.ts";
import { PART_COUNT_MAX, SCHEDULE_AHEAD_MAX_DAYS, SCHEDULE_AHEAD_MAX_MS, VALIDITY_MAX_MS } from "../message/limits.ts";
import { validityMs, type DeliveryTimeWindow } from "../message/schedule.ts";
import { encodeText, type TextPlan } from "../message/text-plan.ts";
import type { IdempotencyClaim, MessageOptions } from "../store/store.ts";
import { accept, requireUrl, type AcceptContext, type Draft, type Refusal } from "./acceptance.ts";
import { knownPart } from "./known-part.ts";

const WINDOW_MINUTES_MIN = 60;
const MINUTES_PER_DAY = 24 * 60;

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
  refuseTooMany(request, context.destinationsPerRequestMax);
  const sendAt = sendAtOf(request, context.clock.now());
  const bulkId = request.options?.schedule?.bulkId?.toWellFormed() || context.ids.next();
  const drafts = request.messages.flatMap((message, index) =>
    draftsOf(context, { message, path: `messages[${index}]`, accountId, bulkId, sendAt, request }),
  );
  return accept(context, accountId, drafts, claim, (accepted) => ({
    bulkId,
    messages: accepted.map(({ messageId, status, destination, partCount }) => ({
      messageId,
      status,
      destination,
      details: { messageCount: partCount },
    })),
  }));
}

function refuseTooMany(request: SmsRequestEnvelope, destinationsMax: number) {
  let count = 0;
  for (const [index, message] of request.messages.entries()) {
    count += message.destinations.length;
    if (count > destinationsMax) {
      const violation = `a request may have at most ${destinationsMax} destinations`;
      throw new InvalidRequest(`messages[${index}].destinations`, violation);
    }
  }
}

function sendAtOf(request: SmsRequestEnvelope, now: number): number {
  const text = request.options?.schedule?.sendAt;
  const sendAt = text === undefined ? now : (parseDate(text) ?? now);
  if (sendAt - now > SCHEDULE_AHEAD_MAX_MS) {
    const violation = `must be at most ${SCHEDULE_AHEAD_MAX_DAYS} days ahead`;
    throw new InvalidRequest("options.schedule.sendAt", violation);
  }
  return sendAt;
}

interface Source {
  readonly message: SmsMessage;
  /** Where the message stands in the request, for violations. */
  readonly path: string;
  readonly accountId: number;
  readonly bulkId: string;
  readonly sendAt: number;
  readonly request: SmsRequestEnvelope;
}

/** What all destinations of a message share is worked out once. */
function draftsOf(context: AcceptContext, source: Source): Draft[] {
  const { message, path, accountId, bulkId, sendAt } = source;
  const { options, webhooks } = message;
  const { beside, ...content } = contentOf(message);
  const shared = {
    accountId,
    bulkId,
    sendAt,
    channel: "SMS",
    sender: message.sender ?? "",
    ...content,
    options: optionsOf(source, beside),
    validityMs: validityMs(options?.validityPeriod, VALIDITY_MAX_MS),
    window: windowOf(message, path),
    callbackData: webhooks?.callbackData ?? null,
    applicationId: options?.platform?.applicationId ?? null,
    entityId: options?.platform?.entityId ?? null,
    campaignReferenceId: options?.campaignReferenceId ?? null,
    webhookUrl: requireUrl(webhooks?.delivery?.url, `${path}.webhooks.delivery.url`),
    webhookKind: "SMS_V3",
    wantsReport: webhooks?.delivery?.notify !== false,
    acceptedStatusId: STATUS.PENDING_ACCEPTED,
  } as const;
  return message.destinations.map((destination) => ({
    ...shared,
    to: destination.to,
    messageId: destination.messageId || context.ids.next(),
  }));
}

interface Content extends Pick<Draft, "text" | "encoding" | "partCount" | "refusal"> {
  /** What the options keep of how the text was made ready. */
  readonly beside: Pick<MessageOptions, "originalText" | "nationalTables">;
}

function contentOf({ content }: SmsMessage): Content {
  if ("hex" in content) {
    // Read past the limit on purpose: too long and not hexadecimal are different refusals.
    const octets = parseHex(content.hex, content.hex.length);
    const partCount = octets === undefined ? 1 : countBinaryParts(octets, content.dataCoding ?? 0);
    const refusal = octets === undefined ? refuse(STATUS.REJECTED_INVALID_UDH) : refusalOfLength(partCount);
    return { text: content.hex, encoding: "BINARY", partCount, refusal, beside: {} };
  }
  const plan = encodeText(content.text, content);
  const { text, encoding, partCount } = plan;
  return { text, encoding, partCount, refusal: refusalOfLength(partCount), beside: besideOf(content.text, plan) };
}

function besideOf(originalText: string, { text, nationalTables }: TextPlan): Content["beside"] {
  return {
    ...(text === originalText ? {} : { originalText }),
    ...(Object.keys(nationalTables).length === 0 ? {} : { nationalTables }),
  };
}

function refusalOfLength(partCount: number): Refusal | null {
  return partCount > PART_COUNT_MAX ? refuse(STATUS.REJECTED_MESSAGE_TOO_LONG) : null;
}

function refuse(statusId: number): Refusal {
  return { statusId, errorId: ERROR.NO_ERROR };
}

/** What has no column of its own, or null when there is nothing, which is the usual case. */
function optionsOf({ message, request }: Source, beside: Content["beside"]): MessageOptions | null {
  const contentSchema = "hex" in message.content ? SmsBinaryMessageContent : SmsTextMessageContent;
  const { text, hex, ...content } = knownPart(contentSchema, message.content) as Record<string, unknown>;
  const { platform, validityPeriod, campaignReferenceId, ...rest } = knownPart(SmsMessageOptions, message.options);
  const { schedule, includeSmsCountInResponse, ...requestOptions } = knownPart(
    SmsMessageRequestOptions,
    request.options,
  );
  const options: Record<string, unknown> = { ...rest, ...requestOptions, ...beside };
  if (Object.keys(content).length > 0) options["content"] = content;
  if (message.webhooks?.delivery?.intermediateReport === true) options["intermediateReport"] = true;
  return Object.keys(options).length === 0 ? null : options;
}

/** `from` and `to` come together and at least an hour apart; without them the window is the whole of its days. */
function windowOf(message: SmsMessage, path: string): DeliveryTimeWindow | null {
  const window = message.options?.deliveryTimeWindow;
  if (window === undefined) return null;
  const property = `${path}.options.deliveryTimeWindow`;
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
