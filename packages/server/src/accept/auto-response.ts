import { STATUS } from "@posthorn/contract";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import type { DeliveryTimeWindow } from "../message/schedule.ts";
import { encodeText } from "../message/text-plan.ts";
import type { NewMessage } from "../store/store.ts";
import { type AcceptContext, judge } from "./acceptance.ts";

export interface AutoResponseDraft {
  readonly accountId: number;
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
  { accountId, sender, to, text: written, window, applicationId, entityId }: AutoResponseDraft,
): NewMessage {
  const now = context.clock.now();
  const { text, encoding, partCount } = encodeText(written);
  const draft = {
    accountId,
    sender,
    to,
    text,
    encoding,
    partCount,
    window,
    applicationId,
    entityId,
    bulkId: context.ids.next(),
    messageId: context.ids.next(),
    channel: "SMS",
    options: null,
    callbackData: null,
    campaignReferenceId: null,
    webhookUrl: null,
    webhookKind: "SMS_V3",
    wantsReport: false,
    sendAt: now,
    validityMs: VALIDITY_MAX_MS,
    spread: null,
    refusal: null,
    acceptedStatusId: STATUS.PENDING_ACCEPTED,
  } as const;
  // An answer to a phone that wrote is no flood: inbound/ has a limit of its own for them.
  return judge(draft, { ...context, flooding: null }, now);
}
