import type { Log } from "../kernel/log.ts";
import { chooseRoute, type Route } from "../route/choose-route.ts";

interface ReadMark {
  readonly accountId: number;
  readonly sender: string;
  readonly messageId: string;
}

export interface ReadContext {
  readonly routes: readonly Route[];
  /** Absent: that carrier's phones cannot be told. */
  readonly markReadOf: (carrier: string) => ((mark: ReadMark) => Promise<void>) | undefined;
  readonly log: Log;
}

/**
 * `POST /whatsapp/1/senders/{sender}/message/{messageId}/read`: handed to the carrier that serves WhatsApp, and answered
 * when it has taken it. Whether there is such a message is the carrier's to know: a mark for one that is not there is
 * answered alike and changes nothing.
 */
export async function markWhatsAppRead({ routes, markReadOf, log }: ReadContext, mark: ReadMark): Promise<void> {
  const carrier = chooseRoute(routes, "WHATSAPP")?.carrier ?? "none";
  const markRead = markReadOf(carrier);
  if (markRead === undefined) {
    log.info({ event: "whatsapp.read_mark_not_sent", carrier }, "no phone was told that a message was read");
    return;
  }
  await markRead(mark);
}
