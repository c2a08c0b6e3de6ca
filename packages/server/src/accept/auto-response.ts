import { STATUS } from "@posthorn/contract";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import type { DeliveryTimeWindow } from "../message/schedule.ts";
import { encodeText } from "../message/text-plan.ts";
import type { Channel, NewMessage } from "../store/store.ts";
import type { AcceptContext } from "./acceptance.ts";
import { Judge, type SharedDraft } from "./judge.ts";

export interface AutoResponseDraft {
  readonly accountId: number;
  readonly channel: Channel;
  readonly sender: string;
  readonly to: string;
  readonly text: string;
  readonly window: DeliveryTimeWindow | null;
  readonly applicationId: string | null;
  readonly entityId: string | null;
}

/**
 * An answer that nobody sent by hand, as a message like every other. It is stored with the inbound message that it
 * answers, so it does not pass the insert queue. It is in the logs; nobody waits for a report on it.
 */
export function composeAutoResponse(
  context: Pick<AcceptContext, "routing" | "clock" | "ids">,
  { accountId, channel, sender, to, text: written, window, applicationId, entityId }: AutoResponseDraft,
): NewMessage {
  const now = context.clock.now();
  const isSms = channel === "SMS";
  const { text, encoding, partCount } = isSms ? encodeText(written) : { text: written, encoding: "UTF8", partCount: 1 };
  const shared: SharedDraft = {
    accountId,
    sender,
    text,
    encoding,
    partCount,
    window,
    applicationId,
    entityId,
    bulkId: context.ids.next(),
    channel,
    options: null,
    callbackData: null,
    campaignReferenceId: null,
    webhookUrl: null,
    webhookKind: isSms ? "SMS_V3" : "WHATSAPP",
    wantsReport: false,
    sendAt: now,
    validityMs: VALIDITY_MAX_MS,
    spread: null,
    refusal: null,
    acceptedStatusId: isSms ? STATUS.PENDING_ACCEPTED : STATUS.PENDING_ENROUTE,
  };
  // An answer to a phone that wrote is no flood: inbound/ has a limit of its own for them.
  return new Judge(context.routing, null, now).judge({ shared, messageId: context.ids.next(), to });
}
