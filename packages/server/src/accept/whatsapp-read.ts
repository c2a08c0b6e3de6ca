import type { Log } from "../kernel/log.ts";
import type { RouteChooser } from "../route/choose-route.ts";

interface ReadMark {
  readonly accountId: number;
  readonly sender: string;
  readonly messageId: string;
}

export interface ReadContext {
  readonly routing: RouteChooser;
  /** By name. One without `markRead` cannot tell its phones. */
  readonly carriers: ReadonlyMap<string, { markRead?(mark: ReadMark): Promise<void> }>;
  readonly log: Log;
}

/**
 * `POST /whatsapp/1/senders/{sender}/message/{messageId}/read`: handed to the carrier that serves WhatsApp, and answered
 * when it has taken it. Whether there is such a message is the carrier's to know: a mark for one that is not there is
 * answered alike and changes nothing.
 */
export async function markWhatsAppRead({ routing, carriers, log }: ReadContext, mark: ReadMark): Promise<void> {
  const { accountId, sender } = mark;
  // Whose message it was is not known here, so rules that look at the phone do not hold.
  const lane = routing.choose({ channel: "WHATSAPP", sender, accountId, applicationId: null }, "");
  const carrier = carriers.get(lane?.carrier ?? "");
  if (carrier?.markRead === undefined) {
    const name = lane?.carrier ?? "none";
    log.info({ event: "whatsapp.read_mark_not_sent", carrier: name }, "no phone was told that a message was read");
    return;
  }
  await carrier.markRead(mark);
}
