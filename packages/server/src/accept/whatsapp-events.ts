import { messageStatus, STATUS, type WhatsAppEventRequest, type WhatsAppEventResponse } from "@posthorn/contract";
import { validityMs } from "../message/schedule.ts";
import { Spread } from "../message/spread.ts";
import type { IdempotencyClaim } from "../store/store.ts";
import { accept, type AcceptContext } from "./acceptance.ts";
import type { Draft, SharedDraft } from "./judge.ts";
import { refuseTooMany, sendAtOf, speedLimitOf } from "./sms-request.ts";

/** How long an event is tried that does not say so itself: nobody wants to see later that somebody typed. */
const EVENT_VALIDITY_MS = 60_000;

/**
 * `POST /whatsapp/1/events`: each event goes a message's way, so that it is neither lost nor sent twice. It makes no
 * report: nobody says where to.
 *
 * @throws InvalidRequest for what the schema cannot say; Fault when the store takes nothing. Nothing is stored then.
 */
export async function acceptWhatsAppEvents(
  context: AcceptContext,
  accountId: number,
  { events, options }: WhatsAppEventRequest,
  claim: IdempotencyClaim | null,
): Promise<WhatsAppEventResponse> {
  const counts = events.map(({ destinations }) => destinations.length);
  refuseTooMany(counts, context.destinationsPerRequestMax, (index) => `events[${index}].destinations`);
  const { schedule } = options ?? {};
  const sendAt = sendAtOf(schedule?.sendAt, context.clock.now(), "options.schedule.sendAt");
  const limit = speedLimitOf(schedule?.sendingSpeedLimit, "options.schedule.sendingSpeedLimit");
  const spread = limit === undefined ? null : { property: limit.property, times: new Spread(limit.limit) };
  const bulkId = schedule?.bulkId?.toWellFormed() || context.ids.next();
  const drafts = events.flatMap(({ sender, destinations, content: { type }, options: own }): Draft[] => {
    const shared: SharedDraft = {
      accountId,
      bulkId,
      channel: "WHATSAPP",
      sender,
      text: "",
      encoding: "UTF8",
      partCount: 1,
      options: {
        type,
        content: { type },
        // For the day on which its bulk is moved.
        ...(limit === undefined ? {} : { sendingSpeedLimit: limit.limit }),
      },
      sendAt,
      validityMs: validityMs(own?.validityPeriod, EVENT_VALIDITY_MS),
      window: null,
      spread,
      refusal: null,
      acceptedStatusId: STATUS.PENDING_ACCEPTED,
      callbackData: null,
      applicationId: own?.platform?.applicationId ?? null,
      entityId: own?.platform?.entityId ?? null,
      campaignReferenceId: null,
      webhookUrl: null,
      webhookKind: "WHATSAPP",
      wantsReport: false,
    };
    return destinations.map(({ to, messageId }) => ({ shared, messageId: messageId || context.ids.next(), to }));
  });
  return accept(context, accountId, drafts, claim, (accepted) => ({
    bulkId,
    messages: accepted.map(({ messageId, statusId, destination }) => ({
      messageId,
      status: messageStatus(statusId),
      destination,
    })),
  }));
}
